"""Ask every gold question, judge what comes back, sum up. The same gold and library give the same figures, times and memory aside."""

from collections.abc import Callable, Collection, Mapping, Sequence
from time import perf_counter
from typing import Protocol

from eval.gold import GoldQuestion, askable, find_document
from eval.judge import CUTOFFS, RETRIEVED, evidence_spans, judge
from eval.measures import rank_measures
from eval.records import EvalReport, QuestionResult
from eval.summary import by_tag, summarise
from index import Document, DocumentSummary
from rag import Answer, Passage
from rag.records import Message

__all__ = ["Answering", "Keep", "Progress", "documents_by_id", "document_measures", "evaluate", "peak_memory", "report_of"]

Progress = Callable[[int, int], None]
"""Called with the number of questions done, and of all."""
Keep = Callable[[QuestionResult], None]
"""Called with each question's result as soon as it is there."""


class Answering(Protocol):
    """What can be evaluated: `rag.Assistant`, and the baselines of `eval.baselines`."""

    def documents(self) -> list[DocumentSummary]:
        """All documents."""

    def document(self, document_id: str) -> Document:
        """One of them."""

    def retrieve(
        self, question: str, k: int = 10, history: Sequence[Message] | None = None, documents: Sequence[str] | None = None
    ) -> list[Passage]:
        """The `k` best passages, best first."""

    def answer(self, question: str, history: Sequence[Message] | None = None, documents: Sequence[str] | None = None) -> Answer:
        """The answer, or a refusal."""


def document_measures(cutoffs: Sequence[int] = CUTOFFS) -> dict[str, str]:
    """Names of ir-measures, and of the figures over documents."""
    success = {f"Success@{k}": f"document success@{k}" for k in cutoffs}
    recall = {f"R@{k}": f"document recall@{k}" for k in cutoffs}
    return success | recall | {"RR@10": "document RR@10", "nDCG@10": "document nDCG@10"}


def evaluate(
    gold: Sequence[GoldQuestion],
    assistant: Answering,
    *,
    name: str = "",
    progress: Progress | None = None,
    forced: Answering | None = None,
    done: Mapping[str, QuestionResult] | None = None,
    keep: Keep | None = None,
    seed: int = 0,
) -> EvalReport:
    """Measure an assistant on gold questions. None is left out, answerable or not, but those that cannot be asked: see `askable`.

    Args:
        gold: the questions; every quote must stand in a document of the assistant's library.
        assistant: the one to measure.
        name: what the report calls the gold.
        progress: told after each question.
        forced: the same assistant without a threshold, asked what was refused, so that it is known
            what would have been answered; without it a refusal counts as a wrong answer on the
            risk–coverage curve.
        done: results of questions that were asked before, by id; these are not asked again.
        keep: told each new result.
        seed: of the intervals.

    Raises:
        GoldError: evidence that is not in the documents.
    """
    documents = documents_by_id(assistant)
    gold, notes = askable(gold, documents.values())
    known = dict(done or {})
    if any(question.id not in known for question in gold):
        # the first question loads the model, which is not its own time
        assistant.retrieve("What is this about?", k=1, history=[])
    for number, question in enumerate(gold, start=1):
        if question.id not in known:
            known[question.id] = _ask(question, assistant, forced, documents)
            if keep:
                keep(known[question.id])
        if progress:
            progress(number, len(gold))
    results = _with_document_measures([known[question.id] for question in gold], gold, documents.values())
    return report_of(results, name=name, documents=len(documents), seed=seed, notes=tuple(notes))


def report_of(results: Sequence[QuestionResult], *, name: str, documents: int, seed: int = 0, notes: tuple[str, ...] = ()) -> EvalReport:
    """The report on these results."""
    overall = summarise(results, seed)
    memory = peak_memory()
    if memory is not None:
        overall = overall.model_copy(update={"figures": overall.figures | {"peak memory": memory}})
    tags = by_tag(results, seed)
    return EvalReport(gold=name, documents=documents, overall=overall, tags=tags, questions=tuple(results), notes=notes)


def documents_by_id(assistant: Answering) -> dict[str, Document]:
    """All documents of an assistant."""
    return {summary.id: assistant.document(summary.id) for summary in assistant.documents()}


def peak_memory() -> float | None:
    """The most memory that this process has held so far, in megabytes (peak resident set); None where the system does not say."""
    import sys

    if sys.platform == "win32":
        return None
    import resource

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (1e6 if sys.platform == "darwin" else 1e3)


def _ask(question: GoldQuestion, assistant: Answering, forced: Answering | None, documents: Mapping[str, Document]) -> QuestionResult:
    history = [turn.model_dump() for turn in question.history]
    chosen = [found.id for name in question.scope if (found := find_document(name, documents.values()))]
    scope = {"documents": chosen} if chosen else {}
    started = perf_counter()
    answer = assistant.answer(question.question, history, **scope)
    milliseconds = 1000 * (perf_counter() - started)
    passages = assistant.retrieve(question.question, k=RETRIEVED, history=history, **scope)
    would_be = forced.answer(question.question, history, **scope) if forced and answer.abstained and question.answerable else None
    evidence = evidence_spans(question, documents.values())
    return judge(question, answer, passages, milliseconds, evidence=evidence, documents=documents, forced=would_be)


def _with_document_measures(
    results: Sequence[QuestionResult], gold: Sequence[GoldQuestion], documents: Collection[Document]
) -> list[QuestionResult]:
    """The same results with the measures over documents, each ranked by its best passage, added to their figures."""
    sources = {document.id: document.source for document in documents}
    qrels = {q.id: {sources[place[0][0]]: 1 for place in evidence_spans(q, documents)} for q in gold if q.answering_evidence}
    rankings = {result.id: list(dict.fromkeys(passage.document for passage in result.retrieved)) for result in results}
    names = document_measures()
    measured = rank_measures(tuple(names), qrels, rankings)
    figures = {id: {names[name]: value for name, value in values.items()} for id, values in measured.items()}
    return [result.model_copy(update={"figures": figures.get(result.id, {}) | result.figures}) for result in results]
