"""The originals of documents, served so that nothing in them can act on the page: at `documents/<id>`."""

import re
import unicodedata
from urllib.parse import quote

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from index import Document, Library
from index.errors import LibraryAway, NotFound

__all__ = ["PDF", "PRIVATE", "add_document_routes", "original_link", "original_response"]

PRIVATE = {
    "Cache-Control": "private, no-store",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
}
"""Headers of everything that comes from a person's documents: kept nowhere, guessed at by no browser, lent to no other site."""
_NOTHING = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
PDF = "application/pdf"
_PLAIN = frozenset({"text/plain", "text/markdown", "text/csv", "text/x-rst", "application/json", "application/x-ndjson"})
"""Media types that a browser shows as the text that they are; any other but PDF is saved to the disk, never opened on this address."""
_ID = re.compile("[0-9a-f]{16}")


def add_document_routes(app: Starlette, library: Library) -> None:
    """Serve the originals of a library's documents."""

    def original(request: Request) -> Response:
        number = request.path_params["document_id"]
        try:
            if not _ID.fullmatch(number):
                raise NotFound("There is no such document.")
            return original_response(library.document(number), library.original(number))
        except (NotFound, LibraryAway) as error:
            status = 404 if isinstance(error, NotFound) else 503
            return PlainTextResponse(str(error), status, headers={**PRIVATE, "Content-Security-Policy": f"sandbox; {_NOTHING}"})

    app.add_route("/documents/{document_id}", original, methods=["GET"])


def original_link(document_id: str, page: int | None = None) -> str:
    """The address of a document's original, relative to the page; of a PDF, at a page."""
    return f"documents/{document_id}" + (f"#page={page}" if page else "")


def original_response(document: Document, data: bytes) -> Response:
    """The bytes of a document, shown by the browser if they are a PDF or plain text, and else saved."""
    name = _file_name(document.source)
    if document.media_type == PDF:
        # A browser shows no PDF in a sandbox; what is active in one stays inside its viewer.
        return _response(data, PDF, "inline", name, _NOTHING)
    if document.media_type in _PLAIN:
        return _response(data, f"text/plain{_charset(data)}", "inline", name, f"sandbox; {_NOTHING}")
    return _response(data, "application/octet-stream", "attachment", name, f"sandbox; {_NOTHING}")


def _response(data: bytes, kind: str, shown: str, name: str, policy: str) -> Response:
    disposition = f"{shown}; filename=\"{re.sub(r'[^A-Za-z0-9._ -]', '_', name)}\"; filename*=UTF-8''{quote(name, safe='')}"
    headers = {**PRIVATE, "Content-Type": kind, "Content-Disposition": disposition, "Content-Security-Policy": policy}
    return Response(data, headers=headers)


def _file_name(source: str) -> str:
    """The last part of a source, without characters that cannot be seen."""
    name = re.split(r"[/\\]|^uploaded:", source)[-1]
    return "".join(sign for sign in name if unicodedata.category(sign)[0] != "C")[-150:] or "document"


def _charset(data: bytes) -> str:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return ""
    return "; charset=utf-8"
