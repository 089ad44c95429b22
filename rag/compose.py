"""The extractive composer: the sentences and list items that answer, in reading order, each with its citation.

Nothing is written here that does not stand in a document: an answer is a choice of spans.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from index import Searchable
from rag.gate.conflicts import Conflict, ConflictSide, find_conflicts, statements_of
from rag.question import ParsedQuestion
from rag.records import Citation, Difference, DifferenceSide, Sentence
from rag.short import answer_words
from rag.units import Unit, complete_list

__all__ = [
    "Composed",
    "choose_units",
    "citation_of",
    "difference_of",
    "escaped",
    "needed_units",
    "side_span",
    "told",
    "with_other_sides",
    "words_of_unit",
    "write_answer",
]

_SENTENCE_RATIO = 0.72
"""A sentence is chosen if it scores at least this share of the best unit."""
_BESIDE_LIST_RATIO = 0.9
"""The same, where a list answers already."""
_LIST_RATIO = 0.85
"""A list is taken whole if its lead, or two of its items, score at least this share of the best unit."""
_ASKED_LIST_RATIO = 0.75
"""The same, where the question asks for several things."""
_FACT_RATIO = 0.8
_MOST_SENTENCES = 5
_MOST_FACT_SENTENCES = 2
"""A question for one fact (a date, a number, a name) gets a shorter answer from nearer the best unit."""
_SHORT_LIST_ITEMS, _SHORT_LIST_WORDS = 7, 80
"""A list of at most this many items and words, its lead included, is taken whole where one item is chosen."""
_LEADLESS_ITEMS, _LEADLESS_WORDS = 12, 150
"""A list that no sentence announces is never taken whole if it is longer."""
_TELLS, _HELD_ELSEWHERE = 0.95, 0.8
"""Where the best sentence, with what stands around it, holds this much of the question, those of other documents hold at least so much."""
_DECIDES, _HELD_BESIDE = 0.8, 0.6
"""A sentence that holds this much of a question to be answered with yes or no decides it; others hold at least so much of it."""
_MOST_LISTS = 1
_MOST_ORDINALS = 4
_POINTS_BACK = re.compile(
    r"(?:they|it|this|that|these|those|such|he|she|his|her|their|its|after (?:that|this)|otherwise|in (?:that|this) case|"
    r"(?:an |the (?:only )?)?exceptions?|unlike (?:its|his|her|their))\b",
    re.I,
)
_POINTS_BACK_SOON = re.compile(
    r"(?:(?:in|for|with|at|from|by|of|to|on|after|before|during) (?:[\w'’-]+ ){0,3})?"
    r"(?:they|it|these|those|both|he|she|his|her|their|its|such)\b",
    re.I,
)
_MANY_COLUMNS = 3
_NEGATES = re.compile(
    r"\b(?:not|no|never|without|except\w*|exclu\w+|exempt\w*|forbidden|prohibited|unless|avoid|don['’]?t|do not|cannot|can['’]t)\b",
    re.I,
)
"""Says of a heading that what stands under it is not so."""
_RUN_IN_WORDS = 7
"""A sentence of at most this many words at the head of a paragraph says what the paragraph is about, and little else."""
_OTHER_SIDE_RATIO, _MOST_COMPARED = 0.6, 24
"""Units that score at least this share of the best are looked through for other numbers and dates, at most so many."""
_BEGINS_BLOCK = re.compile(r"^(?:(?P<number>\d{1,9})(?=[.)](?:\s|$))|(?=(?:#{1,6}|[-+*])(?:\s|$)|>|```|~~~))")
_OWN_MARKER = re.compile(r"\[(?=\d+\])")
_SAME = 0.8
"""Two units that share this much of their words (Jaccard) say the same."""


@dataclass(frozen=True, slots=True)
class Composed:
    """An answer's Markdown, its sentences in order, its citations in the order of their numbers, and where its documents differ."""

    text: str
    sentences: tuple[Sentence, ...] = ()
    citations: tuple[Citation, ...] = ()
    differences: tuple[Difference, ...] = ()


