"""The assistant: an open library and the settings of answering. The composition root for Python."""

import os
from collections.abc import Callable, Generator, Iterable, Sequence
from dataclasses import replace
from functools import cache, cached_property
from types import TracebackType
from typing import TYPE_CHECKING, Self, TypeVar

from index import AddReport, Document, DocumentSummary, IndexSettings, Library, Searchable
from index.address import open_place
from index.embed import Embedder
from index.errors import CitewellError, NotFound
from index.originals import SHIPPED, shipped_folder
from index.parsed import Limits
from index.progress import ProgressCallback
from rag.answering import Answering
from rag.cache import CachedEmbedder
from rag.confidence import Signs
from rag.config import AnswerSettings, ServerSettings
from rag.conversations import Conversations
from rag.followup import resolve_question
from rag.followup.terms import left_out_words
from rag.language_model import language_model
from rag.question import parse_question
from rag.reader import NO_READER, shared_reader
from rag.records import Answer, Message, Passage
from rag.research import Finding, Searching, find_passages
from rag.retrieve import Fusion
from rag.trace import Trace

if TYPE_CHECKING:
    from index.prepare import Workers

__all__ = ["Assistant", "answer", "default_library"]

Found = TypeVar("Found")

_TRIES = 5
_LONGEST_QUESTION = 2000


class Assistant:
    """Answers questions from one library. Open it with `Assistant.open`; safe to use from several threads."""

    def __init__(self, library: Library, settings: AnswerSettings | None = None) -> None:
        """Answer from an open library, which is closed with the assistant."""
        self.library = library
        self._settings = settings or AnswerSettings()
        known = self._settings
        self._searching = Searching(
            Fusion(known.depth, known.fusion, known.dense_weight, known.fusion_k),
            known.passages,
            CachedEmbedder(library).embed,
            shared_reader(known.reader),
            known.unit_weight,
        )
        self._model = language_model(known)
        self._left_out = left_out_words() if known.reader != NO_READER else None

    @classmethod
    def open(
        cls,
        path: str | os.PathLike[str] | None = None,
        *,
        model: str | None = None,
        embedder: Embedder | None = None,
        progress: ProgressCallback | None = None,
    ) -> Self:
        """Open the library in a folder, made empty if it is not there, or at an address; without a path, the default library.

        A new default library gets the documents that ship with Citewell. `model` names a
        sentence-transformers model in place of the configured one; `embedder` takes its place.

        Raises:
            ModelMismatch, LibraryDamaged, LibraryAway, StorageError: see `index.errors`.
        """
        assistant = cls(_open_library(path, model=model, embedder=embedder))
        if path is None:
            assistant.add_shipped_documents(progress=progress)
        return assistant

    def __enter__(self) -> Self:
        """The assistant itself; its library is closed at the end of the block."""
        return self

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None) -> None:
        """Close the library."""
        self.close()

    def close(self) -> None:
        """Close the library, and what is kept beside it."""
        if "conversations" in vars(self):
            self.conversations.close()
        self.library.close()

    @cached_property
    def conversations(self) -> Conversations:
        """The conversations that are kept in the library's folder."""
        return Conversations(self.library.folder)

    def add(
        self,
        paths: Iterable[str | os.PathLike[str]] | str | os.PathLike[str],
        *,
        progress: ProgressCallback | None = None,
        workers: "Workers | None" = None,
    ) -> AddReport:
        """Add files, folders and globs to the library; see `Library.add`."""
        return self.library.add([paths] if isinstance(paths, str | os.PathLike) else paths, progress=progress, workers=workers)

    def add_shipped_documents(self, *, progress: ProgressCallback | None = None) -> bool:
        """Add the documents that ship with Citewell, once in a library's life; says whether it did."""
        if self.library.setting("shipped_documents"):
            return False
        self.library.add_folder_as(shipped_folder(), SHIPPED, progress=progress)
        self.library.set_setting("shipped_documents", "added")
        return True

    def remove(self, name: str) -> DocumentSummary:
        """Remove one document, named by id, source, path or file name; see `Library.remove`."""
        return self.library.remove(name)

    def documents(self) -> list[DocumentSummary]:
        """All documents of the library, ordered by source."""
        return self.library.documents()

    def document(self, document_id: str) -> Document:
        """The document with this id; raises NotFound."""
        return self.library.document(document_id)

    def retrieve(
        self, question: str, k: int = 10, history: Sequence[Message] | None = None, documents: Sequence[str] | None = None
    ) -> list[Passage]:
        """The `k` best passages for a question, best first; `documents` as for `answer`."""
        resolved = resolve_question(_checked(question), history, self._left_out)
        *_, found = _of_what_is_there(lambda: [self._retrieve(resolved, k, self._asked(documents))])
        return found

    def answer(
        self,
        question: str,
        history: Sequence[Message] | None = None,
        documents: Sequence[str] | None = None,
        *,
        tokens: int | None = None,
        trace: Trace | None = None,
    ) -> Answer:
        """The answer to a question, every sentence cited, or a refusal.

        Args:
            question: in plain words, at most 2,000 characters.
            history: the conversation so far, oldest turn first, without this question.
            documents: ask these alone, as `Library.within` names them; without it, all.
            tokens: most that a language model may write, if that is less than the setting.
            trace: is told what each stage does, and can stop the work.

        Raises:
            NotFound: a name in `documents` that stands for none.
            Cancelled: `trace` was stopped.
        """
        *_, whole = self.stream(question, history, documents, tokens=tokens, trace=trace)
        return whole

    def stream(
        self,
        question: str,
        history: Sequence[Message] | None = None,
        documents: Sequence[str] | None = None,
        *,
        tokens: int | None = None,
        trace: Trace | None = None,
        append_only: bool = False,
    ) -> Generator[Answer, None, None]:
        """The answer as a language model writes it, each sentence as soon as it is checked; the last one is whole.

        The first has no words yet, only what was found; only the last has `timings`. Without a model there is none but the last. The last
        may be in another order than what was shown before, or quotations in its place: where the model leaves out what answers, or fails.
        With `append_only` that follows instead, and what one says stands at the beginning of the next, unless a document was removed
        meanwhile: then it begins anew.

        Args:
            question: as for `answer`, like the others.
            history: the conversation so far.
            documents: ask these alone.
            tokens: most that the model may write.
            trace: is told what each stage does, and can stop the work.
            append_only: for a reader who cannot take back what was shown.

        Raises:
            NotFound: a name in `documents` that stands for none.
            Cancelled: `trace` was stopped.
        """
        answering, question = self._answering(trace or Trace(), tokens, append_only), _checked(question)
        return _of_what_is_there(lambda: answering.answers(question, history, self._asked(documents)))

    def _retrieve(self, question: str, k: int, asked: Searchable) -> list[Passage]:
        answering = self._answering(Trace())
        return find_passages(parse_question(answering.spelled(question, asked)), asked, answering.searching, count=k)

    def _answering(self, trace: Trace, tokens: int | None = None, append_only: bool = False) -> Answering:
        """The way of one question."""
        model = replace(self._model, tokens=min(self._model.tokens, tokens)) if self._model and tokens else self._model
        return Answering(self._settings, replace(self._searching, trace=trace), model, append_only, self._left_out)

    def _asked(self, documents: Sequence[str] | None) -> Searchable:
        """All of the library, or the documents that go by these names."""
        return self.library if documents is None else self.library.within([documents] if isinstance(documents, str) else documents)

    def signs(self, question: str, history: Sequence[Message] | None = None) -> Signs:
        """What the confidence of an answer rests on, of the best-answered part of the question."""
        findings = self._findings(resolve_question(_checked(question), history, self._left_out))
        return max(findings, key=lambda finding: finding.confidence).signs

    def can_answer(self, question: str) -> bool:
        """Whether the documents answer a question, all or a part of it; no language model is asked."""
        return any(finding.confidence >= self._settings.threshold for finding in self._findings(_checked(question)))

    def _findings(self, question: str) -> list[Finding]:
        answering = self._answering(Trace())
        return answering.findings(answering.spelled(question, self.library), self.library)

    @property
    def writer(self) -> str:
        """What writes the answers: a language model and where it is, or nothing but the documents' own words."""
        return f"{self._model.name} at {self._model.url}" if self._model else "none: answers are quotations"


