"""The assistant: an open library and the settings of answering. The composition root for Python."""

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache, cached_property
from types import TracebackType
from typing import Self, TypeVar

from index import AddReport, Document, DocumentSummary, IndexSettings, Library, Scope, Searchable
from index.address import open_place
from index.embed import Embedder, SentenceEmbedder
from index.errors import CitewellError, NotFound
from index.library import ProgressCallback
from index.originals import SHIPPED, shipped_folder
from index.parsed import Limits
from rag.cache import CachedEmbedder
from rag.clock import Clock
from rag.compose import Composed, choose_units, escaped, needed_units, short_answer, with_other_sides, write_answer
from rag.confidence import Signs
from rag.config import AnswerSettings, ServerSettings
from rag.conversations import Conversations
from rag.followup import resolve_question
from rag.gate.conflicts import Conflict
from rag.gate.verify import verify_answer
from rag.language_model import ModelUnavailable, language_model
from rag.question import ParsedQuestion, parse_question
from rag.reader import NO_READER, Reader
from rag.records import Answer, Message, Passage
from rag.research import Finding, Searching, find_passages, merged_passages, research
from rag.retrieve import Fusion
from rag.rewrite import rewrite_question
from rag.units import Unit
from rag.words import correct_spelling
from rag.write import Material, compose_lines, with_sides, write_checked

__all__ = ["Assistant", "answer", "default_library"]

Found = TypeVar("Found")

