"""The sources panel: where cited words stand, with the text around them, built anew from the library each time."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape

from index import Document, Library
from index.errors import LibraryAway, NotFound
from rag.words import STOPWORDS
from ui.names import readable, readable_html, visible
from ui.originals import PDF, original_link
from ui.pages import page_link
from ui.reference import Reference

__all__ = ["EMPTY_PANEL", "MOST_STEPS", "source_panel", "source_preview", "wider_text"]

EMPTY_PANEL = '<p class="hint">Click a number in an answer, and the words that it rests on are shown here, where they stand.</p>'

_WHOLE_SECTION = 1600
"""A section up to this long, in characters, is shown whole."""
_AROUND = 420
"""Of a longer one, so many characters are shown before and after the cited words."""
_STEP = 1000
"""Each time more is asked for, so many characters come before and after."""
MOST_STEPS = 20
_GONE = "This document is no longer in the library."
_AWAY = "The library is away just now, and these words cannot be shown. Open them again when it is back."
_CHANGED = "This document has changed since it was cited, and the words may have moved. Ask again to cite it as it is now."


@dataclass(frozen=True, slots=True)
class Excerpt:
    """A stretch of a document that is shown as one card, and the citations that stand in it, by position."""

    document: Document
    start: int
    end: int
    references: tuple[Reference, ...]


def source_panel(references: Sequence[Reference], question: str, library: Library) -> str:
    """HTML of the cards for an answer's citations; citations from one place share a card."""
    cards = []
    excerpts, missing = _excerpts(references, library)
    for excerpt in excerpts:
        cards.append((excerpt.references[0].number, _card(excerpt, question, library)))
    for reference, title, notice in missing:
        cards.append((reference.number, _notice(reference, title, notice)))
    return "".join(card for _, card in sorted(cards)) or EMPTY_PANEL


def source_preview(reference: Reference, library: Library) -> dict[str, str]:
    """What the hover card shows: the place and the exact words, as plain text."""
    document, notice = _cited(reference, library)
    if document is None or notice:
        return {"place": visible(document.title) if document else "", "quote": notice}
    return {"place": visible(_place(document, reference.start)), "quote": readable(document.text[reference.start : reference.end])}


def wider_text(references: Sequence[Reference], steps: int, library: Library) -> dict[str, str | bool]:
    """HTML of one card's text with more of its document around, and whether there is still more to show.

    Args:
        references: those of the card; of several places, the first counts.
        steps: how many times more was asked for, 0–`MOST_STEPS`.
        library: where the document is looked up.
    """
    excerpts, missing = _excerpts(references, library, min(max(steps, 0), MOST_STEPS))
    if not excerpts:
        return {"text": f'<p class="notice">{missing[0][2] if missing else _GONE}</p>', "more": False}
    return {"text": _marked(excerpts[0]), "more": steps < MOST_STEPS and _has_more(excerpts[0])}


def _has_more(excerpt: Excerpt) -> bool:
    text = excerpt.document.text
    return bool(text[: excerpt.start].strip() or text[excerpt.end :].strip())


def _cited(reference: Reference, library: Library) -> tuple[Document | None, str]:
    """The document as it was cited; else what is left of it, and what has become of it."""
    try:
        document = library.document(reference.document_id)
    except NotFound:
        return None, _GONE
    except LibraryAway:
        return None, _AWAY
    whole = reference.start < reference.end <= len(document.text) and document.sha256.startswith(reference.sha)
    return document, "" if whole else _CHANGED


def _excerpts(references: Iterable[Reference], library: Library, steps: int = 0) -> tuple[list[Excerpt], list[tuple[Reference, str, str]]]:
    excerpts: list[Excerpt] = []
    missing: list[tuple[Reference, str, str]] = []
    for reference in sorted(references, key=lambda r: (r.document_id, r.start, r.end, r.number)):
        document, notice = _cited(reference, library)
        if document is None or notice:
            missing.append((reference, document.title if document else "", notice))
            continue
        start, end = _wider(document, *_around(document, reference), steps)
        last = excerpts[-1] if excerpts else None
        if last and last.document.id == document.id and start < last.end and last.references[-1].end <= reference.start:
            excerpts[-1] = Excerpt(document, min(last.start, start), max(last.end, end), (*last.references, reference))
        else:
            excerpts.append(Excerpt(document, start, end, (reference,)))
    return excerpts, missing


