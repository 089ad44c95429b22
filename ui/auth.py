"""Signing in, of people by a password and of programs by a token.

Whatever the server has is behind `SignIn`, but for the sign-in page and `/healthz`.
"""

import unicodedata
from html import escape
from http.cookies import CookieError, SimpleCookie
from importlib.resources import files
from math import ceil
from string import Template
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

import anyio
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ui.attempts import Attempts
from ui.passwords import Users
from ui.problems import is_of_programs, problem
from ui.sessions import Sessions

__all__ = ["SIGN_IN", "SIGN_OUT", "SignIn"]

SIGN_IN = "/sign-in"
SIGN_OUT = "/sign-out"
_OPEN = ("/healthz",)
_WRONG = "The name or the password is not right. Nothing has changed; try again."
_SLOWED = "There were too many wrong tries. Wait {} and try again."
_SIGNED_OUT = "You are signed out. Reload the page to sign in."
_NO_TOKEN = "A token is needed: send it as Authorization: Bearer TOKEN. One is made with: citewell token NAME --file FILE"
_WRONG_TOKEN = "This token is not, or no longer, known. A new one is made with: citewell token NAME --file FILE"
_LARGEST_FORM = 8192
"""Bytes of what the sign-in page sends."""
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"


class SignIn:
    """Lets a request through to the application if somebody is signed in; the name is in `scope["user"]`."""

    def __init__(self, app: ASGIApp, users: Users, *, attempts: Attempts | None = None, sessions: Sessions | None = None) -> None:
        """Guard an ASGI application for these users."""
        self._app = app
        self._users = users
        self._attempts = attempts or Attempts()
        self._sessions = sessions or Sessions(users)
        self._page = Template((files("ui") / "sign_in.html").read_text(encoding="utf-8"))
        self._style = (files("ui") / "sign_in.css").read_text(encoding="utf-8")
        # a hash takes a core for a while and 64 MiB: one at a time, so that wrong tries do not take the machine
        self._one = anyio.CapacityLimiter(1)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, or pass it on with its user's name."""
        if scope["type"] == "lifespan" or scope.get("path") in _OPEN:
            await self._app(scope, receive, send)
            return
        name = self._name_behind(scope)
        if name is not None:
            scope["user"] = name
        if scope["type"] != "http":
            # a WebSocket is closed before it is open
            await (self._app(scope, receive, send) if name else send({"type": "websocket.close", "code": 1008}))
            return
        request = Request(scope, receive)
        response = await self._answer(request, name)
        await (response(scope, receive, send) if response else self._app(scope, receive, _not_stored(send)))

    async def _answer(self, request: Request, name: str | None) -> Response | None:
        """What is not the application's to answer."""
        if request.url.path == SIGN_IN:
            return await self._sign_in(request)
        if request.url.path == SIGN_OUT:
            return self._sign_out(request)
        return _refused(request) if name is None else None

    def _name_behind(self, scope: Scope) -> str | None:
        """Who asks: the one place where a request gets its name. A program that shows a token is who the token says, or nobody."""
        bearer = _bearer(scope)
        if bearer is not None:
            return self._users.name_of_token(bearer)
        token = _token(scope)
        return self._sessions.name_of(token) if token else None

    async def _sign_in(self, request: Request) -> Response:
        if request.method in ("GET", "HEAD"):
            return self._form(next_page=request.query_params.get("next", ""))
        if request.method != "POST":
            return JSONResponse({"detail": "The sign-in page takes a form by POST."}, 405, {"Allow": "GET, HEAD, POST"})
        fields = await _fields(request)
        name, password, next_page = (fields.get(field, "") for field in ("name", "password", "next"))
        name = unicodedata.normalize("NFC", name.strip())
        address = request.client.host if request.client else ""
        if wait := self._attempts.begin(name, address):
            slowed = _SLOWED.format(_duration(wait))
            return self._form(slowed, name=name, next_page=next_page, status=429, headers={"Retry-After": str(ceil(wait))})
        fits = await anyio.to_thread.run_sync(self._users.verify, name, password, limiter=self._one)
        if fits is None:
            return self._form(_WRONG, name=name, next_page=next_page, status=401)
        self._attempts.right(name, address)
        self._sessions.end(_token(request.scope))
        response = RedirectResponse(_own_page(next_page), 303)
        _set_cookie(response, request, self._sessions.begin(name, fits))
        return response

    def _sign_out(self, request: Request) -> Response:
        if request.method != "POST":
            return JSONResponse({"detail": "Signing out is a POST."}, 405, {"Allow": "POST"})
        self._sessions.end(_token(request.scope))
        response = RedirectResponse(SIGN_IN, 303, {"Clear-Site-Data": '"cache", "storage"'})
        _set_cookie(response, request, "")
        return response

    def _form(
        self, problem: str = "", *, name: str = "", next_page: str = "", status: int = 200, headers: dict[str, str] | None = None
    ) -> Response:
        shown = f'<p id="problem" role="alert">{escape(problem)}</p>' if problem else ""
        page = self._page.substitute(
            style=self._style,
            problem=shown,
            described='aria-describedby="problem"' if problem else "",
            name=escape(name[:100]),
            next=escape(_own_page(next_page)),
            name_focus="" if name else "autofocus",
            password_focus="autofocus" if name else "",
        )
        return HTMLResponse(page, status, {"Cache-Control": "no-store", "Content-Security-Policy": _POLICY, **(headers or {})})


