"""The command `citewell`. The one place that puts the packages together; heavy ones are imported inside the commands."""

import atexit
import os
import sys
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from platform import python_version
from time import monotonic
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from rag import reports, terminal
from rag.opening import check_settings, opened, workers_of

if TYPE_CHECKING:
    from index import DocumentSummary
    from rag.assistant import Assistant
    from rag.records import Answer, Message

__all__ = ["app", "main", "run"]

SOME_SKIPPED = 3
"""Exit code of `add` and `sync` when some of the files could not be added."""
NO_LONGER_THERE = 4
"""Exit code of `check` when words that an answer cites have changed or are gone."""
INTERRUPTED = 130
"""Exit code after Ctrl-C, as shells have it."""
_NOT_WRITTEN = 120
"""Exit code where standard output cannot be written, as Python has it."""

app = typer.Typer(
    name="citewell",
    help="Ask your own documents; every sentence of the answer opens the exact words it rests on.",
    epilog="Exit codes: 0 done (a refusal to answer is an answer), 1 an error, 2 wrong usage, 3 some files were skipped, "
    "4 cited words have changed or are gone, 130 interrupted.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

LibraryOption = Annotated[
    str | None,
    typer.Option("--library", help="The library: a folder, or milvus://HOST:PORT/NAME. Default: CITEWELL_LIBRARY, or your own folder."),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON for programs.")]


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command; an expected error is a message and exit code 1, never a traceback.

    Args:
        arguments: in place of those of the process.
    """
    from index.errors import CitewellError

    terminal.show_log()
    try:
        app(arguments)
    except CitewellError as error:
        terminal.fail(str(error))
        sys.exit(1)
    except OSError as error:
        # of a file that a person named, the name and the reason say all; anything else is a fault of ours
        if error.filename is None:
            raise
        terminal.fail(f"{error.filename}: {error.strerror}.")
        sys.exit(1)
    except SystemExit as end:
        # typer makes this of Ctrl-C without a word
        if end.code == INTERRUPTED:
            terminal.fail("Interrupted. Whole documents that were stored before are kept.")
        raise


def run() -> None:
    """The command as a process of its own, which ends at once.

    Python would first take apart all that was loaded, models and their threads too, which takes longer than an answer does.
    """
    code: int | str | None = 1

    def end() -> None:  # registered first, so that it is called last
        ended = code if isinstance(code, int) else int(code is not None)
        try:
            sys.stdout.flush()
            sys.stderr.flush()
        except OSError:  # who read it has gone, or the disk is full
            ended = ended or _NOT_WRITTEN
        os._exit(ended)

    atexit.register(end)
    try:
        main()
        code = 0
    except SystemExit as asked:
        code = asked.code
        raise


def _version() -> str:
    from importlib.metadata import version

    return version("citewell")


def _print_version(wanted: bool) -> None:
    if wanted:
        terminal.say(f"citewell {_version()}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version and exit.")] = False,
) -> None:
    """Options that stand before a command."""


@app.command()
def add(
    paths: Annotated[list[str], typer.Argument(help="Files, folders or globs.", metavar="PATH…")],
    library: LibraryOption = None,
    ray: Annotated[
        str | None,
        typer.Option(metavar="ADDRESS", help="Read and embed on a Ray cluster: auto, HOST:PORT or ray://HOST:PORT (docs/library.md)."),
    ] = None,
    json: JsonOption = False,
) -> None:
    """Add documents, or replace those that changed."""
    with opened(library, create=True) as assistant, workers_of(ray, assistant) as workers:
        began = monotonic()
        with terminal.add_progress() as progress:
            report = assistant.add(paths, progress=progress, workers=workers)
        terminal.show_json(report) if json else terminal.show_add_report(report, seconds=monotonic() - began)
    if report.skipped:
        raise typer.Exit(SOME_SKIPPED)


@app.command()
def sync(
    folder: Annotated[Path, typer.Argument(help="Folder of documents.")],
    library: LibraryOption = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Remove what is gone from the folder without asking.")] = False,
    json: JsonOption = False,
) -> None:
    """Add what is new or changed in a folder, and remove from the library what is gone from it."""
    from index.sync import sync_folder

    with opened(library, create=True) as assistant:
        began = monotonic()
        with ExitStack() as drawn:
            progress = drawn.enter_context(terminal.add_progress())

            def agree(gone: "Sequence[DocumentSummary]") -> bool:
                drawn.close()  # a bar would be drawn over the question
                return yes or reports.agrees_to_remove(gone)

            report = sync_folder(assistant.library, folder, agree=agree, progress=progress)
        terminal.show_json(report) if json else reports.show_sync(report, seconds=monotonic() - began)
    if report.added.skipped:
        raise typer.Exit(SOME_SKIPPED)


@app.command("list")
def list_documents(library: LibraryOption = None, json: JsonOption = False) -> None:
    """List the documents of the library."""
    with opened(library) as assistant:
        documents = assistant.documents()
        terminal.show_json(documents) if json else terminal.show_documents(documents, assistant.library.address)


@app.command()
def remove(
    names: Annotated[
        list[str], typer.Argument(help="Documents: path, file name or id, as `citewell list` shows them.", metavar="DOCUMENT…")
    ],
    library: LibraryOption = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
) -> None:
    """Remove documents from the library; the files themselves stay."""
    with opened(library) as assistant:
        found = {document.id: document for document in map(assistant.library.find, names)}
        for document in found.values():
            if yes or typer.confirm(f"Remove '{document.title}' ({document.source}) from the library?"):
                assistant.remove(document.id)
                terminal.say(f"Removed {document.source}.")
            else:
                terminal.say(f"Kept {document.source}.")


@app.command()
def ask(
    question: Annotated[str | None, typer.Argument(help="The question; without one, a conversation begins.")] = None,
    documents: Annotated[
        list[str] | None,
        typer.Option("--in", metavar="NAME", help="Ask only this document, folder or pattern, as `citewell list` shows them; repeatable."),
    ] = None,
    library: LibraryOption = None,
    json: JsonOption = False,
    explain: Annotated[
        bool, typer.Option("--explain", help="Also show what each stage did, and how long it took (with --json: on standard error).")
    ] = False,
) -> None:
    """Answer a question, with citations."""
    with opened(library, question=question is not None) as assistant:
        if documents and not json:
            terminal.show_scope(assistant.library.within(documents).documents, assistant.documents())
        if question is None:
            _converse(assistant, documents, json, explain)
        else:
            _ask(assistant, question, [], documents, json, explain)


@app.command()
def check(
    answer: Annotated[Path, typer.Argument(help="File of an answer, as `citewell ask --json` prints it.", metavar="ANSWER.json")],
    library: LibraryOption = None,
    json: JsonOption = False,
) -> None:
    """Say of each citation of an old answer whether its words still stand: there, moved, changed or deleted."""
    from rag.check import check_answer, read_answers

    answers = read_answers(answer)
    with opened(library) as assistant:
        found = [check for one in answers for check in check_answer(one, assistant.library)]
    terminal.show_json(found) if json else reports.show_checks(found)
    if not all(check.holds for check in found):
        raise typer.Exit(NO_LONGER_THERE)


@app.command()
def serve(
    library: LibraryOption = None,
    host: Annotated[str, typer.Option(help="Address to listen at; 0.0.0.0 lets others in.")] = "127.0.0.1",
    port: Annotated[int | None, typer.Option(min=0, max=65535, help="Port; default: 7860, or the next free one.")] = None,
    browser: Annotated[bool, typer.Option(help="Open the page in a browser, if a person started this in a terminal.")] = True,
    auth: Annotated[
        str | None,
        typer.Option(metavar="FILE", help="Who may use it: file of users (`citewell password`), or NAME:FILE with that one's password."),
    ] = None,
    allow_host: Annotated[
        list[str] | None, typer.Option(metavar="NAME", help="Another name that the server is reached by, as behind a proxy; repeatable.")
    ] = None,
) -> None:
    """Open the web chat; Ctrl-C stops it."""
    terminal.say("Starting the web chat …")
    with opened(library, create=True) as assistant:
        from rag.config import ServerSettings
        from ui.app import serve as serve_chat
        from ui.limits import Limits

        limits = Limits(**ServerSettings().model_dump())
        opens = browser and sys.stdout.isatty()
        serve_chat(assistant, host=host, port=port, open_browser=opens, auth=auth, more_hosts=allow_host or (), limits=limits)
    terminal.say("Stopped.")


@app.command()
def mcp(library: LibraryOption = None) -> None:
    """Serve the tools answer, retrieve and list_documents to a program that started this (Model Context Protocol, stdio)."""
    from rag.assistant import Assistant

    check_settings(library)
    # standard output belongs to the protocol: nothing is shown, not even progress
    with Assistant.open(library) as assistant:
        from ui.mcp_tools import serve_mcp

        serve_mcp(assistant)


@app.command()
def password(
    name: Annotated[str, typer.Argument(help="Who may sign in.", metavar="NAME")],
    file: Annotated[Path, typer.Option(help="File of users, for `serve --auth`; made if it is not there.")],
) -> None:
    """Give a person a password for the web chat, or a new one; it is asked for, and only its hash is kept."""
    from ui.passwords import set_password

    new = set_password(file, name, typer.prompt(f"Password for {name}", hide_input=True, confirmation_prompt="The same again"))
    terminal.say(f"{'Added' if new else 'Changed the password of'} {name} in {file}. Serve with: citewell serve --auth '{file}'")


@app.command()
def token(
    file: Annotated[Path, typer.Option(help="File of users, for `serve --auth`; made if it is not there.")],
    name: Annotated[str | None, typer.Argument(help="Whose token; without a name, who has one is listed.", metavar="NAME")] = None,
    revoke: Annotated[bool, typer.Option("--revoke", help="End the token of this name.")] = False,
) -> None:
    """Make a token for a program, in place of the one that the name had; it is shown once, and only its hash is kept."""
    from ui.tokens import new_token, revoke_token, token_names

    if name is None:
        if revoke:
            raise typer.BadParameter("Name whose token to end: citewell token NAME --revoke --file FILE.")
        terminal.say("\n".join(token_names(file)) or "Nobody has a token.")
    elif revoke:
        revoke_token(file, name)
        terminal.say(f"The token of {name} is no longer valid.")
    else:
        # as it is, in one line, for a program or a person to take; what is said of it goes elsewhere
        typer.echo(new_token(file, name))
        typer.echo(
            err=True,
            message=f"This is shown once. Programs send it as Authorization: Bearer TOKEN. Serve with: citewell serve --auth '{file}'",
        )


@app.command("eval")
def evaluate(
    gold: Annotated[
        Path | None, typer.Argument(help="Gold questions, a BEIR folder or rewrites; default: the set that ships with Citewell.")
    ] = None,
    documents: Annotated[Path | None, typer.Option(help="Folder of the gold set's documents.")] = None,
    library: Annotated[str | None, typer.Option("--library", help="Ask this library instead.")] = None,
    json: Annotated[Path | None, typer.Option(help="Also write the report to this file.")] = None,
    failures: Annotated[bool, typer.Option("--failures", help="List the questions that went wrong.")] = False,
    out: Annotated[Path | None, typer.Option(help="Folder to keep the run in; default: a new one in your data folder.")] = None,
    about: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", help="Ask only the questions about documents of this name (* is anything); repeatable."),
    ] = None,
    sample: Annotated[int | None, typer.Option(min=1, help="Ask so many of the questions, drawn by --seed.")] = None,
    seed: Annotated[int, typer.Option(help="Of the sample and of the intervals.")] = 0,
    resume: Annotated[bool, typer.Option("--resume", help="Go on with the run in --out, or with the last unfinished one.")] = False,
    compare: Annotated[str | None, typer.Option(metavar="RUN", help="Kept run to compare with, question by question.")] = None,
    gate: Annotated[Path | None, typer.Option(help="Fail unless the figures keep the bounds of this file.")] = None,
    fit_threshold: Annotated[
        float | None, typer.Option(metavar="RISK", min=0, max=1, help="Fit CITEWELL_THRESHOLD to this share of wrong answers.")
    ] = None,
    grid: Annotated[Path | None, typer.Option(help="Try the combinations of settings of this file, and rank them.")] = None,
) -> None:
    """Measure retrieval, answers, citations and refusals on a gold set; keep the run as a page and as data."""
    from eval.command import run
    from eval.grid import sweep

    # questions that bring their documents may fill a library that is not there yet
    check_settings(None if documents or (gold and not gold.is_file()) else library)
    if grid is not None:
        if json or failures or about or compare or gate or fit_threshold is not None:
            raise typer.BadParameter("--grid goes with --documents, --library, --out, --sample, --seed and --resume only.")
        sweep(grid, gold, documents=documents, library=library, out=out, sample=sample, seed=seed, resume=resume, console=terminal.out)
        return
    run(
        gold,
        documents=documents,
        library=library,
        json=json,
        failures=failures,
        about=about or (),
        out=out,
        sample=sample,
        seed=seed,
        resume=resume,
        against=compare,
        gate=gate,
        fit_threshold=fit_threshold,
        console=terminal.out,
    )


@app.command("gold")
def make_gold(
    action: Annotated[
        Literal["new", "review"],
        typer.Argument(
            help="new: propose questions from the library's sentences. review: settle those filed in the chat.", metavar="ACTION"
        ),
    ],
    file: Annotated[Path | None, typer.Argument(help="Gold file; review: by default the library's feedback.jsonl.")] = None,
    library: LibraryOption = None,
) -> None:
    """Make gold questions for your own documents: of what is proposed, or of what was said of answers in the chat."""
    from eval.curate import asking, curate
    from eval.feedback import feedback_file
    from eval.review import review

    if action == "new" and file is None:
        raise typer.BadParameter("Name the gold file to write: citewell gold new FILE.")
    with opened(library) as assistant:
        if action == "new" and file is not None:
            curate(file, assistant, ask=asking(terminal.out), console=terminal.out)
        else:
            review(file or feedback_file(assistant.library.folder), assistant, ask=asking(terminal.out), console=terminal.out)


@app.command()
def doctor(library: LibraryOption = None, json: JsonOption = False) -> None:
    """Check the library, and show its settings and the health of its documents."""
    with opened(library) as assistant:
        facts = {"citewell": _version(), "python": python_version(), **assistant.library.facts(), "language model": assistant.writer}
        documents = assistant.library.health()
        terminal.show_json({"library": facts, "documents": documents}) if json else terminal.show_health(facts, documents)


@app.command()
def rebuild(
    library: LibraryOption = None,
    model: Annotated[str | None, typer.Option(help="Embedding model to move to: folder or name.")] = None,
) -> None:
    """Embed every document again, with another model if one is given."""
    from index import IndexSettings
    from rag.assistant import default_library, rebuild_library

    check_settings(library)
    folder = library or default_library(IndexSettings())
    check_settings(folder)
    with terminal.add_progress("Embedding") as progress:
        chunks = rebuild_library(folder, model=model, progress=progress)
    terminal.say(f"Embedded {chunks:,} chunks.")


def _ask(
    assistant: "Assistant",
    question: str,
    history: "list[Message]",
    documents: list[str] | None,
    json: bool,
    explain: bool,
    *,
    compact: bool = False,
) -> "Answer":
    """Answer one question and show it."""
    from rag.explain import show_explained
    from rag.trace import Trace

    trace = Trace()
    answer = terminal.growing(assistant.stream(question, history, documents or None, trace=trace))
    terminal.show_json(answer, compact=compact) if json else terminal.show_answer(answer)
    if explain:
        show_explained(trace, answer, terminal.unbroken(terminal.err if json else terminal.out))
    return answer


def _converse(assistant: "Assistant", documents: list[str] | None, json: bool, explain: bool) -> None:
    """Questions from standard input until it ends; each sees the conversation so far."""
    from index.errors import CitewellError

    history: list[Message] = []
    failed = False
    if not json:
        terminal.say("Ask a question; an empty line ends the conversation.")
    for question in terminal.questions():
        try:
            answer = _ask(assistant, question, history, documents, json, explain, compact=True)
        except CitewellError as error:
            # one question that cannot be asked does not end the conversation
            terminal.fail(str(error))
            failed = True
            continue
        history += [{"role": "user", "content": question}, {"role": "assistant", "content": answer.text}]
    if failed:
        raise typer.Exit(1)