def choose_units(units: Sequence[Unit], question: ParsedQuestion, library: Searchable, *, most_words: int) -> list[Unit]:
    """The units that answer, in reading order: documents by their best unit, then by position.

    A list is taken whole with its lead, and does not count into `most_words`; sentences are added
    from the best down as long as they fit, say something new, and score near the best one.
    """
    ranked = sorted((unit for unit in units if unit.score > 0), key=lambda unit: (-unit.score, unit.passage_rank, unit.start))
    ranked = _without_leads(ranked) if question.wants_name else ranked
    if not ranked:
        return []
    best = ranked[0].score
    one_fact = question.expected is not None and not question.wants_list
    lists = [] if one_fact or question.about_one else _whole_lists(ranked, units, best, question, library)
    chosen = [unit for members in lists for unit in members]
    chosen += _ordinals_beside(chosen, units)
    ratio = _FACT_RATIO if one_fact else _BESIDE_LIST_RATIO if lists else _SENTENCE_RATIO
    most = _MOST_FACT_SENTENCES if one_fact else _MOST_SENTENCES
    chosen += _sentences(chosen, ranked, question, ratio * best, most, most_words)
    chosen += _leads_and_lists(chosen, units, question, library)
    chosen += _antecedents(chosen, units)
    chosen += _column_names(chosen, units)
    chosen += _telling_headings(chosen, units, question)
    chosen += _continued(chosen, units, most_words) if not one_fact and not lists else []
    return _in_reading_order(_without_repeats(chosen), ranked)


def needed_units(chosen: Sequence[Unit], units: Sequence[Unit], question: ParsedQuestion) -> list[Unit]:
    """Those of the chosen units that no answer to the question leaves out: for one fact the best, else all; `units` are scored for it."""
    if question.expected is None or question.wants_list:
        return list(chosen)
    spans = {unit.span for unit in chosen}
    best = max((unit for unit in units if unit.span in spans), key=lambda unit: unit.score, default=None)
    return [unit for unit in chosen if best and unit.span == best.span]


def with_other_sides(chosen: Sequence[Unit], units: Sequence[Unit], library: Searchable) -> tuple[list[Unit], list[Conflict]]:
    """The chosen units with those in which other documents give another number or date for the same, and these conflicts."""
    best = max((unit.score for unit in chosen), default=0.0)
    near = sorted((unit for unit in units if unit.score >= _OTHER_SIDE_RATIO * best), key=lambda unit: -unit.score)[:_MOST_COMPARED]
    spans = {unit.span for unit in chosen}
    conflicts = [
        conflict for conflict in find_conflicts(statements_of(near, library)) if any(side_span(side) in spans for side in conflict.sides)
    ]
    wanted = {side_span(side) for conflict in conflicts for side in conflict.sides} - spans
    return [*chosen, *(unit for unit in near if unit.span in wanted)], conflicts


def write_answer(units: Sequence[Unit], library: Searchable, *, short: Unit | None = None, conflicts: Sequence[Conflict] = ()) -> Composed:
    """Markdown with `[n]` behind each sentence and list item; every quote is cut from its document.

    Above them, in bold, the reader's answer within the unit `short`; below them, in what the documents differ. The unit, and all
    sides of the conflicts, are among `units`.
    """
    sentences, citations, lines = [], [], list[str]()
    previous: Unit | None = None
    if short:
        words = answer_words(short)
        number = [unit.span for unit in units].index(short.span) + 1
        sentences.append(Sentence(text=words, citations=(number,), kind="short"))
        lines.append(f"**{escaped(words)}** [{number}]\n\n")
    for number, unit in enumerate(units, start=1):
        citations.append(citation_of(number, unit, library))
        item = unit.kind == "item"
        words = words_of_unit(unit)
        sentences.append(Sentence(text=words, citations=(number,), kind="item" if item else "sentence"))
        lines.append(f"{_separator(unit, previous)}{'- ' if item else ''}{escaped(words)} [{number}]")
        previous = unit
    numbers = {unit.span: number for number, unit in enumerate(units, start=1)}
    differences = tuple(difference_of(conflict, numbers) for conflict in conflicts)
    lines += [f"\n\n{told(difference)}" for difference in differences]
    return Composed("".join(lines), tuple(sentences), tuple(citations), differences)


def words_of_unit(unit: Unit) -> str:
    """A unit as an answer writes it: on one line, the cells of a row with commas between them."""
    words = " ".join(unit.text.split())
    return words.strip("| ").replace(" | ", ", ") if unit.kind == "item" else words


def difference_of(conflict: Conflict, numbers: Mapping[tuple[str, int, int], int]) -> Difference:
    """A conflict as a record; `numbers` are those of the citations of its sides' spans."""
    return Difference(
        sides=tuple(
            DifferenceSide(value=side.value, title=side.statement.title, date=side.statement.date, citation=numbers[side_span(side)])
            for side in conflict.sides
        )
    )


def told(difference: Difference) -> str:
    """The documents differ: **10 weeks** (Handbook, 2024-01-01) [1] or **12 weeks** (Guide) [2]."""
    sides = [
        f"**{escaped(side.value)}** ({escaped(', '.join(filter(None, (side.title, side.date))))}) [{side.citation}]"
        for side in difference.sides
    ]
    return f"The documents differ: {' or '.join(sides)}"


