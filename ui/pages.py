"""Pictures of a PDF's pages with the cited words boxed, served at `documents/<id>/page/<n>?words=<start>-<end>`."""

import ctypes
import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from io import BytesIO
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from index import Document, Library
from index.errors import NotFound
from index.pdf import ONE_AT_A_TIME
from ui.originals import PDF, PRIVATE

__all__ = ["WORDS_FOUND", "add_page_routes", "page_link", "page_picture"]

WORDS_FOUND = "X-Words-Found"
"""Header of a picture: `yes` if the cited words are boxed in it, else `no`."""
_WIDEST, _HIGHEST = 1000, 2000
"""Pixels that a picture has at most, so that a page of any size costs about the same."""
_MOST_CHARACTERS = 100_000
_KEPT = 16
_ID = re.compile("[0-9a-f]{16}")
_PAGE = re.compile("[1-9][0-9]{0,5}")
_WORDS = re.compile("([0-9]{1,9})-([0-9]{1,9})")

Box = tuple[float, float, float, float]
"""Left, bottom, right and top of a stretch of words, in points of the page."""


def add_page_routes(app: Starlette, library: Library) -> None:
    """Serve pictures of the pages of a library's PDFs; in each process the latest few are kept."""

    @lru_cache(maxsize=_KEPT)
    def drawn(document_id: str, sha256: str, page: int, quote: str) -> tuple[bytes, bool]:
        return page_picture(library.original(document_id), page, quote)

    def picture(request: Request) -> Response:
        try:
            document, page, quote = _asked(request, library)
            data, found = drawn(document.id, document.sha256, page, quote)
        except NotFound as error:
            return PlainTextResponse(str(error), 404, headers=PRIVATE)
        return Response(data, media_type="image/png", headers={**PRIVATE, WORDS_FOUND: "yes" if found else "no"})

    app.add_route("/documents/{document_id}/page/{page}", picture, methods=["GET"])


def page_link(document_id: str, page: int, start: int, end: int) -> str:
    """The address of a page's picture, relative to the chat, with the document's characters `start` to `end` boxed."""
    return f"documents/{document_id}/page/{page}?words={start}-{end}"


def page_picture(data: bytes, page: int, quote: str) -> tuple[bytes, bool]:
    """A page as PNG, at most 1,000 pixels wide and 2,000 high, and whether the quote was found on it and boxed.

    Args:
        data: a PDF.
        page: which page, from 1.
        quote: words of that page; blanks and hyphens do not matter in looking for them.

    Raises:
        NotFound: there is no such page, or it cannot be drawn.
    """
    import pypdfium2

    with ONE_AT_A_TIME:
        try:
            document = pypdfium2.PdfDocument(data)
            try:
                return _drawn(document, page, quote)
            finally:
                document.close()
        except pypdfium2.PdfiumError as error:
            raise NotFound(f"Page {page} cannot be drawn ({error}). Open the document itself.") from error


def _asked(request: Request, library: Library) -> tuple[Document, int, str]:
    """The document, the page and the quote that an address names; nothing in it is trusted."""
    number, page = request.path_params["document_id"], request.path_params["page"]
    words = _WORDS.fullmatch(request.query_params.get("words", "0-0"))
    if not (_ID.fullmatch(number) and _PAGE.fullmatch(page) and words):
        raise NotFound("There is no such page.")
    document = library.document(number)
    span = next((span for span in document.pages if span.number == int(page)), None)
    if document.media_type != PDF or span is None:
        raise NotFound("There is no such page.")
    # of words that run over the page's end, those that stand on it
    start, end = max(int(words[1]), span.start), min(int(words[2]), span.end)
    return document, int(page), document.text[start:end] if start < end else ""


def _drawn(document: Any, number: int, quote: str) -> tuple[bytes, bool]:
    if number > len(document):
        raise NotFound(f"The document has no page {number}.")
    page = document[number - 1]
    boxes = _boxes(page, quote)
    width, height = page.get_size()
    scale = min(_WIDEST / max(width, 1.0), _HIGHEST / max(height, 1.0))
    image = page.render(scale=scale).to_pil().convert("RGB")
    if boxes:
        _mark(image, page, boxes)
    kept = BytesIO()
    image.save(kept, "PNG")
    return kept.getvalue(), bool(boxes)


def _boxes(page: Any, quote: str) -> list[Box]:
    """Where the quote stands on a page, line by line; empty if it is not found there."""
    from pypdfium2 import raw

    text = page.get_textpage()
    try:
        signs = [
            (sign, at)
            for at in range(min(text.count_chars(), _MOST_CHARACTERS))
            for sign in _kept(chr(raw.FPDFText_GetUnicode(text.raw, at)))
        ]
        wanted = _kept(quote)
        found = "".join(sign for sign, _ in signs).find(wanted) if wanted else -1
        if found < 0:
            return []
        return _lines([text.get_charbox(at, loose=True) for _, at in signs[found : found + len(wanted)]])
    finally:
        text.close()


def _kept(text: str) -> str:
    """The letters, figures and signs that count in looking for a quote: ligatures spelt out, no blanks, hyphens, or marks of markup."""
    signs = unicodedata.normalize("NFKC", text)
    return "".join(s for s in signs if s not in "-*_#|•·" and unicodedata.category(s) not in ("Pd", "Cc", "Cf", "Cn", "Co", "Zs"))


def _lines(boxes: list[Box]) -> list[Box]:
    """The boxes of characters, joined where they stand on one line."""
    lines: list[Box] = []
    for left, bottom, right, top in boxes:
        last = lines[-1] if lines else None
        if last and last[1] < (bottom + top) / 2 < last[3] and left > last[0]:
            lines[-1] = (last[0], min(last[1], bottom), max(last[2], right), max(last[3], top))
        else:
            lines.append((left, bottom, right, top))
    return lines


def _mark(image: Any, page: Any, boxes: list[Box]) -> None:
    """Tint the boxes and draw a line around each."""
    from PIL import Image, ImageChops, ImageDraw

    over = Image.new("RGB", image.size, "white")
    draw = ImageDraw.Draw(over)
    for corners in _pixels(image, page, boxes):
        draw.rectangle(corners, fill="#fff0b3", outline="#b45309", width=2)
    image.paste(ImageChops.multiply(image, over))


def _pixels(image: Any, page: Any, boxes: list[Box]) -> Iterator[tuple[float, float, float, float]]:
    """Corners of the boxes in the picture, whichever way the page is turned or cropped."""
    from pypdfium2 import raw

    x, y = ctypes.c_int(), ctypes.c_int()

    def pixel(left: float, height: float) -> tuple[int, int]:
        raw.FPDF_PageToDevice(page.raw, 0, 0, *image.size, 0, left, height, x, y)
        return x.value, y.value

    for left, bottom, right, top in boxes:
        (one_x, one_y), (two_x, two_y) = pixel(left, bottom), pixel(right, top)
        yield min(one_x, two_x) - 2, min(one_y, two_y) - 1, max(one_x, two_x) + 2, max(one_y, two_y) + 1
