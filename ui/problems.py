"""What went wrong, as programs are told: `{"detail": …}`, and below `/v1` in the form of OpenAI's errors."""

from collections.abc import Mapping, Sequence
from typing import Any

from fastapi.exceptions import RequestValidationError
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from index.errors import CitewellError, LibraryAway, LibraryBusy, LibraryDamaged, ModelError, NotFound, StorageError

__all__ = ["OPENAI", "Busy", "fault_of", "is_of_programs", "problem", "tell_problems"]

OPENAI = "/v1"
"""Paths below it are of OpenAI's form."""
_OF_PROGRAMS = ("/api", OPENAI, "/mcp", "/metrics")
BUSY_SECONDS = 5
"""After so many seconds a program may ask a busy server again."""
_FAULT = "Citewell met an error. The terminal that it runs in shows what it was; the request may be tried again."
_STATUSES = ((NotFound, 404), (LibraryAway, 503), (LibraryBusy, 503), (LibraryDamaged, 500), (ModelError, 500), (StorageError, 500))
_CODES = {401: "invalid_api_key", 403: "forbidden", 404: "not_found", 413: "request_too_large", 429: "rate_limit_exceeded", 503: "busy"}


class Busy(CitewellError):
    """More questions wait than the server takes."""


def problem(path: str, status: int, message: str, *, headers: Mapping[str, str] | None = None, code: str = "", param: str = "") -> Response:
    """An error as JSON, in the form that goes with the request's path."""
    if not path.startswith(f"{OPENAI}/"):
        return JSONResponse({"detail": message}, status, headers)
    return JSONResponse({"error": fault_of(status, message, code=code, param=param)}, status, headers)


def fault_of(status: int, message: str, *, code: str = "", param: str = "") -> dict[str, str | None]:
    """An error in OpenAI's form, as it also stands in a stream."""
    kind = "server_error" if status >= 500 else "rate_limit_error" if status == 429 else "invalid_request_error"
    return {"message": message, "type": kind, "param": param or None, "code": code or _CODES.get(status)}


def is_of_programs(path: str) -> bool:
    """Whether a path is of the interfaces for programs."""
    return path.startswith(tuple(f"{start}/" for start in _OF_PROGRAMS)) or path in _OF_PROGRAMS


def tell_problems(app: Starlette, *, invalid: int = 422) -> None:
    """Have an application tell its errors by `problem`; `invalid` is the status of a request that is not of the form."""

    def not_valid(request: Request, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError)
        message, param = _first(error.errors())
        return problem(request.url.path, invalid, message, param=param)

    def expected(request: Request, error: Exception) -> Response:
        status = next((status for kind, status in _STATUSES if isinstance(error, kind)), 400)
        return problem(request.url.path, status, str(error), code="library_away" if isinstance(error, LibraryAway) else "")

    def busy(request: Request, error: Exception) -> Response:
        return problem(request.url.path, 503, str(error), headers={"Retry-After": str(BUSY_SECONDS)})

    def refused(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        return problem(request.url.path, error.status_code, error.detail, headers=error.headers)

    def fault(request: Request, error: Exception) -> Response:
        return problem(request.url.path, 500, _FAULT)

    app.add_exception_handler(RequestValidationError, not_valid)
    app.add_exception_handler(CitewellError, expected)
    app.add_exception_handler(Busy, busy)
    app.add_exception_handler(HTTPException, refused)
    app.add_exception_handler(Exception, fault)


def _first(errors: Sequence[Any]) -> tuple[str, str]:
    """The first thing that is wrong, in words, and the field that it is in."""
    where = ".".join(str(part) for part in errors[0]["loc"] if part not in ("body", "query", "path"))
    shown = where.encode("utf-8", "replace").decode()[:100]
    more = f" ({len(errors) - 1} more)" if len(errors) > 1 else ""
    return f"{shown or 'The request'}: {errors[0]['msg']}{more}.", shown