def side_span(side: ConflictSide) -> tuple[str, int, int]:
    """Where a side stands, as the span of its unit."""
    return side.statement.document_id, side.statement.start, side.statement.end


def _without_leads(ranked: Sequence[Unit]) -> list[Unit]:
    """Without the sentences that announce all of several, where one is asked for, and another unit scores near them."""
    others = [unit for unit in ranked if not (unit.kind == "sentence" and unit.list_id)]
    return others if others and others[0].score >= _LIST_RATIO * ranked[0].score else list(ranked)


def _sentences(
    chosen: Sequence[Unit], ranked: Sequence[Unit], question: ParsedQuestion, least: float, most: int, most_words: int
) -> list[Unit]:
    """The best units beside those chosen already, within the limits; at least one if nothing was chosen."""
    added: list[Unit] = []
    told = ranked[0].held_around >= _TELLS and not question.sides and not question.wants_list
    decided = question.asks_yes_or_no and ranked[0].held >= _DECIDES
    for unit in ranked:
        if unit.score < least or len(added) >= most:
            break
        if any(_same(unit, other) for other in (*chosen, *added)):
            continue
        if decided and unit.held < _HELD_BESIDE:
            continue
        if told and unit.document_id != ranked[0].document_id and unit.held_around < _HELD_ELSEWHERE:
            continue
        if not (chosen or added) or _words((*added, unit)) <= most_words:
            added.append(unit)
    return added


def _without_repeats(chosen: Sequence[Unit]) -> list[Unit]:
    """Each thing once: of units that say the same the first, and no lead whose list says nothing new."""
    kept: list[Unit] = []
    for unit in chosen:
        if unit.span not in {other.span for other in kept} and not any(
            _same(unit, other) for other in kept if other.list_id != unit.list_id
        ):
            kept.append(unit)
    announced = {unit.list_id for unit in chosen if unit.kind == "item"}
    items_left = {unit.list_id for unit in kept if unit.kind == "item"}
    return [unit for unit in kept if unit.kind == "item" or unit.list_id not in announced or unit.list_id in items_left]


def _leads_and_lists(chosen: Sequence[Unit], units: Sequence[Unit], question: ParsedQuestion, library: Searchable) -> list[Unit]:
    """What a chosen unit cannot stand without: the list that a sentence announces, the sentence that announces an item."""
    added: list[Unit] = []
    for unit in chosen:
        if unit.list_id is None or (unit.kind != "item" and question.about_one):
            continue
        members = complete_list([other for other in units if other.list_id == unit.list_id], library)
        if not unit.lead and unit.kind == "item":
            added += members if unit.step and question.wants_steps and _is_short(members) else []
            continue
        announces = unit.kind != "item" and unit.text.endswith(":")
        short = len(members) <= _SHORT_LIST_ITEMS and _words(members) <= _SHORT_LIST_WORDS
        added += members if announces or short else [other for other in members if unit.kind == "item" and other.kind != "item"]
    return added


def _antecedents(chosen: Sequence[Unit], units: Sequence[Unit]) -> list[Unit]:
    """The sentence before one that points back to it ("Both roles …", "In her experience …")."""
    pointing = {(unit.document_id, unit.before) for unit in chosen if unit.before and _POINTS_BACK_SOON.match(unit.text)}
    return [unit for unit in units if unit.kind == "sentence" and (unit.document_id, unit.text) in pointing and unit not in chosen]


def _column_names(chosen: Sequence[Unit], units: Sequence[Unit]) -> list[Unit]:
    """The first rows of the tables of which rows of several values were chosen: without it nobody knows which value is which."""
    added: list[Unit] = []
    for row in (unit for unit in chosen if len(unit.columns) >= _MANY_COLUMNS):
        above = [unit for unit in units if unit.names_columns and unit.place == row.place and unit.start < row.start]
        if names := max(above, key=lambda unit: unit.start, default=None):
            added += [] if names in added or names in chosen else [names]
    return added


def _telling_headings(chosen: Sequence[Unit], units: Sequence[Unit], question: ParsedQuestion) -> list[Unit]:
    """The headings of items that mean the opposite without ("What is not covered"), and, where yes or no is asked for, of all items.

    Where one of several is asked for ("Which principle …?"), that of the best unit, which may be its name if none stands there.
    """
    telling = {
        unit.place
        for unit in chosen
        if unit.kind == "item" and not unit.lead and not unit.columns and unit.section and not unit.section[-1].endswith("?")
        if question.asks_yes_or_no or _NEGATES.search(unit.section[-1])
    }
    best = max(chosen, key=lambda unit: unit.score, default=None)
    if question.wants_name and best and best.section and not best.columns:
        beside = " ".join(unit.text for unit in chosen if unit.place == best.place).lower()
        if best.section[-1].lower() not in beside and question.wants_name not in best.text.lower():
            telling.add(best.place)
    headings = [unit for unit in units if unit.kind == "heading" and unit.section and unit.text == unit.section[-1]]
    return [heading for heading in headings if heading.place in telling and heading not in chosen]


