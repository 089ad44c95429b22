"""What can be given to `citewell eval`: gold questions over documents, a BEIR folder, or follow-up questions with rewrites."""

import json
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Protocol, Self, TypeVar

from eval.beir import Query, load_beir, search_queries, write_corpus
from eval.followups import Rewrite, load_rewrites, resolve_all
from eval.gold import GoldError, GoldQuestion, evidence_documents, load_gold, shipped_gold
from eval.records import EvalReport, QuestionResult
from eval.run import Answering, Keep, Progress, documents_by_id, evaluate, report_of
from index import AddReport
from rag import Assistant
from rag.followup import resolve_question
from rag.followup.terms import left_out_words

__all__ = ["BeirSubject", "GoldSubject", "RewriteSubject", "Subject", "load_subject"]

Item = TypeVar("Item")
Qrels = Mapping[str, Mapping[str, int]]


class Subject(Protocol):
    """Questions of one kind."""

    @property
    def name(self) -> str:
        """What the report calls it."""

    @property
    def size(self) -> int:
        """How many questions there are."""

    def digest(self) -> str:
        """The hash of the questions."""

    def sampled(self, count: int, seed: int) -> Self:
        """So many of the questions, drawn by `seed`, in their order."""

    def prepare(self, assistant: Assistant, *, fresh: bool) -> AddReport:
        """Add the documents that belong to the questions; into a library that is there only where they were named."""

    def measure(
        self,
        assistant: Answering,
        *,
        forced: Answering | None,
        done: Mapping[str, QuestionResult],
        keep: Keep,
        progress: Progress,
        seed: int,
    ) -> EvalReport:
        """Ask every question that is not done."""

    def qrels(self, assistant: Answering) -> Qrels:
        """Question id → document → grade, in the names that the report's rankings have."""


@dataclass(frozen=True, slots=True)
class GoldSubject:
    """Gold questions; without `documents` those of the library, or in a fresh one those that ship with Citewell."""

    name: str
    questions: tuple[GoldQuestion, ...]
    documents: Path | None

    @property
    def size(self) -> int:
        """How many questions there are, those that wait for a person left out."""
        return sum(not question.pending for question in self.questions)

    def digest(self) -> str:
        """The hash of the questions."""
        # what came later into the format is left out where it says nothing, so that runs of before can be compared with
        later = ("scope", "pending")
        return _digest([q.model_dump_json(exclude={name for name in later if not getattr(q, name)}) for q in self.questions])

    def sampled(self, count: int, seed: int) -> "GoldSubject":
        """So many of the questions, drawn by `seed`, in their order."""
        ready = _sample([question for question in self.questions if not question.pending], count, seed)
        return replace(self, questions=(*ready, *(question for question in self.questions if question.pending)))

    def about(self, patterns: Sequence[str]) -> "GoldSubject":
        """The questions with evidence in a document whose name fits one of the patterns (`*` stands for anything), or near one.

        Raises:
            GoldError: there are none.
        """
        chosen = tuple(q for q in self.questions if any(fnmatchcase(name, pattern) for name in _documents(q) for pattern in patterns))
        if not chosen:
            raise GoldError(f"{self.name}: no question is about a document called {' or '.join(patterns)}.")
        return replace(self, questions=chosen)

    def prepare(self, assistant: Assistant, *, fresh: bool) -> AddReport:
        """Add the documents that were named, or the shipped ones to a fresh library."""
        if self.documents is not None:
            return assistant.add(self.documents)
        if fresh:
            assistant.add_shipped_documents()
        return AddReport()

    def measure(
        self,
        assistant: Answering,
        *,
        forced: Answering | None,
        done: Mapping[str, QuestionResult],
        keep: Keep,
        progress: Progress,
        seed: int,
    ) -> EvalReport:
        """Ask every question that is not done."""
        return evaluate(self.questions, assistant, name=self.name, forced=forced, done=done, keep=keep, progress=progress, seed=seed)

    def qrels(self, assistant: Answering) -> Qrels:
        """The documents with evidence."""
        documents = documents_by_id(assistant).values()
        return {q.id: {document.source: 1 for document in evidence_documents(q, documents)} for q in self._measured}

    @property
    def _measured(self) -> list[GoldQuestion]:
        return [question for question in self.questions if question.answering_evidence and not question.pending]


