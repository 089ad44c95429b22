"""Pictures of a PDF's pages with the cited words boxed, at `documents/<id>/page/<n>?words=<start>-<end>,…&on=<start>-<end>`."""

import ctypes
import re
import unicodedata
from collections.abc import Iterable, Sequence
from functools import lru_cache
from io import BytesIO
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from index import Document, Library
from index.errors import LibraryAway, NotFound
from index.pdf import ONE_AT_A_TIME
from ui.originals import PDF, PRIVATE

__all__ = ["WORDS_FOUND", "add_page_routes", "page_link", "page_picture"]

WORDS_FOUND = "X-Words-Found"
"""Header of a picture: `yes` if the words that it was opened for are boxed in it, else `no`."""
_WIDEST, _HIGHEST = 1000, 2000
"""Pixels that a picture has at most, so that a page of any size costs about the same."""
_MOST_CHARACTERS = 100_000
_KEPT = 16
_ID = re.compile("[0-9a-f]{16}")
_PAGE = re.compile("[1-9][0-9]{0,5}")
_SPAN = "[0-9]{1,9}-[0-9]{1,9}"
_WORDS = re.compile(f"{_SPAN}(?:,{_SPAN}){{0,59}}")
_OTHER = {"fill": "#fff8e1", "outline": "#c9a15a", "width": 1}
_OPENED = {"fill": "#ffe9a0", "outline": "#b45309", "width": 3}
"""How the boxes look, in pixels and colours of the white page: those of the words that the picture was opened for, and all others."""

Span = tuple[int, int]
"""Where words begin and end, in characters."""
Box = tuple[float, float, float, float]
"""Left, bottom, right and top of a stretch of words, in points of the page."""


def add_page_routes(app: Starlette, library: Library) -> None:
    """Serve pictures of the pages of a library's PDFs; in each process the latest few are kept."""

    @lru_cache(maxsize=_KEPT)
    def drawn(document_id: str, sha256: str, page: int, text: str, spans: tuple[Span, ...]) -> tuple[bytes, bool]:
        return page_picture(library.original(document_id), page, text, spans)

    def picture(request: Request) -> Response:
        try:
            document, page, text, spans = _asked(request, library)
            data, found = drawn(document.id, document.sha256, page, text, spans)
        except (NotFound, LibraryAway) as error:
            return PlainTextResponse(str(error), 404 if isinstance(error, NotFound) else 503, headers=PRIVATE)
        return Response(data, media_type="image/png", headers={**PRIVATE, WORDS_FOUND: "yes" if found else "no"})

    app.add_route("/documents/{document_id}/page/{page}", picture, methods=["GET"])


def page_link(document_id: str, page: int, spans: Iterable[Span], opened: Span) -> str:
    """The address of a page's picture, relative to the chat, with these spans of the document boxed, `opened` most visibly."""
    words = ",".join(f"{start}-{end}" for start, end in spans)
    return f"documents/{document_id}/page/{page}?words={words}&on={opened[0]}-{opened[1]}"


def page_picture(data: bytes, page: int, text: str, spans: Sequence[Span]) -> tuple[bytes, bool]:
    """A page as PNG, at most 1,000 pixels wide and 2,000 high, and whether the last span was found on it and boxed.

    Args:
        data: a PDF.
        page: which page, from 1.
        text: what the page says, as the library has it; blanks and hyphens do not matter in looking for it.
        spans: what of `text` is boxed, the last of them most visibly. Of words that the page has twice, those nearest to the place
            that they have in `text` are taken.

    Raises:
        NotFound: there is no such page, or it cannot be drawn.
    """
    import pypdfium2

    with ONE_AT_A_TIME:
        try:
            document = pypdfium2.PdfDocument(data)
            try:
                return _drawn(document, page, text, spans)
            finally:
                document.close()
        except pypdfium2.PdfiumError as error:
            raise NotFound(f"Page {page} cannot be drawn ({error}). Open the document itself.") from error


