"""A model's sentences become an answer: each is shown only if one unit of a document carries it, and then cites that unit.

A sentence that nothing carries is withheld and counted; in its place stands, in the document's words, the unit of the extractive answer
that is nearest to it, if one is near. What the model cites only says where to look first: the citation is the span that was checked.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from index import Searchable
from index.injection import find_instructions
from rag.compose import Composed, citation_of, difference_of, escaped, side_span, told, words_of_unit
from rag.drafts import Draft, read_drafts
from rag.gate.claims import is_kin
from rag.gate.conflicts import Conflict
from rag.gate.support import supports
from rag.gate.text import read_text
from rag.language_model import LanguageModel
from rag.prompt import NOT_THERE, write_prompt
from rag.records import Citation, Passage, Sentence
from rag.units import Unit

__all__ = ["Line", "Material", "Written", "compose_lines", "with_sides", "write_checked"]

_TRIED = 8
"""Units that a sentence is checked against, those that share most of its words first."""
_NEAR = 0.34
"""Share of a withheld sentence's words that stand in the unit that takes its place, its headings included."""
_MOST_DRAFTS = 60
"""Sentences of one answer that are looked at; a model that goes on is left."""
_ORDER = re.compile(
    r"\b(?:say|reply|tell|answer|respond|state|claim|pretend|repeat|print|output|write|argue|suggest)(?:\s+\w+){0,3}\s+that\b", re.I
)


@dataclass(frozen=True, slots=True)
class Material:
    """What an answer is written from. `units` are all that were found, `chosen` those of the extractive answer, in reading order."""

    question: str
    passages: tuple[Passage, ...]
    units: tuple[Unit, ...]
    chosen: tuple[Unit, ...]
    conflicts: tuple[Conflict, ...] = ()


@dataclass(frozen=True, slots=True)
class Line:
    """A sentence or item that is shown, and the unit that it cites. `begins`: a new paragraph."""

    text: str
    unit: Unit
    item: bool = False
    begins: bool = False


@dataclass(frozen=True, slots=True)
class Written:
    """The answer so far, and how many sentences of the model were withheld; nothing is in it if the model has nothing to say."""

    lines: tuple[Line, ...] = ()
    withheld: int = 0


def write_checked(model: LanguageModel, material: Material, tokens: int) -> Iterator[Written]:
    """The answer as it grows, sentence by sentence; the last one is whole.

    Args:
        model: writes.
        material: the passages and their units.
        tokens: room for passages in the prompt.

    Raises:
        ModelUnavailable: the model failed; what was yielded is to be thrown away.
    """
    prompt = write_prompt(material.question, material.passages, tokens=tokens)
    units = [[unit for unit in material.units if _stands_in(unit, passage) and _is_citable(unit)] for passage in prompt.passages]
    titles = {passage.document_id: passage.title for passage in material.passages}
    chosen = [unit for unit in material.chosen if _is_citable(unit)]
    written, number = Written(), 0
    pieces = model.stream(prompt.messages)
    try:
        for number, draft in enumerate(read_drafts(pieces), start=1):
            if number > _MOST_DRAFTS or draft.text.casefold().startswith(NOT_THERE.casefold().rstrip(".")):
                break
            if (more := _with_draft(written, draft, units, titles, chosen)) != written:
                written = more
                yield written
    finally:
        pieces.close()
    if not number:
        raise model.failure("wrote nothing")
    yield _completed(written, chosen)


def _completed(written: Written, chosen: Sequence[Unit]) -> Written:
    """With what the extractive answer has besides, if something of the model was withheld and something is shown."""
    if not written.withheld or not written.lines:
        return written
    shown = {line.unit.span for line in written.lines}
    rest = [unit for unit in chosen if unit.span not in shown]
    more = (Line(words_of_unit(unit), unit, unit.kind == "item", begins=number == 0) for number, unit in enumerate(rest))
    return replace(written, lines=(*written.lines, *more))


def _with_draft(written: Written, draft: Draft, units: Sequence[Sequence[Unit]], titles: dict[str, str], chosen: Sequence[Unit]) -> Written:
    """What was written with one more sentence: the model's, or what stands in its place, or none."""
    if any(line.text.casefold() == draft.text.casefold() for line in written.lines):
        return written
    unit = _support(draft, units, titles) if draft.finished else None
    if unit:
        return replace(written, lines=(*written.lines, Line(draft.text, unit, draft.item, draft.begins)))
    shown = {line.unit.span for line in written.lines}
    instead = _nearest(draft, [other for other in chosen if other.span not in shown], titles)
    added = (Line(words_of_unit(instead), instead, instead.kind == "item", draft.begins),) if instead else ()
    return Written((*written.lines, *added), written.withheld + 1)