@dataclass(frozen=True, slots=True)
class BeirSubject:
    """Queries of a BEIR folder over its corpus."""

    folder: Path
    queries: tuple[Query, ...]
    split: str

    @property
    def name(self) -> str:
        """The folder and the split."""
        return f"{self.folder} ({self.split})"

    @property
    def size(self) -> int:
        """How many queries there are."""
        return len(self.queries)

    def digest(self) -> str:
        """The hash of the queries and judgements."""
        return _digest([json.dumps([query.id, query.text, dict(query.grades)]) for query in self.queries])

    def sampled(self, count: int, seed: int) -> "BeirSubject":
        """So many of the queries; the corpus stays whole."""
        return replace(self, queries=_sample(self.queries, count, seed))

    def prepare(self, assistant: Assistant, *, fresh: bool) -> AddReport:
        """Add the corpus; texts that the library holds already stay as they are."""
        with TemporaryDirectory(prefix="citewell-beir-") as temporary:
            write_corpus(self.folder, Path(temporary))
            return assistant.library.add_folder_as(Path(temporary), f"beir:{self.folder.name}/")

    def measure(
        self,
        assistant: Answering,
        *,
        forced: Answering | None,
        done: Mapping[str, QuestionResult],
        keep: Keep,
        progress: Progress,
        seed: int,
    ) -> EvalReport:
        """Search for every query that is not done."""
        results = search_queries(self.queries, assistant, done=done, keep=keep, progress=progress)
        note = "Retrieval only: a BEIR folder has no answers. A document stands at its best passage."
        return report_of(results, name=self.name, documents=len(assistant.documents()), seed=seed, notes=(note,))

    def qrels(self, assistant: Answering) -> Qrels:
        """The collection's own judgements."""
        return {query.id: query.grades for query in self.queries}


@dataclass(frozen=True, slots=True)
class RewriteSubject:
    """Follow-up questions with rewrites; nothing is searched."""

    name: str
    rewrites: tuple[Rewrite, ...]

    @property
    def size(self) -> int:
        """How many questions there are."""
        return len(self.rewrites)

    def digest(self) -> str:
        """The hash of the questions."""
        return _digest([rewrite.model_dump_json() for rewrite in self.rewrites])

    def sampled(self, count: int, seed: int) -> "RewriteSubject":
        """So many of the questions, drawn by `seed`, in their order."""
        return replace(self, rewrites=_sample(self.rewrites, count, seed))

    def prepare(self, assistant: Assistant, *, fresh: bool) -> AddReport:
        """Nothing: no document is needed."""
        return AddReport()

    def measure(
        self,
        assistant: Answering,
        *,
        forced: Answering | None,
        done: Mapping[str, QuestionResult],
        keep: Keep,
        progress: Progress,
        seed: int,
    ) -> EvalReport:
        """Resolve every question, some milliseconds each."""
        results = resolve_all(self.rewrites, lambda question, history: resolve_question(question, history, left_out_words()))
        progress(len(results), len(results))
        note = "Only how follow-up questions are completed; nothing was searched or answered."
        return report_of(results, name=self.name, documents=0, seed=seed, notes=(note,))

    def qrels(self, assistant: Answering) -> Qrels:
        """None."""
        return {}


def load_subject(path: Path | None, documents: Path | None) -> Subject:
    """What a path holds: a gold file, a folder with gold.jsonl and documents/, a BEIR folder, or a file of rewrites.

    Raises:
        GoldError: none of these, or a malformed one.
    """
    if path is None:
        return GoldSubject(str(shipped_gold()), load_gold(shipped_gold()), documents)
    if (path / "corpus.jsonl").is_file():
        beir = load_beir(path)
        return BeirSubject(path.absolute(), beir.queries, beir.split)
    if (path / "rewrites.jsonl").is_file() or path.name == "rewrites.jsonl":
        file = path if path.is_file() else path / "rewrites.jsonl"
        return RewriteSubject(str(file), load_rewrites(file))
    if (path / "gold.jsonl").is_file():
        own = path / "documents"
        return GoldSubject(str(path / "gold.jsonl"), load_gold(path / "gold.jsonl"), documents or (own if own.is_dir() else None))
    return GoldSubject(str(path), load_gold(path), documents)


def _documents(question: GoldQuestion) -> set[str]:
    return {*filter(None, [question.near_document]), *(evidence.document for evidence in question.evidence)}


def _sample(items: Sequence[Item], count: int, seed: int) -> tuple[Item, ...]:
    if count >= len(items):
        return tuple(items)
    places = sorted(random.Random(seed).sample(range(len(items)), count))
    return tuple(items[place] for place in places)


def _digest(lines: Sequence[str]) -> str:
    return sha256("\n".join(lines).encode()).hexdigest()
