"""PDF by PDFium: words with their places become text in reading order, with the span of each page."""

import re
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import Any

from index.errors import UnreadableFile
from index.formats.pages import join_pages
from index.parsed import Limits, Parsed
from index.pdf_layout import lay_out
from index.pdf_lines import lines_of
from index.pdf_margins import margin_lines
from index.pdf_text import Paragraph, body_height, is_heading, paragraphs_of, write_page
from index.pdf_words import Word, is_scan, page_words

__all__ = ["ONE_AT_A_TIME", "convert_pdf"]

_PDF = "application/pdf"
_PASSWORD = "Incorrect password"
_MOST_LEVELS = 4
_NO_TITLE = re.compile(
    r"(?:microsoft (?:word|powerpoint|excel) - .*|untitled.*|document\d*|.*\.(?:jpe?g|png|tiff?|docx?|pdf|pptx?|indd|dvi|tex)|.*://.*)",
    re.IGNORECASE,
)
_PUNCTUATION = ".,;:!?()[]{}<>“”‘’\"'«»…*†‡§|"
_ODD_WORD = re.compile(r".*(?:[^\w'’./@:&+\-–—=%#$€£,()]|[a-z][A-Z]{2}|[a-z][&,(=#$€£]).*|[^\w\s]+\w+")
_ODD_SHARE = 0.06
"""Share of the words with signs inside them from which a recognised text is called bad; clean text has under one in a hundred."""
ONE_AT_A_TIME = Lock()
"""PDFium may be used by one thread at a time only."""


@dataclass(frozen=True, slots=True)
class _Page:
    """The words of a page by direction of writing, None where it cannot be read; its height in points."""

    words: list[list[Word]] | None
    height: float
    scan: bool


def convert_pdf(data: bytes, path: Path, limits: Limits) -> Parsed:
    """Text, page spans, what the file says of itself, and warnings.

    Raises:
        UnreadableFile: broken, locked by a password, or without a text layer.
    """
    with ONE_AT_A_TIME, _opened(data, path) as document:
        total = len(document)
        facts = _facts(document)
        pages = list(_pages(document, limits))
    _check(pages, total, path, limits)
    paragraphs, body, left_out = _paragraphs(pages)
    scanned = sum(page.scan for page in pages) > len(pages) / 2
    texts, levels = _texts(paragraphs, body, headings=not scanned)
    text, spans = join_pages(texts)
    badly = any(page.scan and page.words for page in pages) and _reads_badly(text)
    title = facts.pop("title", "") or (path.stem if badly else "" if scanned else _largest_heading(paragraphs[0], body))
    return Parsed(
        text,
        _PDF,
        "markdown" if levels else "plain",
        title=title,
        author=facts.pop("author", ""),
        date=facts.pop("date", ""),
        pages=spans,
        metadata=facts,
        warnings=tuple(_warnings(pages, total, left_out, badly)),
    )


@contextmanager
def _opened(data: bytes, path: Path) -> Iterator[Any]:
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        if _PASSWORD in str(error):
            raise UnreadableFile(f"{path}: locked by a password. Save a copy without one and add that.") from error
        raise UnreadableFile(f"{path}: not a readable PDF ({error}). Open it in a viewer and print it to a new PDF.") from error
    try:
        yield document
    finally:
        document.close()


def _pages(document: Any, limits: Limits) -> Iterator[_Page]:
    """Pages until the limits of number and time."""
    import pypdfium2

    deadline = time.monotonic() + limits.max_seconds
    for number in range(min(len(document), limits.max_pages)):
        if time.monotonic() > deadline:
            return
        try:
            page = document[number]
            yield _Page(page_words(page), page.get_height(), is_scan(page))
            page.close()
        except pypdfium2.PdfiumError:  # the page is reported, and the others are read
            yield _Page(None, 0.0, False)