def _support(draft: Draft, units: Sequence[Sequence[Unit]], titles: dict[str, str]) -> Unit | None:
    """The unit that carries a sentence, looked for in the passages that it cites and then in the others."""
    cited = [unit for number in draft.passages if 0 < number <= len(units) for unit in units[number - 1]]
    others = [unit for passage in units for unit in passage]
    for group in (cited, others):
        ranked = sorted(group, key=lambda unit: (-_shared(draft.text, unit.text), unit.passage_rank, unit.start))
        for unit in ranked[:_TRIED]:
            if supports(draft.text, unit.text, (titles[unit.document_id], *unit.section)):
                return unit
    return None


def _nearest(draft: Draft, units: Sequence[Unit], titles: dict[str, str]) -> Unit | None:
    """The unit that says most of what a withheld sentence is about."""
    near = [(_shared(draft.text, f"{titles.get(unit.document_id, '')} {unit.context} {unit.text}"), unit) for unit in units]
    best = max(near, key=lambda pair: (pair[0], pair[1].score), default=None)
    return best[1] if best and best[0] >= _NEAR else None


def _shared(text: str, other: str) -> float:
    """The share of a text's content words that stand in another, 0–1."""
    words, known = read_text(text).content, read_text(other).stems
    return sum(is_kin(word.stem, known) for word in words) / len(words) if words else 0.0


def _stands_in(unit: Unit, passage: Passage) -> bool:
    return unit.document_id == passage.document_id and passage.start <= unit.start and unit.end <= passage.end


def _is_citable(unit: Unit) -> bool:
    """Whether it says something: a heading does not, and an instruction to a machine is no evidence."""
    return unit.kind != "heading" and not find_instructions(unit.text) and not _ORDER.search(unit.text)


def compose_lines(lines: Sequence[Line], library: Searchable, conflicts: Sequence[Conflict] = ()) -> Composed:
    """Markdown with `[n]` behind each line, its citations numbered as they come; below, in what the documents differ.

    A conflict is told if all its sides are cited.
    """
    numbers: dict[tuple[str, int, int], int] = {}
    citations, sentences, parts = list[Citation](), list[Sentence](), list[str]()
    previous: Line | None = None
    for line in lines:
        if line.unit.span not in numbers:
            numbers[line.unit.span] = len(numbers) + 1
            citations.append(citation_of(numbers[line.unit.span], line.unit, library))
        number = numbers[line.unit.span]
        sentences.append(Sentence(text=line.text, citations=(number,), kind="item" if line.item else "sentence"))
        parts.append(f"{_separator(line, previous)}{'- ' if line.item else ''}{escaped(line.text)} [{number}]")
        previous = line
    known = [conflict for conflict in conflicts if all(side_span(side) in numbers for side in conflict.sides)]
    differences = tuple(difference_of(conflict, numbers) for conflict in known)
    parts += [f"\n\n{told(difference)}" for difference in differences]
    return Composed("".join(parts), tuple(sentences), tuple(citations), differences)


def with_sides(lines: Sequence[Line], material: Material) -> tuple[Line, ...]:
    """The lines, and the sides of each conflict that one of them takes, in the documents' words."""
    shown = {line.unit.span for line in lines}
    citable = {unit.span for unit in (*material.units, *material.chosen) if _is_citable(unit)}
    told_of = [conflict for conflict in material.conflicts if _is_touched(conflict, shown) and _spans(conflict) <= citable]
    spans = {span for conflict in told_of for span in _spans(conflict)} - shown
    added = [unit for unit in dict.fromkeys((*material.chosen, *material.units)) if unit.span in spans]
    return (*lines, *(Line(words_of_unit(unit), unit, unit.kind == "item", begins=True) for unit in {u.span: u for u in added}.values()))


def _is_touched(conflict: Conflict, shown: set[tuple[str, int, int]]) -> bool:
    return not shown.isdisjoint(_spans(conflict))


def _spans(conflict: Conflict) -> set[tuple[str, int, int]]:
    return {side_span(side) for side in conflict.sides}


def _separator(line: Line, previous: Line | None) -> str:
    if previous is None:
        return ""
    if line.item:
        return "\n" if previous.item else "\n\n"
    return "\n\n" if line.begins or previous.item else " "
