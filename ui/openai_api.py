"""OpenAI's interface, below `/v1`: the last user message is the question, and the answer has its citations beside it."""

import json
import time
import uuid
from collections.abc import AsyncGenerator
from typing import Annotated, Any

import anyio
import anyio.to_thread
from fastapi import Body, FastAPI, Request
from fastapi.responses import StreamingResponse
from starlette.responses import JSONResponse, Response
from starlette.types import Receive, Scope, Send

from index.errors import CitewellError
from rag import Answer
from rag.trace import Trace
from ui.asking import Asking
from ui.footnotes import footnotes, with_footnotes, without_footnotes
from ui.openai_length import Bounded
from ui.openai_records import MODEL, ChatMessage, Choice, Completed, Completion, Model, Models, Problem, Said, Usage
from ui.problems import OPENAI, fault_of, problem, tell_problems

__all__ = ["MODEL", "add_openai_api"]

_NO_QUESTION = "messages: the last message must be the user's, with the question in it as text."
_TOO_MANY = "n: one answer is given, {} were asked for. Leave n out."
_NO_MODEL = "There is no model {!r} here. The one there is: citewell."
_CHANGED = "Documents were changed while the answer was written, and what was sent of it does not hold any more. Ask again."
_BROKEN = "Citewell met an error half way. The terminal that it runs in shows what it was; the request may be tried again."

_PROBLEMS: dict[int | str, dict[str, Any]] = {
    status: {"model": Problem, "description": "What went wrong."} for status in (400, 401, 403, 404, 413, 422, 429, 503)
}


def add_openai_api(app: FastAPI, asking: Asking) -> None:
    """Serve OpenAI's interface below `/v1`."""
    v1 = FastAPI(title="Citewell in OpenAI's form", docs_url=None, redoc_url=None, openapi_url="/openapi.json", responses=_PROBLEMS)
    tell_problems(v1, invalid=400)

    @v1.post("/chat/completions", operation_id="chat", response_model=Completed)
    async def chat(request: Request, asked: Annotated[Completion, Body()]) -> Response:
        """Answer the last message; with `stream`, as server-sent events, each sentence as soon as it is checked."""
        if asked.model != MODEL:
            return problem(request.url.path, 404, _NO_MODEL.format(asked.model[:100]), code="model_not_found", param="model")
        if (asked.n or 1) != 1:
            return problem(request.url.path, 400, _TOO_MANY.format(asked.n), param="n")
        question = asked.messages[-1].words().strip() if asked.messages[-1].role == "user" else ""
        if not question:
            return problem(request.url.path, 400, _NO_QUESTION, param="messages")
        trace, history, most = Trace(), _history(asked.messages[:-1]), asked.most_tokens
        if asked.stream:
            answers = asking.stream(question, history, asked.documents, tokens=most, trace=trace)
            # what is wrong with the request is told by the status, so the first step is waited for
            first = await anext(answers)
            return _Events(_events(asked, first, answers, asking, trace), answers)
        answer = await asking.answer(question, history, asked.documents, tokens=most, trace=trace)
        bounded = Bounded(most, asking.count_tokens)
        answer = bounded.cut(answer)
        text = with_footnotes(answer)
        said = Choice(message=Said(content=text), finish_reason=bounded.finish_reason)
        usage = await anyio.to_thread.run_sync(_usage, asked, text, asking, trace)
        return JSONResponse(
            Completed(choices=[said], created=int(time.time()), id=_new_id(), usage=usage, **_beside(answer)).model_dump(mode="json")
        )

    @v1.get("/models", operation_id="models")
    def models() -> Models:
        """The one model there is."""
        return Models()

    @v1.get("/models/{model}", operation_id="model", response_model=Model)
    def one_model(request: Request, model: str) -> Model | Response:
        """The model of this name."""
        if model != MODEL:
            return problem(request.url.path, 404, _NO_MODEL.format(model[:100]), code="model_not_found", param="model")
        return Model()

    app.mount(OPENAI, v1)


