"""Passages are divided into units, the sentences and list items that can be cited."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise, takewhile
from typing import Literal

from index import Document, Searchable
from index.chunk import kept_blocks, searched_context
from index.sentences import sentence_spans
from index.structure import Block
from rag.reader import Span
from rag.records import Passage

__all__ = ["Unit", "complete_list", "find_units"]

UnitKind = Literal["sentence", "item", "heading"]

_RULE_ROW = re.compile(r"[\s|:+-]*")
_TABLE_ABOVE = 20_000
"""Characters above a row in which the names of its columns are looked for."""
_BULLET_BEFORE = re.compile(r"[•‣▪◦●*–-]\s+$")
_ORDINAL = re.compile(
    r"(?:and |then |the )?(?:(?:first|second|third|fourth|last)(?:ly)?|next|finally|in addition|most important(?:ly)?)\b", re.I
)
_RUN_IN = re.compile(r"[A-Z][^.:!?\n]{2,60}[.:](?=\s)")
"""A short sentence or label that opens a paragraph like a heading: "Trust is a multiplier. …", "Growth: …"."""
_RUN_IN_WORDS = 7
_LABEL_WORDS = 10
_LONGEST_LIST = 8000
"""Characters of a list that is completed."""
_LIST_ABOVE = 2000
"""Characters above an item in which the first of its list is looked for, if no sentence announces it. Longer ones are not shown whole."""
_LONG_ITEM, _SHORT_PARAGRAPH = 45, 20
"""A list item of more words than this is cited sentence by sentence; one without a lead, if its first words are a title."""


@dataclass(frozen=True, slots=True)
class Unit:
    """A sentence, list item or heading of a passage: what can be cited.

    `lead` is the span of the sentence that introduces an item's list; `list_id` is the same for all
    items of one list, and that of the list which a lead introduces. `step`: an item with a number. `ordinal`: it counts ("First …",
    "The second …"). `score`, `similarity`, and the shares of the question's words that it holds, alone (`held`) and with its context
    (`held_around`), are those of `rag.evidence`, 0 until scored.
    `before` is the sentence before it in its paragraph, `topic` the words that open the paragraph
    like a heading, or the question above it. `answer` is the reader's best answer inside it, in characters of the document.
    `names_columns`: a table's first row, which says nothing by itself; `columns`: what it says, of the rows below.
    `misleading`: it would be the best, were it not about another one of several than the question (`rag.others`).
    """

    document_id: str
    start: int
    end: int
    text: str
    context: str
    section: tuple[str, ...]
    kind: UnitKind = "sentence"
    lead: tuple[int, int] | None = None
    list_id: tuple[str, int] | None = None
    ordinal: bool = False
    step: bool = False
    before: str = ""
    topic: str = ""
    passage_rank: int = 1
    score: float = 0.0
    similarity: float = 0.0
    held: float = 0.0
    held_around: float = 0.0
    answer: Span | None = None
    misleading: bool = False
    names_columns: bool = False
    columns: tuple[str, ...] = ()

    @property
    def heading(self) -> str:
        """The question that it answers in a list of such, else the innermost heading, or the title where there is none."""
        return self.topic if self.topic.endswith("?") else self.section[-1] if self.section else self.context

    @property
    def above(self) -> str:
        """Its title, headings and lead, and the names of its columns."""
        return f"{self.context} > {', '.join(self.columns)}" if self.columns else self.context

    @property
    def said(self) -> str:
        """Its text as a model reads it, under its title and headings, the cells of a row beside the names of their columns."""
        cells = _cells(self.text) if self.columns else ()
        if len(cells) != len(self.columns) or not cells:
            return f"{self.context}: {self.text}"
        return f"{self.context}: {', '.join(f'{name} {cell}'.strip() for name, cell in zip(self.columns, cells, strict=True))}"

    @property
    def place(self) -> tuple[str, tuple[str, ...]]:
        """The section it stands in."""
        return self.document_id, self.section

    @property
    def span(self) -> tuple[str, int, int]:
        """Where it stands; no two units of one answer have the same."""
        return self.document_id, self.start, self.end


def find_units(passages: Sequence[Passage], library: Searchable) -> list[Unit]:
    """The units of these passages in the order of the passages, each span once.

    A passage whose document has been replaced since it was found has none: other words stand there now.
    """
    found: dict[tuple[str, int], Unit] = {}
    for passage in passages:
        document = library.document(passage.document_id)
        if document.text[passage.start : passage.end] != passage.text:
            continue
        for unit in _units(passage, document):
            found.setdefault((unit.document_id, unit.start), unit)
    return list(found.values())


def complete_list(members: Sequence[Unit], library: Searchable) -> list[Unit]:
    """All of the list that these units belong to, its lead first, also what lies beyond the passages.

    Units that were known already keep their scores; those that are found here have none.
    """
    list_id = members[0].list_id
    assert list_id is not None
    document = library.document(list_id[0])
    end = next((section.end for section in document.sections if section.start <= list_id[1] < section.end), len(document.text))
    like = members[0]
    around = Passage(
        chunk_id=0,
        document_id=document.id,
        title=document.title,
        source=document.source,
        start=list_id[1],
        end=min(end, list_id[1] + _LONGEST_LIST),
        text="",
        score=0.0,
        rank=like.passage_rank,
    )
    known = {unit.span: unit for unit in members}
    found = [unit for unit in _units(around, document) if unit.list_id == list_id]
    return [known.get(unit.span, unit) for unit in found] if len(found) >= len(members) else list(members)


def _units(passage: Passage, document: Document) -> list[Unit]:
    text = document.text
    lead, first = _outside_lead(passage, text), None
    units = _headings(passage, document)
    asked = ""
    for block in kept_blocks(document, passage.start, passage.end):
        if block.kind != "item":
            first = None
        if block.kind == "heading" or text[block.content : block.end] in document.headings_at(block.start):
            lead, asked = None, ""
        elif block.kind == "row":
            units.extend(_row(passage, document, block, lead))
        elif block.kind == "item":
            found = _items(passage, document, block, lead)
            if not lead:
                first = _first_item(document, block) if first is None else first
                found = [replace(unit, list_id=(document.id, first)) if unit.kind == "item" else unit for unit in found]
            step = text[block.start : block.content][:1].isdigit()
            units.extend(replace(unit, step=step) if unit.kind == "item" else unit for unit in found)
        else:
            found = _sentences(passage, document, block)
            if len(found) == 1 and found[0].text.endswith("?"):
                asked = found[0].text  # of a list of questions and answers: what follows is about it
            units.extend(replace(unit, topic=asked or unit.topic) if unit.text != asked else unit for unit in found)
            lead = (found[-1].start, found[-1].end) if found and _introduces(found[-1].text) else None
    return _with_leads_marked(units)


def _first_item(document: Document, item: Block) -> int:
    """Where the first item of the list begins of which this one is a passage's first; of a very long list, some item."""
    section = next((section for section in document.sections if section.start <= item.start < section.end), None)
    start = section.start if section else 0
    if item.start - start > _LIST_ABOVE:
        start = document.text.find("\n", item.start - _LIST_ABOVE, item.start) + 1 or item.start
    items = takewhile(lambda block: block.kind == "item", reversed(list(kept_blocks(document, start, item.start))))
    return min((block.start for block in items), default=item.start)