_TRIES = 5
_LONGEST_QUESTION = 2000
NOT_FOUND = "Not found in the {}:"
FELL_BACK = "{} The answer is in the documents' own words."
REFUSAL = "I could not find an answer in the {}. Looked for: {}"
NO_DOCUMENTS = Composed(
    "There are no documents yet. Add some with: citewell add PATH… (or under Documents in the web chat), then ask again."
)


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
            None if known.reader == NO_READER else _reader(known.reader),
            known.unit_weight,
        )
        self._model = language_model(known)

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
        self, paths: Iterable[str | os.PathLike[str]] | str | os.PathLike[str], *, progress: ProgressCallback | None = None
    ) -> AddReport:
        """Add files, folders and globs to the library; see `Library.add`."""
        return self.library.add([paths] if isinstance(paths, str | os.PathLike) else paths, progress=progress)

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
        resolved = resolve_question(_checked(question), history)
        return _of_what_is_there(lambda: self._retrieve(resolved, k, self._asked(documents)))

    def answer(self, question: str, history: Sequence[Message] | None = None, documents: Sequence[str] | None = None) -> Answer:
        """The answer to a question, every sentence cited, or a refusal.

        Args:
            question: in plain words, at most 2,000 characters.
            history: the conversation so far, oldest turn first, without this question.
            documents: ask these alone, as `Library.within` names them; without it, all.

        Raises:
            NotFound: a name in `documents` that stands for none.
        """
        *_, whole = self.stream(question, history, documents)
        return whole

    def stream(self, question: str, history: Sequence[Message] | None = None, documents: Sequence[str] | None = None) -> Iterator[Answer]:
        """The answer as a language model writes it: each one has another sentence that was checked, and the last is whole.

        Without a model there is one, the whole. What is shown of the earlier ones may be gone from the last: a model that fails half way
        leaves the answer to the documents' own words.

        Args:
            question: as for `answer`, like the others.
            history: the conversation so far.
            documents: ask these alone.

        Raises:
            NotFound: a name in `documents` that stands for none.
        """
        for _ in range(_TRIES - 1):
            try:
                yield from self._answers(question, history, self._asked(documents))
                return
            except NotFound:
                continue
        yield from self._answers(question, history, self._asked(documents))

    def _retrieve(self, question: str, k: int, asked: Searchable) -> list[Passage]:
        return find_passages(parse_question(correct_spelling(question, asked)), asked, self._searching, count=k)

    def _asked(self, documents: Sequence[str] | None) -> Searchable:
        """All of the library, or the documents that go by these names."""
        return self.library if documents is None else self.library.within([documents] if isinstance(documents, str) else documents)

    def _answers(self, question: str, history: Sequence[Message] | None, asked: Searchable) -> Iterator[Answer]:
        clock = Clock()
        resolved, notes = self._resolve(_checked(question), history)
        searched = correct_spelling(resolved, asked)
        clock.lap("question")
        findings = self._research(parse_question(searched), asked)
        clock.lap("search")
        answering = [finding for finding in findings if finding.confidence >= self._settings.threshold]
        units, conflicts = self._choose(answering, asked) if answering else ([], [])
        missing = _missing_parts(findings, answering)
        answer = Answer(
            question=question,
            resolved_question=resolved,
            scope=asked.documents if isinstance(asked, Scope) else (),
            text="",
            passages=merged_passages(findings),
            abstained=True,
            confidence=max(finding.confidence for finding in findings),
            missing=missing,
            unknown_words=tuple(dict.fromkeys(word for finding in findings for word in finding.words.unknown)),
            notes=notes,
        )
        short = short_answer(units, findings[0].question) if len(findings) == 1 and not conflicts else None
        if answering and self._model and not notes:
            found = tuple(unit for finding in answering for unit in finding.units)
            needed = tuple(unit for finding in answering for unit in needed_units(units, finding.units, finding.question))
            material = Material(searched, answer.passages, found, tuple(units), tuple(conflicts), needed, short)
            try:
                yield from self._written(answer, material, asked, clock)
                return
            except ModelUnavailable as error:
                answer = answer.model_copy(update={"notes": (FELL_BACK.format(error),)})
                clock.lap("model")
        composed = write_answer(units, asked, short=short, conflicts=conflicts) if units else self._refusal(searched, asked)
        clock.lap("compose")
        yield _finished(answer, composed, asked, clock)

    def _written(self, answer: Answer, material: Material, asked: Searchable, clock: Clock) -> Iterator[Answer]:
        """The answer as the model writes it; raises ModelUnavailable where what it wrote cannot stand for the extractive answer."""
        assert self._model is not None
        answer = answer.model_copy(update={"composer": self._model.name})
        for written in write_checked(self._model, material, self._settings.llm_passage_tokens):
            if written.lines:
                yield _with(answer, compose_lines(written.lines, asked), asked)
        clock.lap("model")
        composed = compose_lines(with_sides(written.lines, material), asked, material.conflicts)
        clock.lap("compose")
        answer = answer.model_copy(update={"withheld": written.withheld, "notes": written.notes})
        yield _finished(answer, composed, asked, clock)

    def _resolve(self, question: str, history: Sequence[Message] | None) -> tuple[str, tuple[str, ...]]:
        """The question as it can be understood on its own, and why the model could not be asked, if it could not."""
        resolved = resolve_question(question, history)
        if not self._model or not any(turn.get("role") == "user" for turn in history or ()):
            return resolved, ()
        try:
            return rewrite_question(" ".join(question.split()), list(history or ()), self._model) or resolved, ()
        except ModelUnavailable as error:
            return resolved, (FELL_BACK.format(error),)

    def signs(self, question: str, history: Sequence[Message] | None = None) -> Signs:
        """What the confidence of an answer rests on, of the best-answered part of the question."""
        searched = correct_spelling(resolve_question(_checked(question), history), self.library)
        findings = self._research(parse_question(searched), self.library)
        return max(findings, key=lambda finding: finding.confidence).signs

    def can_answer(self, question: str) -> bool:
        """Whether the documents answer a question, all or a part of it; no language model is asked."""
        findings = self._research(parse_question(correct_spelling(_checked(question), self.library)), self.library)
        return any(finding.confidence >= self._settings.threshold for finding in findings)

    @property
    def writer(self) -> str:
        """What writes the answers: a language model and where it is, or nothing but the documents' own words."""
        return f"{self._model.name} at {self._model.url}" if self._model else "none: answers are quotations"

    def _research(self, question: ParsedQuestion, asked: Searchable) -> list[Finding]:
        """The findings on a question, or on each of its parts; of a comparison, on it and on each side."""
        questions = [parse_question(part) for part in _complete_parts(question.parts)] or [question]
        findings = [research(q, asked, self._searching) for q in questions]
        if question.sides and findings[0].confidence >= self._settings.threshold:
            sides = [ParsedQuestion(side, side, is_asked=False) for side in question.sides]
            findings += [research(q, asked, self._searching) for q in sides]
        return findings

    def _refusal(self, looked_for: str, asked: Searchable) -> Composed:
        return Composed(REFUSAL.format(_called(asked), looked_for)) if self.library.chunk_count() else NO_DOCUMENTS

    def _choose(self, findings: list[Finding], asked: Searchable) -> tuple[list[Unit], list[Conflict]]:
        words = self._settings.answer_words // len(findings)
        chosen = [unit for finding in findings for unit in choose_units(finding.units, finding.question, asked, most_words=words)]
        units = list({unit.span: unit for unit in chosen}.values())
        return with_other_sides(units, [unit for finding in findings for unit in finding.units], asked)


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
        embedder or SentenceEmbedder(model or settings.model, batch_size=settings.embed_batch, engine=settings.engine),
        chunk_tokens=settings.chunk_tokens,
        max_file_bytes=settings.max_file_bytes,
        limits=Limits(settings.max_unpacked_bytes, settings.max_archive_files, settings.max_pages, settings.max_seconds),
        other_model=other_model,
    )


