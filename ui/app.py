"""The web chat: the page from its three tabs, and the server that gives it to this machine's browser.

Gradio is imported inside the functions, so that the command line can name them without waiting for it.
"""

import ipaddress
import os
import socket
from collections.abc import Sequence
from contextlib import suppress
from importlib.resources import files
from threading import Thread
from typing import TYPE_CHECKING, Any

from index.errors import CitewellError, LibraryAway
from rag import Assistant

if TYPE_CHECKING:
    import gradio as gr
    from fastapi import FastAPI, Request

    from ui.limits import Limits
    from ui.passwords import Users

__all__ = ["build_app", "serve", "web_app"]

FIRST_PORT = 7860
_PORTS_TRIED = 100
_WAITING = 64
"""So many questions wait in line; the next one is told that the server is busy."""
_TIDY_UPLOADS_SECONDS = 3600
_KEEP_UPLOADS_SECONDS = 6 * 3600
"""So long may the sending of a folder take: what was sent is taken over when all of it is there."""
_SECONDS_TO_STOP = 2
_OPEN_TO_ALL = (
    "[bold yellow]Warning:[/] anyone who can reach {} can read and change this library, for nobody has to sign in. "
    "--auth FILE names who may (make the file with: citewell password NAME --file FILE)."
)


def build_app(assistant: Assistant) -> "gr.Blocks":
    """The page for one assistant: Chat, Documents, Evaluation, and the function `ask` for programs."""
    import gradio as gr
    from gradio.events import api

    from ui.chat import CONCURRENT_ANSWERS, add_chat
    from ui.documents_tab import add_documents
    from ui.evaluation_tab import add_evaluation

    def ask(question: str) -> dict[str, Any]:
        """Answer a question from the documents, with the exact words that each sentence rests on."""
        return answer_record(assistant, question)

    cache = (_TIDY_UPLOADS_SECONDS, _KEEP_UPLOADS_SECONDS)
    app = gr.Blocks(title="Citewell", fill_height=True, fill_width=True, analytics_enabled=False, delete_cache=cache)
    with app:
        # First, since the name `ask` goes to the first that asks for it.
        api(ask, api_name="ask", concurrency_limit=CONCURRENT_ANSWERS, concurrency_id="answer")
        with gr.Tab("Chat"):
            add_chat(assistant, app)
        with gr.Tab("Documents") as documents:
            add_documents(assistant, documents)
        with gr.Tab("Evaluation") as evaluation:
            add_evaluation(assistant, evaluation)
    app.queue(max_size=_WAITING, default_concurrency_limit=CONCURRENT_ANSWERS)
    return app


def answer_record(assistant: Assistant, question: str) -> dict[str, Any]:
    """An answer as plain JSON: its text, whether it is a refusal, and each citation's place and exact words."""
    answer = assistant.answer(question)
    return {
        "question": answer.question,
        "resolved_question": answer.resolved_question,
        "answer": answer.text,
        "abstained": answer.abstained,
        "confidence": answer.confidence,
        "unknown_words": list(answer.unknown_words),
        "citations": [citation.model_dump(mode="json") for citation in answer.citations],
    }


def web_app(
    assistant: Assistant,
    *,
    host: str = "127.0.0.1",
    more_hosts: Sequence[str] = (),
    users: "Users | None" = None,
    limits: "Limits | None" = None,
) -> "FastAPI":
    """The page and the interfaces for programs with their guards: only known host names, only who may come in, and so much at once."""
    import gradio as gr
    from fastapi import FastAPI
    from starlette.responses import JSONResponse, Response

    from ui.api import add_api
    from ui.asking import Asking
    from ui.chat import CONCURRENT_ANSWERS
    from ui.guard import guard
    from ui.mcp_tools import add_mcp, mcp_server
    from ui.metrics import Measured, Metrics, add_metrics
    from ui.openai_api import add_openai_api
    from ui.originals import add_document_routes
    from ui.pages import add_page_routes
    from ui.stopping import stopped_twice
    from ui.theme import theme
    from ui.users import require_names

    app = FastAPI(title="Citewell", docs_url=None, redoc_url=None, openapi_url=None)
    guard(app, host, more_hosts=more_hosts, users=users, limits=limits)
    require_names(users is not None)

    @app.get("/healthz")
    def healthz() -> Response:
        """Whether the server answers and its library can be asked, for whatever watches over it."""
        try:
            assistant.library.ping()
        except LibraryAway as error:
            told = {} if users else {"detail": str(error)}  # where people sign in, a stranger learns no server's name
            return JSONResponse({"status": "library away", **told}, 503)
        return JSONResponse({"status": "ok"})

    add_document_routes(app, assistant.library)
    add_page_routes(app, assistant.library)
    metrics = Metrics()
    asking = Asking(assistant, at_once=CONCURRENT_ANSWERS, waiting=_WAITING, count=lambda outcome: metrics.answers.labels(outcome).inc())
    add_api(app, asking)
    add_openai_api(app, asking)
    add_mcp(app, mcp_server(asking))
    add_metrics(app, metrics, asking)
    # the last one stands first, so that what the guards refuse is counted
    app.add_middleware(Measured, metrics=metrics)
    served: FastAPI = gr.mount_gradio_app(
        app,
        build_app(assistant),
        path="",
        theme=theme(),
        auth_dependency=_name_of if users is not None else None,
        head=_head(),
        footer_links=[],
        run_history=False,
        show_error=False,
        max_file_size=assistant.library.max_file_bytes,
        enable_monitoring=False,
        ssr_mode=False,
    )
    stopped_twice(served)
    return served