def _asked(request: Request, library: Library) -> tuple[Document, int, str, tuple[Span, ...]]:
    """The document, the page, its text, and the spans of it that an address names; nothing in the address is trusted."""
    number, page = request.path_params["document_id"], request.path_params["page"]
    words, opened = request.query_params.get("words", "0-0"), request.query_params.get("on", "0-0")
    if not (_ID.fullmatch(number) and _PAGE.fullmatch(page) and _WORDS.fullmatch(words) and re.fullmatch(_SPAN, opened)):
        raise NotFound("There is no such page.")
    document = library.document(number)
    span = next((span for span in document.pages if span.number == int(page)), None)
    if document.media_type != PDF or span is None:
        raise NotFound("There is no such page.")
    text = document.text[span.start : span.end]
    named = [_span(part) for part in (*words.split(","), opened)]
    # of words that run over the page's end, those that stand on it
    return document, int(page), text, tuple((max(start - span.start, 0), max(end - span.start, 0)) for start, end in named)


def _span(text: str) -> Span:
    start, _, end = text.partition("-")
    return int(start), int(end)


def _drawn(document: Any, number: int, text: str, spans: Sequence[Span]) -> tuple[bytes, bool]:
    if number > len(document):
        raise NotFound(f"The document has no page {number}.")
    page = document[number - 1]
    *others, opened = _boxes(page, text, spans)
    width, height = page.get_size()
    scale = min(_WIDEST / max(width, 1.0), _HIGHEST / max(height, 1.0))
    image = page.render(scale=scale).to_pil().convert("RGB")
    _mark(image, page, [*((box, _OTHER) for boxes in others for box in boxes), *((box, _OPENED) for box in opened)])
    kept = BytesIO()
    image.save(kept, "PNG")
    return kept.getvalue(), bool(opened)


def _boxes(page: Any, text: str, spans: Sequence[Span]) -> list[list[Box]]:
    """Where the words of each span stand on a page, line by line; empty for words that are not found there."""
    from pypdfium2 import raw

    there = page.get_textpage()
    try:
        signs = [
            (sign, at)
            for at in range(min(there.count_chars(), _MOST_CHARACTERS))
            for sign in _kept(chr(raw.FPDFText_GetUnicode(there.raw, at)))
        ]
        joined = "".join(sign for sign, _ in signs)
        found = [_found(joined, text, *span) for span in spans]
        return [_lines([there.get_charbox(at, loose=True) for _, at in signs[start:end]]) for start, end in found]
    finally:
        there.close()


def _found(signs: str, text: str, start: int, end: int) -> Span:
    """Where `text[start:end]` stands among the page's signs: of several places, the one nearest to its place in the text."""
    wanted = _kept(text[start:end])
    near = len(signs) * start / max(len(text), 1)
    places = [place.start() for place in re.finditer(re.escape(wanted), signs)] if wanted else []
    nearest = min(places, key=lambda place: abs(place - near), default=0)
    return (nearest, nearest + len(wanted)) if places else (0, 0)


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


def _mark(image: Any, page: Any, boxes: Sequence[tuple[Box, dict[str, Any]]]) -> None:
    """Tint the boxes and draw a line around each."""
    from PIL import Image, ImageChops, ImageDraw

    over = Image.new("RGB", image.size, "white")
    draw = ImageDraw.Draw(over)
    for box, look in boxes:
        draw.rectangle(_pixels(image, page, box), **look)
    image.paste(ImageChops.multiply(image, over))


def _pixels(image: Any, page: Any, box: Box) -> tuple[float, float, float, float]:
    """Corners of a box in the picture, whichever way the page is turned or cropped."""
    from pypdfium2 import raw

    x, y = ctypes.c_int(), ctypes.c_int()

    def pixel(left: float, height: float) -> tuple[int, int]:
        raw.FPDF_PageToDevice(page.raw, 0, 0, *image.size, 0, left, height, x, y)
        return x.value, y.value

    left, bottom, right, top = box
    (one_x, one_y), (two_x, two_y) = pixel(left, bottom), pixel(right, top)
    return min(one_x, two_x) - 2, min(one_y, two_y) - 1, max(one_x, two_x) + 2, max(one_y, two_y) + 1