def _around(document: Document, reference: Reference) -> tuple[int, int]:
    """The section around the cited words, or as much of it as is good to read, cut between words."""
    section = next((s for s in document.sections if s.start <= reference.start < s.end), None)
    start, end = (section.start, section.end) if section else (0, len(document.text))
    end = max(end, reference.end)
    if end - start <= _WHOLE_SECTION:
        return start, end
    text = document.text
    left, right = max(start, reference.start - _AROUND), min(end, reference.end + _AROUND)
    while start < left < reference.start and not text[left - 1].isspace():
        left += 1
    while reference.end < right < end and not text[right].isspace():
        right -= 1
    return left, right


def _wider(document: Document, start: int, end: int, steps: int) -> tuple[int, int]:
    """A stretch with so many steps more of its document before and after, cut between words."""
    text = document.text
    left, right = max(0, start - steps * _STEP), min(len(text), end + steps * _STEP)
    while 0 < left < start and not text[left - 1].isspace():
        left += 1
    while end < right < len(text) and not text[right].isspace():
        right -= 1
    return left, right


def _card(excerpt: Excerpt, question: str, library: Library) -> str:
    document, first = excerpt.document, excerpt.references[0]
    return (
        f'<article class="source"><header><h3>{_title(document)}</h3>'
        f'<p class="place">{_name(_details(document, first.start))}</p></header>'
        f'<div class="text">{_marked(excerpt)}</div>{_actions(excerpt)}'
        f"{_also_in(excerpt, library)}{_why(excerpt, question, library)}{_page(excerpt)}</article>"
    )


def _actions(excerpt: Excerpt) -> str:
    """What opens the document itself, and what shows more of it here."""
    document = excerpt.document
    page = document.page_at(excerpt.references[0].start) if document.media_type == PDF else None
    web = re.match(r"https?://", document.source)
    href = escape(document.source) if web else original_link(document.id, page)
    name = _name(document.title)
    opens = f'href="{href}" target="_blank" rel="noopener noreferrer" aria-label="Open document: {name}"'
    link = f'<a class="original" {opens}>Open document</a>'
    value = " ".join(map(str, excerpt.references))
    more = f'<button type="button" class="more" value="{value}">Show more around</button>' if _has_more(excerpt) else ""
    return f'<p class="actions">{link}{more}</p>'


def _page(excerpt: Excerpt) -> str:
    """Of a PDF, the picture of the page; `sources.js` loads it when it is opened, with the words boxed that were opened last."""
    place, first = _picture(excerpt, excerpt.references[0]), excerpt.references[0]
    if not place:
        return ""
    summary = f"<summary>Picture of page {excerpt.document.page_at(first.start)}</summary>"
    return f'<details class="page" {place} data-title="{_name(excerpt.document.title)}">{summary}</details>'


def _picture(excerpt: Excerpt, opened: Reference) -> str:
    """Of a PDF, a reference's page and the address of its picture with all of the card's words on it boxed, as attributes."""
    document = excerpt.document
    page = document.page_at(opened.start)
    if document.media_type != PDF or page is None:
        return ""
    spans = ((reference.start, reference.end) for reference in excerpt.references if document.page_at(reference.start) == page)
    return f'data-page="{page}" data-picture="{escape(page_link(document.id, page, spans, (opened.start, opened.end)))}"'


def _also_in(excerpt: Excerpt, library: Library) -> str:
    """The other sources in which the same words stand."""
    others = dict.fromkeys(s for r in excerpt.references for s in library.other_sources(excerpt.document.id, r.start, r.end))
    return f'<p class="place">Also in {_name(", ".join(others))}</p>' if others else ""


def _notice(reference: Reference, title: str, notice: str) -> str:
    return (
        f'<article class="source"><header><h3>{_name(title or "Source")}</h3></header>'
        f'<p class="notice" data-number="{reference.number}" tabindex="-1">{notice}</p></article>'
    )


