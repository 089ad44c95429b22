"""All that the library holds on one question: passages, what the reader makes of them, scored units, and whether they answer."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field

from index import Searchable
from rag.bridge import bridge_question
from rag.confidence import Signs, confidence, signs
from rag.evidence import Asked, EmbedTexts, score_units
from rag.question import ParsedQuestion
from rag.read import by_best_unit, read_units
from rag.reader import Reader
from rag.records import Passage
from rag.retrieve import Fusion, retrieve
from rag.trace import Trace
from rag.units import Unit, find_units
from rag.words import QuestionWords, question_words, stems_of

__all__ = ["Finding", "Searching", "find_passages", "merged_passages", "research"]

_BRIDGED_PASSAGES = 4
"""Passages that the bridged question may add."""


@dataclass(frozen=True, slots=True)
class Searching:
    """What a question is searched with. `passages` of those found are examined; `unit_weight` is that of `rag.read.by_best_unit`.

    `trace` is the question's own: it is told what was done.
    """

    fusion: Fusion
    passages: int
    embed: EmbedTexts
    reader: Reader | None = None
    unit_weight: float = 0.0
    trace: Trace = field(default_factory=Trace)


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found on one question; `confidence` is the probability that it is answered there, 0–1."""

    question: ParsedQuestion
    passages: tuple[Passage, ...]
    units: tuple[Unit, ...]
    words: QuestionWords
    signs: Signs
    confidence: float


def find_passages(question: ParsedQuestion, library: Searchable, searching: Searching, *, count: int) -> list[Passage]:
    """The `count` best passages for a question, best first; those beyond the examined ones in the order of their fusion."""
    found = _retrieve(question.text, library, searching, count=max(count, searching.passages))
    if not searching.unit_weight:
        return found[:count]
    first, rest = found[: searching.passages], found[searching.passages :]
    asked = [Asked(question.text, question_words(question.subject, library))]
    examined, _ = _examine(question, asked, first, find_units(first, library), library, searching)
    return [*examined, *rest][:count]


def research(question: ParsedQuestion, library: Searchable, searching: Searching) -> Finding:
    """Search for a question, and once more for its bridged form where there is one, and examine what was found."""
    words = question_words(question.subject, library)
    found = _retrieve(question.text, library, searching, count=searching.passages)
    asked = [Asked(question.text, words)]
    units = find_units(found, library)
    if bridged := bridge_question(question, units):
        asked.append(Asked(bridged, question_words(bridged, library)))
        known = {passage.chunk_id for passage in found}
        more = [p for p in _retrieve(bridged, library, searching, count=searching.passages) if p.chunk_id not in known]
        found += [passage.model_copy(update={"rank": len(found) + n}) for n, passage in enumerate(more[:_BRIDGED_PASSAGES], start=1)]
        units = find_units(found, library)
    found, units = _examine(question, asked, found, units, library, searching)
    with searching.trace.stage("confidence") as stage:
        evidence = signs(question, found, units, words, lambda text: stems_of(text, library.lexical()), library.embed_tokens)
        stage.note(confidence=round(confidence(evidence), 3), **{name: round(sign, 3) for name, sign in asdict(evidence).items()})
    return Finding(question, tuple(found), tuple(units), words, evidence, confidence(evidence))


def _retrieve(text: str, library: Searchable, searching: Searching, *, count: int) -> list[Passage]:
    with searching.trace.stage("retrieve") as stage:
        found = retrieve(text, library, count=count, fusion=searching.fusion, embed=searching.embed)
        by_both = [sum(passage.dense_rank is not None for passage in found), sum(passage.lexical_rank is not None for passage in found)]
        stage.note(passages=len(found), by_meaning=by_both[0], by_words=by_both[1])
        stage.quote(question=text)
    return found


def _examine(
    question: ParsedQuestion,
    asked: Sequence[Asked],
    found: Sequence[Passage],
    units: Sequence[Unit],
    library: Searchable,
    searching: Searching,
) -> tuple[list[Passage], list[Unit]]:
    """The passages in their final order, and their units, read and scored."""
    lexical = library.lexical()
    with searching.trace.stage("read") as stage:
        units = read_units(question.text, found, units, searching.reader)
        read = [unit.answer.score for unit in units if unit.answer]
        stage.note(passages=len(found), sentences=len(units), with_reader=searching.reader is not None)
        if read:
            stage.note(best_answer=round(max(read), 2))
    with searching.trace.stage("score") as stage:
        scored = score_units(units, asked, question, searching.embed, lambda text: stems_of(text, lexical))
        passages, scored = by_best_unit(found, scored, searching.unit_weight)
        stage.note(sentences=len(scored), best=round(max((unit.score for unit in scored), default=0.0), 3))
    return passages, scored


def merged_passages(findings: Sequence[Finding]) -> tuple[Passage, ...]:
    """The passages of all findings, each once, ranked by turns."""
    once: dict[int, Passage] = {}
    for passage in sorted((passage for finding in findings for passage in finding.passages), key=lambda passage: passage.rank):
        once.setdefault(passage.chunk_id, passage)
    return tuple(passage.model_copy(update={"rank": rank}) for rank, passage in enumerate(once.values(), start=1))