def _check(pages: Sequence[_Page], total: int, path: Path, limits: Limits) -> None:
    if total and not pages:
        raise UnreadableFile(
            f"{path}: could not be read within {max(limits.max_seconds, 0)} seconds. Raise CITEWELL_MAX_SECONDS, or split it."
        )
    if not pages or all(page.words is None for page in pages):
        raise UnreadableFile(f"{path}: not a readable PDF: none of its {total} pages can be read. Print it to a new PDF from a viewer.")
    if not any(page.words for page in pages):
        raise UnreadableFile(f"{path}: {total} pages and no text layer: a scan. Run it through OCR and add the result.")


def _facts(document: Any) -> dict[str, str]:
    found = {name: " ".join(value.split()) for name, value in document.get_metadata_dict().items()}
    facts = {name.lower(): found[name] for name in ("Title", "Author", "Subject") if found.get(name)}
    if _NO_TITLE.fullmatch(facts.get("title", "")):
        del facts["title"]
    date = re.match(r"(?:D:)?(\d{4})(\d\d)(\d\d)", found.get("CreationDate", ""))
    return {**facts, "date": "-".join(date.groups())} if date else facts


def _paragraphs(pages: Sequence[_Page]) -> tuple[list[list[Paragraph]], float, int]:
    """The paragraphs of each page, the height of the text's font, and on how many pages a header or footer was left out."""
    lines = [lines_of(page.words[0]) if page.words else [] for page in pages]
    body = body_height(lines)
    margins = margin_lines(lines, [page.height for page in pages], body)
    paragraphs = []
    for page, its_lines, dropped in zip(pages, lines, margins, strict=True):
        kept = [word for at, line in enumerate(its_lines) if at not in dropped for word in line.words]
        directions = [kept, *(page.words or [])[1:]]
        paragraphs.append([paragraph for words in directions if words for paragraph in paragraphs_of(lay_out(words))])
    return paragraphs, body, sum(bool(dropped) for dropped in margins)


def _texts(pages: Sequence[Sequence[Paragraph]], body: float, *, headings: bool) -> tuple[list[str], list[float]]:
    """The text of each page, and the heights of the headings, largest first; no more levels than a person tells apart.

    A recognised text has no headings to be seen: the heights of its words are guesses.
    """
    found = [paragraph for page in pages for paragraph in page if headings and is_heading(paragraph, body)]
    others = sum(len(page) for page in pages) - len(found)
    heights: list[float] = []
    for height in sorted({round(heading.height, 1) for heading in found}, reverse=True) if others else ():
        if not heights or height < 0.94 * heights[-1]:
            heights.append(height)
    levels = heights[:_MOST_LEVELS]
    known = Counter(word.strip(".,;:!?()[]“”\"'").lower() for page in pages for p in page for line in p.lines for word in line.split())
    return [write_page(page, body, levels, known) for page in pages], levels


def _largest_heading(paragraphs: Sequence[Paragraph], body: float) -> str:
    headings = [paragraph for paragraph in paragraphs if is_heading(paragraph, body) and paragraph.height > 1.12 * body]
    title = " ".join(max(headings, key=lambda heading: heading.height).lines) if headings else ""
    return "" if _NO_TITLE.fullmatch(title) else title


def _warnings(pages: Sequence[_Page], total: int, left_out: int, badly: bool) -> Iterator[str]:
    unreadable = [number for number, page in enumerate(pages, start=1) if page.words is None]
    empty = [number for number, page in enumerate(pages, start=1) if page.words == []]
    for finding, numbers in (("pages that cannot be read", unreadable), ("pages without text", empty)):
        if numbers:
            yield f"{finding}: {', '.join(map(str, numbers))}"
    if len(pages) < total:
        yield f"read to page {len(pages)} of {total}, the limit of pages or time"
    if left_out:
        yield f"left out: running headers, footers or page numbers on {left_out} pages"
    if badly:
        yield "a scan whose text was recognised with many errors: compare what is quoted with the page, or run it through OCR again"


def _reads_badly(text: str) -> bool:
    words = [word.strip(_PUNCTUATION) for word in text.split() if any(map(str.isalpha, word)) and "://" not in word]
    return bool(words) and sum(bool(_ODD_WORD.fullmatch(word)) for word in words) > _ODD_SHARE * len(words)