def _introduces(sentence: str) -> bool:
    """Whether it leads to the list below it: by a colon, or as a label without an end ("Not covered") and a value ("Apologies: none")."""
    return sentence.endswith(":") or (sentence[-1].isalnum() and ":" not in sentence and len(sentence.split()) <= _LABEL_WORDS)


def _headings(passage: Passage, document: Document) -> list[Unit]:
    """The headings in the passage and above it, innermost first, also where they stand in earlier chunks."""
    begun = {section.heading_path: section for section in document.sections if section.start < passage.end}
    inside = [opened for opened, section in begun.items() if section.end > passage.start]
    units = []
    for path in dict.fromkeys(opened[:depth] for opened in reversed(inside) for depth in range(len(opened), 0, -1)):
        start = document.text.find(path[-1], begun[path].start, begun[path].end) if path in begun else -1
        if start >= 0:
            units.append(_unit(passage, document, start, start + len(path[-1]), "heading", None))
    return units


def _sentences(passage: Passage, document: Document, block: Block) -> list[Unit]:
    """Sentences; those behind a bullet inside the line are items of the sentence before the first bullet."""
    text = document.text
    units: list[Unit] = []
    lead: tuple[int, int] | None = None
    topic = _run_in(text[block.start : block.end])
    for start, end in sentence_spans(text, block.start, block.end):
        if not _BULLET_BEFORE.search(text[block.start : start]):
            lead = None
            unit = _unit(passage, document, start, end, "sentence", None)
            before = units[-1].text if units else ""
            has_own = (label := _RUN_IN.match(unit.text)) and label[0].endswith(":")
            units.append(replace(unit, before=before, topic=topic if start > block.start and not has_own else ""))
            continue
        if lead is None and units:
            lead = (units[-1].start, units[-1].end)
        units.append(_unit(passage, document, start, end, "item", lead))
    return units