def _title(document: Document) -> str:
    """The title; a link only to the web, since a browser must not be led to a `javascript:` or `file:` address."""
    if not re.match(r"https?://", document.source):
        return _name(document.title)
    return f'<a href="{escape(document.source)}" target="_blank" rel="noopener noreferrer">{_name(document.title)}</a>'


def _name(text: str) -> str:
    return escape(visible(text))


def _place(document: Document, offset: int) -> str:
    page = document.page_at(offset)
    headings = [heading for heading in document.headings_at(offset) if heading != document.title]
    return " · ".join([" › ".join([document.title, *headings]), *([f"page {page}"] if page else [])])


def _details(document: Document, offset: int) -> str:
    page = document.page_at(offset)
    headings = " › ".join(heading for heading in document.headings_at(offset) if heading != document.title)
    return " · ".join(filter(None, [headings, f"page {page}" if page else "", document.date, document.source]))


def _marked(excerpt: Excerpt) -> str:
    """The excerpt's text with each citation's words marked; the marked text is the quote to the letter."""
    text, at = excerpt.document.text, excerpt.start
    parts = ["… " if at and not text[at - 1] == "\n" else ""]
    for reference in excerpt.references:
        parts.append(_readable(text[at : reference.start], opens=at == excerpt.start))
        quote = readable_html(text[reference.start : reference.end])
        parts.append(f'<sup aria-hidden="true">{reference.number}</sup>')
        attributes = f'data-number="{reference.number}" tabindex="-1" aria-label="Source {reference.number}" {_picture(excerpt, reference)}'
        parts.append(f"<mark {attributes.rstrip()}>{quote}</mark>")
        at = reference.end
    parts.append(_readable(text[at : excerpt.end].rstrip(), opens=False))
    parts.append(" …" if text[excerpt.end :].strip() and text[excerpt.end - 1] != "\n" else "")
    return "".join(parts)


def _readable(text: str, *, opens: bool) -> str:
    """Text around a quote, with headings and bullets drawn instead of spelt; the first heading stands above the card."""
    text = re.sub(r"^\s*(?:#{1,6} .*(?:\n+|$))+", "", text) if opens else text
    text = re.sub(r"\n{3,}", "\n\n", readable_html(text))
    text = re.sub(r"^#{1,6} +(.*)$", r"<strong>\1</strong>", text, flags=re.M)
    text = re.sub(r"^([ \t]*)[-*+] (?=\S|$)", r"\1• ", text, flags=re.M)
    return re.sub(r"\n+(?=[ \t]*• )", "\n", text)


def _why(excerpt: Excerpt, question: str, library: Library) -> str:
    first = excerpt.references[0]
    facts = []
    if words := _matching_words(question, excerpt, library):
        facts.append(("Words in common", ", ".join(words)))
    if first.dense_rank or first.lexical_rank:
        facts.append(("By meaning", f"rank {first.dense_rank}" if first.dense_rank else "not among the nearest"))
        facts.append(("By words", f"rank {first.lexical_rank}" if first.lexical_rank else "not among the nearest"))
        facts.append(("Similarity", f"{first.similarity} %"))
    if first.reader is not None:
        facts.append(("The reader", f"{first.reader} % sure that it answers"))
    rows = "".join(f"<dt>{name}</dt><dd>{escape(fact)}</dd>" for name, fact in facts)
    return f"<details><summary>Why this passage</summary><dl>{rows}</dl></details>" if rows else ""


def _matching_words(question: str, excerpt: Excerpt, library: Library) -> list[str]:
    """The question's words of meaning that stand in the excerpt in any form."""
    lexical = library.lexical()
    there = set(lexical.terms(f"{excerpt.document.title} {excerpt.document.text[excerpt.start : excerpt.end]}"))
    words = (word for word in re.findall(r"[\w'’-]+", question) if word.lower() not in STOPWORDS)
    return list(dict.fromkeys(word for word in words if there.intersection(lexical.terms(word))))
