"""A model's sentences become an answer: each is shown only if one unit of a document carries it, and then cites that unit.

A sentence that nothing carries is withheld and counted; in its place stands, in the document's words, the unit of the extractive answer
that is nearest to it, if one is near. What the model cites only says where to look first: the citation is the span that was checked.

A model may make an answer read better, never poorer in evidence. What it left out of the extractive answer is added in the documents'
words; where it told nothing of it, or not the fact that was asked for, it counts as failed.
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
from rag.gate.verify import check_sentence
from rag.language_model import LanguageModel
from rag.prompt import NOT_THERE, write_prompt
from rag.records import Citation, Passage, Sentence
from rag.short import answer_words
from rag.trace import Trace
from rag.units import Unit

__all__ = ["Line", "Material", "Written", "compose_lines", "with_rest", "with_sides", "write_checked"]

_TRIED = 8
"""Units that a sentence is checked against, those that share most of its words first."""
_NEAR = 0.34
"""Share of a withheld sentence's words that stand in the unit that takes its place, its headings included."""
_BEARING = 0.5
"""Share of the best unit's score from which a sentence may be shown that the extractive answer would not have."""
_MOST_DRAFTS = 60
"""Sentences of one answer that are looked at; a model that goes on is left."""
ADDED = "What the language model left out is added in the documents' own words."
_ORDER = re.compile(
    r"\b(?:say|reply|tell|answer|respond|state|claim|pretend|repeat|print|output|write|argue|suggest)(?:\s+\w+){0,3}\s+that\b", re.I
)


@dataclass(frozen=True, slots=True)
class Material:
    """What an answer is written from.

    `units` are all that were found, `chosen` those of the extractive answer, in reading order. Of these, no answer leaves out the
    `needed` ones, nor the fact that was asked for, if `short` holds it (`rag.short.short_answer`).
    """

    question: str
    passages: tuple[Passage, ...]
    units: tuple[Unit, ...]
    chosen: tuple[Unit, ...]
    conflicts: tuple[Conflict, ...] = ()
    needed: tuple[Unit, ...] = ()
    short: Unit | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """A sentence or item that is shown, and the unit that it cites. `begins`: a new paragraph."""

    text: str
    unit: Unit
    item: bool = False
    begins: bool = False


@dataclass(frozen=True, slots=True)
class Written:
    """The answer so far, how many sentences of the model were withheld, and what a person should know of it."""

    lines: tuple[Line, ...] = ()
    withheld: int = 0
    notes: tuple[str, ...] = ()


def write_checked(
    model: LanguageModel, material: Material, tokens: int, trace: Trace | None = None, *, in_place: bool = True
) -> Iterator[Written]:
    """The answer as it grows, sentence by sentence; the last one is whole.

    Args:
        model: writes.
        material: the passages and their units.
        tokens: room for passages in the prompt.
        trace: of the question.
        in_place: an item that is added stands where its list is told; else all that is added stands at the end.

    Raises:
        ModelUnavailable: the model failed, or what it wrote holds nothing of what answers. What was yielded is true, and not enough.
    """
    trace = trace or Trace()
    prompt = write_prompt(material.question, material.passages, tokens=tokens)
    chosen = [unit for unit in material.chosen if _is_citable(unit)]
    least = _BEARING * max((unit.score for unit in material.units), default=0.0)
    # what was not scored is left to the model
    bearing = [unit for unit in material.units if _is_citable(unit) and (unit in chosen or unit.score == 0 or unit.score >= least)]
    units = [[unit for unit in bearing if _stands_in(unit, passage)] for passage in prompt.passages]
    titles = {passage.document_id: passage.title for passage in material.passages}
    written, number, gave_up = Written(), 0, False
    pieces = model.stream(prompt.messages, trace=trace)
    try:
        for number, draft in enumerate(read_drafts(pieces), start=1):
            gave_up = draft.text.casefold().startswith(NOT_THERE.casefold().rstrip("."))
            if number > _MOST_DRAFTS or gave_up:
                break
            with trace.stage("check") as stage:
                more = _with_draft(written, draft, units, titles, chosen)
                stage.note(shown=len(more.lines) - len(written.lines), withheld=more.withheld - written.withheld)
            if more != written:
                written = more
                yield written
    finally:
        pieces.close()
    if not number:
        raise model.failure("wrote nothing")
    if not written.lines:
        raise model.failure("found no answer in the passages" if gave_up else "wrote nothing that the documents carry")
    if not _answers(written, chosen, material.short, titles):
        raise model.failure("left out what the documents say to this")
    yield _completed(written, [unit for unit in chosen if written.withheld or unit in material.needed], in_place=in_place)


def with_rest(written: Written, material: Material, note: str) -> Written:
    """With all that the extractive answer has besides, at the end, and why."""
    rest = _completed(written, [unit for unit in material.chosen if _is_citable(unit)], in_place=False)
    return replace(rest, notes=(note,))


def _answers(written: Written, chosen: Sequence[Unit], short: Unit | None, titles: dict[str, str]) -> bool:
    """Whether something that is shown belongs to the extractive answer, and the fact that was asked for is told."""
    if short and any(unit.span == short.span for unit in chosen) and (fact := answer_words(short)):
        context = (titles.get(short.document_id, ""), *short.section)
        told = [line.text for line in written.lines if line.unit.span == short.span]
        return any(check_sentence(fact, [text], context).verdict == "supported" for text in told)
    spans = {unit.span for unit in chosen}
    return not chosen or any(line.unit.span in spans for line in written.lines)


def _completed(written: Written, needed: Sequence[Unit], *, in_place: bool) -> Written:
    """With the units that it lacks: an item where its list is told if it is to be `in_place`, the rest below."""
    lines = list(written.lines)
    shown = {line.unit.span for line in lines}
    for unit in (unit for unit in needed if unit.span not in shown):
        place = _place_in_list(unit, lines) if in_place else len(lines)
        begins = place == len(lines) and unit.place != lines[-1].unit.place
        lines.insert(place, Line(words_of_unit(unit), unit, unit.kind == "item", begins))
    return written if len(lines) == len(written.lines) else replace(written, lines=tuple(lines), notes=(ADDED,))


def _place_in_list(unit: Unit, lines: Sequence[Line]) -> int:
    """Before the first line of the unit's list that stands behind it there, behind the list's last line, or at the end."""
    listed = [place for place, line in enumerate(lines) if unit.list_id and line.unit.list_id == unit.list_id]
    later = [place for place in listed if lines[place].unit.start > unit.start]
    return later[0] if later else listed[-1] + 1 if listed else len(lines)


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
