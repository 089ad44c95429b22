"""PDF by pypdf: the text of each page, its lines joined into paragraphs, and where each page lies."""

import re
from io import BytesIO
from pathlib import Path
from statistics import quantiles

from index.errors import UnreadableFile
from index.records import Page

__all__ = ["convert_pdf"]

_LIST_ITEM = re.compile(r"\s*(?:[•‣▪◦●–-]|\(?\d{1,3}[.)]|\(?[a-z][.)])\s+\S")
_HYPHENATED = re.compile(r"[a-z]-$")
_ENDS_SENTENCE = re.compile(r"[.!?:][\"”’)]?$")


def convert_pdf(data: bytes, path: Path) -> tuple[str, tuple[Page, ...], dict[str, str], tuple[str, ...]]:
    """Text, page spans, metadata (title, author, date as far as given) and warnings.

    Raises:
        UnreadableFile: broken, locked by a password, or without a text layer.
    """
    from pypdf import PdfReader
    from pypdf.errors import PyPdfError

    try:
        reader = PdfReader(BytesIO(data))
        if reader.is_encrypted and not reader.decrypt(""):
            raise UnreadableFile(f"{path}: locked by a password. Save a copy without one and add that.")
        raw = [page.extract_text() for page in reader.pages]
        metadata = _metadata(reader.metadata)
    except UnreadableFile:
        raise
    except (PyPdfError, ValueError, KeyError, TypeError, IndexError, AttributeError, RecursionError, OSError) as error:
        raise UnreadableFile(f"{path}: not a readable PDF ({error}). Open it in a viewer and print it to a new PDF.") from error
    if not any(text.strip() for text in raw):
        raise UnreadableFile(f"{path}: {len(raw)} pages and no text layer: a scan. Run it through OCR and add the result.")
    empty = [str(number) for number, text in enumerate(raw, start=1) if not text.strip()]
    warnings = (f"pages without text: {', '.join(empty)}",) if empty else ()
    text, pages = _join([_paragraphs(page) for page in raw])
    return text, pages, metadata, warnings


def _metadata(found: object) -> dict[str, str]:
    if found is None:
        return {}
    fields = {name: getattr(found, name, None) for name in ("title", "author", "subject")}
    metadata = {name: str(value).strip() for name, value in fields.items() if value and str(value).strip()}
    created = getattr(found, "creation_date", None)
    return {**metadata, "date": created.date().isoformat()} if created else metadata


def _paragraphs(page: str) -> str:
    """Lines joined into paragraphs: a short line or a list item ends what is before it."""
    lines = [" ".join(line.split()) for line in page.split("\n")]
    long = _usual_length([len(line) for line in lines if line])
    out: list[str] = []
    previous = ""
    for line in lines:
        if not line:
            previous = ""
        elif previous and not _LIST_ITEM.match(line) and not _ends_paragraph(previous, long):
            out[-1] = out[-1][:-1] + line if _HYPHENATED.search(out[-1]) and line[0].islower() else f"{out[-1]} {line}"
            previous = line
        else:
            out.append(line)
            previous = line
    return "\n\n".join(out)


def _usual_length(lengths: list[int]) -> float:
    return quantiles(lengths, n=4)[2] if len(lengths) > 1 else 0


def _ends_paragraph(line: str, long: float) -> bool:
    if len(line) < 0.6 * long:
        return True
    return len(line) < 0.85 * long and bool(_ENDS_SENTENCE.search(line))


def _join(pages: list[str]) -> tuple[str, tuple[Page, ...]]:
    """One text; a sentence that runs over a page's end is not broken by it."""
    text, spans = "", []
    for number, page in enumerate(pages, start=1):
        runs_on = text and page and not _ENDS_SENTENCE.search(text.rstrip()) and page[0].islower()
        separator = " " if runs_on else "\n\n"
        start = len(text) + len(separator) if text else 0
        text = text + separator + page if text else page
        spans.append(Page(number=number, start=min(start, len(text)), end=len(text)))
    return text, tuple(spans)