def answer(question: str, history: Sequence[Message] | None = None, documents: Sequence[str] | None = None) -> Answer:
    """Answer from the default library, which is opened once a process; see `Assistant.answer`."""
    return _default_assistant().answer(question, history, documents)


def rebuild_library(
    path: str | os.PathLike[str] | None = None, *, model: str | None = None, progress: ProgressCallback | None = None
) -> int:
    """Cut and embed all documents of a library again, with another model if one is given; returns the number of chunks."""
    with _open_library(path, model=model, other_model=True) as library:
        return library.rebuild(progress=progress)


def default_library(settings: IndexSettings) -> str:
    """The default library: `CITEWELL_LIBRARY`, or a folder in the user's data folder."""
    from platformdirs import user_data_path

    return settings.library or str(user_data_path("citewell", appauthor=False) / "default")


def check_environment() -> None:
    """Refuse a `CITEWELL_…` variable that is no setting: most likely a typing error.

    Raises:
        CitewellError: names the variable and the known ones.
    """
    known = {f"CITEWELL_{name.upper()}" for model in (IndexSettings, AnswerSettings, ServerSettings) for name in model.model_fields}
    unknown = sorted(name for name in os.environ if name.startswith("CITEWELL_") and name not in known)
    if unknown:
        raise CitewellError(f"Unknown setting {unknown[0]} in the environment. Known: {', '.join(sorted(known))}.")


def _open_library(
    path: str | os.PathLike[str] | None, *, model: str | None = None, embedder: Embedder | None = None, other_model: bool = False
) -> Library:
    check_environment()
    settings = IndexSettings()
    return Library(
        open_place(os.fspath(path) if path is not None else default_library(settings), settings),
        embedder or settings.embedder(model),
        chunk_tokens=settings.chunk_tokens,
        max_file_bytes=settings.max_file_bytes,
        limits=Limits(settings.max_unpacked_bytes, settings.max_archive_files, settings.max_pages, settings.max_seconds),
        other_model=other_model,
    )


@cache
def _default_assistant() -> Assistant:
    return Assistant.open()


def _of_what_is_there(ask: Callable[[], Iterable[Found]]) -> Generator[Found, None, None]:
    """Asks again, from the beginning, where a document that was found has been removed before it was read."""
    for _ in range(_TRIES - 1):
        try:
            yield from ask()
        except NotFound:
            continue
        return
    yield from ask()


def _checked(question: str) -> str:
    if len(question) > _LONGEST_QUESTION:
        raise CitewellError(f"The question has {len(question):,} characters; at most {_LONGEST_QUESTION:,} are answered. Shorten it.")
    return question