class _Events(StreamingResponse):
    """Server-sent events that are closed with what they are made of, also where the client left while nothing was being made."""

    media_type = "text/event-stream"

    def __init__(self, events: AsyncGenerator[str, None], answers: AsyncGenerator[Answer, None]) -> None:
        super().__init__(events)
        self._made_of = (events, answers)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await super().__call__(scope, receive, send)
        finally:
            with anyio.CancelScope(shield=True):
                for generator in self._made_of:
                    await generator.aclose()


def _history(messages: list[ChatMessage]) -> list[dict[str, Any]]:
    """What was said before, without the footnotes of earlier answers: their names are not what a pronoun means."""
    said = (message for message in messages if message.role in ("user", "assistant"))
    return [{"role": message.role, "content": without_footnotes(message.words())} for message in said]


async def _events(
    asked: Completion, answer: Answer, answers: AsyncGenerator[Answer, None], asking: Asking, trace: Trace
) -> AsyncGenerator[str, None]:
    """What each step adds to the text, then the footnotes and what is beside the answer, as server-sent events."""
    head = {"id": _new_id(), "object": "chat.completion.chunk", "created": int(time.time()), "model": MODEL}

    def event(delta: dict[str, str], finish_reason: str | None = None, **more: Any) -> str:
        choice = {"index": 0, "delta": delta, "finish_reason": finish_reason}
        return _event({**head, "choices": [choice], **more})

    yield event({"role": "assistant", "content": ""})
    sent, bounded = "", Bounded(asked.most_tokens, asking.count_tokens)
    try:
        while True:
            shown = bounded.cut(answer)
            if not shown.text.startswith(sent):
                yield _event({"error": fault_of(500, _CHANGED)})
                return
            if piece := shown.text.removeprefix(sent):
                yield event({"content": piece})
            sent = shown.text
            if answer.timings:
                break
            answer = await anext(answers)
        if piece := footnotes(shown):
            yield event({"content": piece})
    except CitewellError as error:
        yield _event({"error": fault_of(500, str(error))})
        return
    except Exception:
        yield _event({"error": fault_of(500, _BROKEN)})
        raise
    yield event({}, bounded.finish_reason, **_beside(shown))
    if asked.stream_options and asked.stream_options.include_usage:
        usage = await anyio.to_thread.run_sync(_usage, asked, with_footnotes(shown), asking, trace)
        yield _event({**head, "choices": [], "usage": usage.model_dump()})
    yield "data: [DONE]\n\n"


def _event(data: dict[str, Any]) -> str:
    return f"data: {json.dumps(data, ensure_ascii=False, separators=(',', ':'))}\n\n"


def _beside(answer: Answer) -> dict[str, Any]:
    return {
        "citations": [citation.model_dump(mode="json") for citation in answer.citations],
        "abstained": answer.abstained,
        "confidence": answer.confidence,
        "resolved_question": answer.resolved_question,
        "withheld": answer.withheld,
        "notes": list(answer.notes),
    }


def _usage(asked: Completion, text: str, asking: Asking, trace: Trace) -> Usage:
    """The tokens of all that the language model was asked, if its server counted each; else of what was asked here and answered."""
    calls = [stage.facts for stage in trace.all() if stage.name == "language model"]
    counted = [(facts.get("gen_ai.usage.input_tokens"), facts.get("gen_ai.usage.output_tokens")) for facts in calls]
    read, written = ([count for pair in counted if isinstance(count := pair[place], int)] for place in (0, 1))
    if not calls or len(read) < len(calls):
        read = [asking.count_tokens(message.words()) for message in asked.messages]
        written = [asking.count_tokens(text)]
    return Usage(prompt_tokens=sum(read), completion_tokens=sum(written), total_tokens=sum((*read, *written)))


def _new_id() -> str:
    return f"chatcmpl-{uuid.uuid4().hex}"