def _head() -> str:
    """The styles and scripts of our own."""
    from ui.evaluation_tab import evaluation_styles

    own = ("chat.css", "history.css", "scope.css", "feedback.css", "rewording.css", "documents.css")
    styles = "".join(map(_text, own)) + evaluation_styles()
    return f"<style>{styles}</style><script>{''.join(map(_text, ('conversation.js', 'server.js')))}</script>"


def _name_of(request: "Request") -> str | None:
    """The name that the guard has found behind a request, for Gradio's functions."""
    name: str | None = request.scope.get("user")
    return name


def serve(
    assistant: Assistant,
    *,
    host: str = "127.0.0.1",
    port: int | None = None,
    open_browser: bool = False,
    auth: str | None = None,
    more_hosts: Sequence[str] = (),
    limits: "Limits | None" = None,
) -> None:
    """Serve the web chat until it is interrupted; nothing leaves this machine.

    Args:
        assistant: whose library is asked.
        host: the address to listen at; anything but this machine's own lets others in.
        port: the port, or None for the first free one from 7860.
        open_browser: open the page in the browser.
        auth: who may use it, as `ui.passwords.Users.of` reads it; None: whoever can reach it.
        more_hosts: other names that the server is reached by, as behind a proxy.
        limits: what one program may ask.

    Raises:
        CitewellError: the port is taken, or cannot be opened; or the users cannot be read.
    """
    os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    import webbrowser

    import uvicorn
    from rich.console import Console

    from ui.jobs import stop_all
    from ui.passwords import Users

    users = Users.of(auth) if auth else None
    listening = _listen(host, port)
    url = f"http://{f'[{host}]' if ':' in host else host}:{listening.getsockname()[1]}"
    app = web_app(assistant, host=host, more_hosts=more_hosts, users=users, limits=limits)
    config = uvicorn.Config(app, log_level="warning", timeout_graceful_shutdown=_SECONDS_TO_STOP, server_header=False)
    server = uvicorn.Server(config)
    warm_up = Thread(target=assistant.answer, args=("What is in the documents?",), name="citewell-warm-up", daemon=True)
    warm_up.start()
    console = Console()
    if users is None and not _is_own(host):
        console.print(_OPEN_TO_ALL.format(host), highlight=False)
    console.print(f"Citewell is at {url}", highlight=False)
    if open_browser:
        webbrowser.open(url)
    with suppress(KeyboardInterrupt):
        server.run(sockets=[listening])
    stop_all()
    # a thread that is still loading PyTorch while Python shuts down aborts the process
    warm_up.join()


def _listen(host: str, port: int | None) -> socket.socket:
    """A listening socket, so that a browser that comes early waits instead of being refused."""
    ports = range(FIRST_PORT, FIRST_PORT + _PORTS_TRIED) if port is None else [port]
    problem: OSError | None = None
    for candidate in ports:
        try:
            return socket.create_server((host, candidate), family=socket.AF_INET6 if ":" in host else socket.AF_INET, backlog=128)
        except OSError as error:
            problem = error
    which = f"port {port}" if port is not None else f"any port from {ports[0]} to {ports[-1]}"
    raise CitewellError(f"Cannot listen at {host}, {which} ({problem}). Choose another one with --port.") from problem


def _is_own(host: str) -> bool:
    """Whether only this machine reaches the address."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _text(name: str) -> str:
    return (files("ui") / name).read_text(encoding="utf-8")
