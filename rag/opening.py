"""What a command does before its own work: the settings are checked, the library opened, and for a question the models loaded."""

import gc
import os
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext, suppress
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING

from rag import terminal

if TYPE_CHECKING:
    from index.embed import SentenceEmbedder
    from index.errors import CitewellError
    from index.prepare import Workers
    from rag.assistant import Assistant
    from rag.reader import Reader

__all__ = ["check_settings", "one_question", "opened", "workers_of"]


@contextmanager
def opened(library: str | None, *, create: bool = False, question: bool = False) -> "Iterator[Assistant]":
    """An assistant on the library; one that is named on the command line must be there unless `create`.

    With `question`, which is all that it is for, the models are loaded side by side and meanwhile.
    """
    with one_question() if question else nullcontext():
        yield from _opened(library, create=create, question=question)


@contextmanager
def one_question() -> Iterator[None]:
    """What makes a process ready sooner that answers one question and ends.

    Nothing is looked for that is no longer used: one question leaves little of it, and each of the many imports would set off a search.
    Numpy's own products, which are small here, get no threads, whose start takes longer; a wish of the person's stands.
    """
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def _opened(library: str | None, *, create: bool, question: bool) -> "Iterator[Assistant]":
    from index.address import is_remote
    from index.config import IndexSettings
    from rag.config import AnswerSettings
    from rag.reader import shared_reader

    check_settings(None if create else library)
    embedder, reader = IndexSettings().embedder(once=question), shared_reader(AnswerSettings().reader)
    for model in (embedder, reader) if question else ():
        if model is not None:
            Thread(target=_load, args=(model,), name="citewell-load", daemon=True).start()
    # only now: its import takes about as long as the models
    from rag.assistant import Assistant

    with terminal.add_progress("First start") as progress:
        assistant = Assistant.open(library, embedder=embedder, progress=progress)
    with assistant:
        if not create and library is not None and is_remote(library) and assistant.library.setting("model") is None:
            raise _no_library(library)
        yield assistant


def _load(model: "SentenceEmbedder | Reader") -> None:
    """Load a model; where that fails, the question that needs it fails in the same way and says why."""
    with suppress(Exception):
        model.load()


@contextmanager
def workers_of(ray: str | None, assistant: "Assistant") -> "Iterator[Workers | None]":
    """The workers of a Ray cluster, where one is named."""
    if ray is None:
        yield None
        return
    from index.ray_cluster import open_ray

    with open_ray(ray, assistant.library.preparer) as workers:
        yield workers


def check_settings(library: str | None) -> None:
    """Refuse a setting of a wrong value, and a library that is not there.

    Raises:
        CitewellError: says which setting and what is wrong with it.
        NotFound: the folder holds no library.
    """
    from pydantic import ValidationError

    from index import IndexSettings
    from index.address import is_remote
    from index.errors import CitewellError
    from rag.config import AnswerSettings, ServerSettings

    try:
        IndexSettings()
        AnswerSettings()
        ServerSettings()
    except ValidationError as error:
        wrong = error.errors()[0]
        name = "_".join(map(str, wrong["loc"])).upper()
        if not name:
            raise CitewellError(f"{wrong['msg'].removeprefix('Value error, ')}.") from None
        raise CitewellError(f"The setting CITEWELL_{name}={wrong['input']} is wrong: {wrong['msg']}. Change it, or unset it.") from error
    if library is not None and not is_remote(library) and not (Path(library).expanduser() / "library.sqlite").is_file():
        raise _no_library(library)


def _no_library(library: str) -> "CitewellError":
    from index.errors import NotFound

    return NotFound(f"{library}: there is no library. Make one with: citewell add PATH… --library '{library}'")