@cache
def _reader(name: str) -> Reader:
    """One reader a process and name: its weights are loaded once, however many libraries are open."""
    return Reader(name)


@cache
def _default_assistant() -> Assistant:
    return Assistant.open()


def _of_what_is_there(ask: Callable[[], Found]) -> Found:
    """Asks again where a document that was found has been removed before it was read."""
    for _ in range(_TRIES - 1):
        try:
            return ask()
        except NotFound:
            continue
    return ask()


def _checked(question: str) -> str:
    if len(question) > _LONGEST_QUESTION:
        raise CitewellError(f"The question has {len(question):,} characters; at most {_LONGEST_QUESTION:,} are answered. Shorten it.")
    return question


def _with(answer: Answer, composed: Composed, asked: Searchable) -> Answer:
    """The answer with what was composed, and the parts of the question that it does not answer."""
    missing = answer.missing if composed.sentences else ()
    return answer.model_copy(
        update={
            "text": composed.text + "".join(f"\n\n{NOT_FOUND.format(_called(asked))} {escaped(part)}" for part in missing),
            "sentences": composed.sentences,
            "citations": composed.citations,
            "differences": composed.differences,
            "abstained": not composed.sentences,
            "missing": missing,
        }
    )


def _finished(answer: Answer, composed: Composed, asked: Searchable, clock: Clock) -> Answer:
    """The same with the verdicts of its sentences and the times of all stages."""
    answer = verify_answer(_with(answer, composed, asked), asked)
    clock.lap("check")
    return answer.model_copy(update={"timings": clock.laps})


def _called(asked: Searchable) -> str:
    return "chosen documents" if isinstance(asked, Scope) else "documents"


def _missing_parts(findings: Sequence[Finding], answering: Sequence[Finding]) -> tuple[str, ...]:
    """The parts of a question in several parts that are not answered, where others are."""
    asked = [finding for finding in findings if finding.question.is_asked]
    return tuple(finding.question.text for finding in asked if answering and finding not in answering)


def _complete_parts(parts: Sequence[str]) -> list[str]:
    """Each part as it can be understood on its own: a pronoun in a later one means what an earlier one is about."""
    return [resolve_question(part, [{"role": "user", "content": earlier} for earlier in parts[:n]]) for n, part in enumerate(parts)]