def _refused(request: Request) -> Response:
    """A page that was opened leads to the sign-in page and back; everything else is told in words."""
    bearer = _bearer(request.scope)
    if request.method in ("GET", "HEAD") and "text/html" in request.headers.get("accept", "") and bearer is None:
        page = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        return RedirectResponse(SIGN_IN + (f"?next={quote(page, safe='/')}" if page != "/" else ""), 303, {"Cache-Control": "no-store"})
    told = _SIGNED_OUT if bearer is None and not is_of_programs(request.url.path) else _NO_TOKEN if bearer is None else _WRONG_TOKEN
    return problem(request.url.path, 401, told, headers={"Cache-Control": "no-store", "WWW-Authenticate": "Bearer"})


def _own_page(page: str) -> str:
    """A page of this server to go on to; anything else is the first one."""
    parts = urlsplit(page) if page.isprintable() and page.startswith("/") and not page.startswith("//") and "\\" not in page else None
    return page if parts and not parts.netloc and not parts.scheme and parts.path not in (SIGN_IN, SIGN_OUT) else "/"


async def _fields(request: Request) -> dict[str, str]:
    """The form's fields, each once; nothing of a form that is too large or not one."""
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > _LARGEST_FORM:
            return {}
    try:
        found = parse_qs(body.decode(), keep_blank_values=True, max_num_fields=8)
    except (UnicodeDecodeError, ValueError):
        return {}
    return {name: values[0] for name, values in found.items()}


def _cookie_name(scope: Scope) -> str:
    """With the port, since browsers share a host's cookies between its ports, and there may be a server on each."""
    server = scope.get("server")
    return f"citewell-session-{server[1] if server else 0}"


def _bearer(scope: Scope) -> str | None:
    """The token that a program shows; None where it shows none."""
    scheme, _, token = Headers(scope=scope).get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else None


def _token(scope: Scope) -> str:
    cookies: SimpleCookie = SimpleCookie()
    try:
        cookies.load(Headers(scope=scope).get("cookie", ""))
    except CookieError:
        return ""
    found = cookies.get(_cookie_name(scope))
    return found.value if found else ""


def _set_cookie(response: Response, request: Request, token: str) -> None:
    """The session's cookie, which ends with the browser; an empty token takes it away."""
    options: dict[str, Any] = {"path": "/", "httponly": True, "samesite": "strict", "secure": request.url.scheme == "https"}
    if token:
        response.set_cookie(_cookie_name(request.scope), token, **options)
    else:
        response.delete_cookie(_cookie_name(request.scope), **options)


def _not_stored(send: Send) -> Send:
    """What a person was shown is not kept by the browser for the next one, unless it says that it may be."""

    async def send_not_stored(message: Message) -> None:
        if message["type"] == "http.response.start":
            MutableHeaders(scope=message).setdefault("Cache-Control", "no-store")
        await send(message)

    return send_not_stored


def _duration(seconds: float) -> str:
    whole = ceil(seconds)
    number, noun = (ceil(whole / 60), "minute") if whole > 90 else (whole, "second")
    return f"{number} {noun}{'' if number == 1 else 's'}"