def _run_in(paragraph: str) -> str:
    """The words that open a paragraph like a heading, if there are such."""
    found = _RUN_IN.match(paragraph)
    return found[0].rstrip(".:") if found and len(found[0].split()) <= _RUN_IN_WORDS else ""


def _row(passage: Passage, document: Document, block: Block, lead: tuple[int, int] | None) -> list[Unit]:
    """A row of a table, read under the names of its columns; nothing of the line below these."""
    text = document.text
    if _RULE_ROW.fullmatch(text, block.start, block.end):
        return []
    above = text[max(0, block.start - _TABLE_ABOVE) : block.start].splitlines()
    below = text[block.end : block.end + _TABLE_ABOVE].lstrip("\n").partition("\n")[0]
    table = list(takewhile(lambda line: "|" in line, reversed(above)))
    columns = next((name for rule, name in pairwise(table) if _RULE_ROW.fullmatch(rule)), "")
    units = _items(passage, document, block, lead)
    if not columns:
        return [replace(unit, names_columns=bool("|" in below and _RULE_ROW.fullmatch(below))) for unit in units]
    return [replace(unit, columns=_cells(columns)) for unit in units]


def _cells(row: str) -> tuple[str, ...]:
    return tuple(cell.strip() for cell in row.strip().strip("|").split("|"))


def _items(passage: Passage, document: Document, block: Block, lead: tuple[int, int] | None) -> list[Unit]:
    """An item, whole if it is short; sentence by sentence if it is long, or a titled paragraph with a number ("1. Finances. The …")."""
    text, topic = document.text[block.content : block.end], ""
    if not lead and len(text.split()) > _SHORT_PARAGRAPH:
        topic = _run_in(text)
    if not topic and len(text.split()) <= _LONG_ITEM:
        return [_unit(passage, document, block.content, block.end, "item", lead)]
    spans = list(sentence_spans(document.text, block.content, block.end))
    if topic and len(spans) > 1:  # its title does not stand alone
        spans[:2] = [(spans[0][0], spans[1][1])]
    units = [_unit(passage, document, *spans[0], "sentence" if topic else "item", lead)]
    for span in spans[1:]:
        units.append(replace(_unit(passage, document, *span, "sentence", None), before=units[-1].text, topic=topic))
    return units


def _unit(passage: Passage, document: Document, start: int, end: int, kind: UnitKind, lead: tuple[int, int] | None) -> Unit:
    text, section = document.text, document.headings_at(start)
    return Unit(
        document_id=document.id,
        start=start,
        end=end,
        text=text[start:end],
        context=searched_context(document.title, section, text[slice(*lead)] if lead else passage.lead),
        section=section,
        kind=kind,
        lead=lead,
        list_id=(document.id, lead[0]) if lead else None,
        ordinal=kind == "sentence" and _ORDINAL.match(text, start, end) is not None,
        passage_rank=passage.rank,
    )


def _outside_lead(passage: Passage, text: str) -> tuple[int, int] | None:
    if not passage.lead:
        return None
    at = text.rfind(passage.lead, 0, passage.start)
    return (at, at + len(passage.lead)) if at >= 0 else None


def _with_leads_marked(units: list[Unit]) -> list[Unit]:
    lists = {unit.list_id for unit in units if unit.list_id}
    return [replace(unit, list_id=(unit.document_id, unit.start)) if (unit.document_id, unit.start) in lists else unit for unit in units]