def _continued(chosen: Sequence[Unit], units: Sequence[Unit], most_words: int) -> list[Unit]:
    """The sentences that go on about a chosen one ("That program …", "They …"), as far as they fit."""
    added: list[Unit] = []
    for unit, follower in zip(units, units[1:], strict=False):
        follows = follower.place == unit.place and follower.kind == "sentence" and follower.before == unit.text
        wanted = unit in chosen or unit in added
        run_in = not unit.before and len(unit.text.split()) <= _RUN_IN_WORDS
        if follows and wanted and follower not in chosen and (_POINTS_BACK.match(follower.text) or run_in):
            if _words((*chosen, *added, follower)) <= most_words:
                added.append(follower)
    return added


def _whole_lists(
    ranked: Sequence[Unit], units: Sequence[Unit], best: float, question: ParsedQuestion, library: Searchable
) -> list[list[Unit]]:
    """The members of the lists to be taken whole, the best list first."""
    lead_ratio = _ASKED_LIST_RATIO if question.wants_list else _LIST_RATIO
    taken: list[list[Unit]] = []
    for list_id in dict.fromkeys(unit.list_id for unit in ranked if unit.list_id):
        members = [unit for unit in units if unit.list_id == list_id]
        lead_is_near = any(unit.kind != "item" and unit.score >= lead_ratio * best for unit in members)
        items_near = sum(unit.kind == "item" and unit.score >= _LIST_RATIO * best for unit in members)
        if (lead_is_near or items_near >= 2) and len(taken) < _MOST_LISTS:
            leadless = all(unit.kind == "item" and not unit.lead for unit in members)
            whole = complete_list(members, library)
            taken += [whole] if not leadless or _is_short(whole) else []
    return taken


def _is_short(members: Sequence[Unit]) -> bool:
    """Whether a list that nothing announces may be shown whole."""
    return len(members) <= _LEADLESS_ITEMS and _words(members) <= _LEADLESS_WORDS


def _ordinals_beside(chosen: Sequence[Unit], units: Sequence[Unit]) -> list[Unit]:
    """Sentences that count ("First …", "The second …") in a section of which a list was chosen: they are parallel to it."""
    places = {unit.place for unit in chosen}
    counting = [unit for unit in units if unit.ordinal and unit.place in places and unit not in chosen]
    return counting[:_MOST_ORDINALS] if len(counting) >= 2 else []


def _separator(unit: Unit, previous: Unit | None) -> str:
    if previous is None:
        return ""
    if unit.kind == "item":
        return "\n" if previous.kind == "item" else "\n\n"
    return " " if previous.kind != "item" and previous.place == unit.place else "\n\n"


def escaped(words: str) -> str:
    """Text that begins like a list or a heading must not become one, nor a document's own `[3]` a citation."""
    return _OWN_MARKER.sub(r"\[", _BEGINS_BLOCK.sub(r"\g<number>\\", words))


def citation_of(number: int, unit: Unit, library: Searchable) -> Citation:
    """The citation of a unit, its quote cut from the document."""
    document = library.document(unit.document_id)
    return Citation(
        number=number,
        document_id=document.id,
        title=document.title,
        source=document.source,
        page=document.page_at(unit.start),
        section=unit.section[-1] if unit.section else "",
        heading_path=unit.section,
        start=unit.start,
        end=unit.end,
        quote=document.text[unit.start : unit.end],
        sha256=document.sha256,
        also_in=library.other_sources(document.id, unit.start, unit.end),
    )


def _in_reading_order(chosen: Sequence[Unit], ranked: Sequence[Unit]) -> list[Unit]:
    order: dict[str, int] = {}
    for unit in (*ranked, *chosen):
        order.setdefault(unit.document_id, len(order))
    once = {unit.span: unit for unit in chosen}
    return sorted(once.values(), key=lambda unit: (order[unit.document_id], unit.start))


def _words(units: Iterable[Unit]) -> int:
    return sum(len(unit.text.split()) for unit in units)


def _same(one: Unit, other: Unit) -> bool:
    a, b = set(one.text.lower().split()), set(other.text.lower().split())
    return bool(a and b) and len(a & b) / len(a | b) >= _SAME
