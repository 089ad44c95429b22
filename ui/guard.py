"""What the server allows: host names that are its own, requests of its own page, and nothing from any other machine."""

from collections.abc import Sequence
from urllib.parse import urlsplit

from starlette.applications import Starlette
from starlette.datastructures import Headers, MutableHeaders
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ui.auth import SignIn
from ui.limits import Limited, Limits
from ui.passwords import Users
from ui.problems import problem

__all__ = ["OwnPage", "SafeHeaders", "allowed_hosts", "guard"]

# Gradio's page needs inline and evaluated scripts; documents' text never becomes one, since it is escaped.
_POLICY = "; ".join(
    [
        "default-src 'self'",
        "script-src 'self' 'unsafe-inline' 'unsafe-eval'",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data: blob:",
        "font-src 'self' data:",
        "worker-src 'self' blob:",
        "object-src 'none'",
        "base-uri 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    ]
)
_HEADERS = {"Content-Security-Policy": _POLICY, "X-Content-Type-Options": "nosniff", "Referrer-Policy": "same-origin"}
_ANY_ADDRESS = ("0.0.0.0", "::", "")
_ONLY_LOOKS = ("GET", "HEAD", "OPTIONS")
_FOREIGN = "This request comes from a page of {}, and only Citewell's own page may change something here."


def guard(app: Starlette, host: str, *, more_hosts: Sequence[str] = (), users: Users | None = None, limits: Limits | None = None) -> None:
    """Put all guards before an application that listens at `host`; `more_hosts` are its other names, as behind a proxy."""
    hosts = allowed_hosts(host, more_hosts)
    # the one that is added last stands first; callers are told apart by the names that signing in finds
    app.add_middleware(Limited, limits=limits or Limits())
    if users is not None:
        app.add_middleware(SignIn, users=users)
    app.add_middleware(OwnPage, hosts=more_hosts)
    app.add_middleware(TrustedHostMiddleware, allowed_hosts=hosts, www_redirect=False)
    app.add_middleware(SafeHeaders)


class SafeHeaders:
    """Adds to each response the headers that keep the browser from asking any other machine; stricter ones of its own stay."""

    def __init__(self, app: ASGIApp) -> None:
        """Wrap an ASGI application."""
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass one request on, and its response back with the headers."""

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        await self._app(scope, receive, send_with_headers)


class OwnPage:
    """Refuses what another site's page makes a browser send: it would come with the person's cookie, or from this machine."""

    def __init__(self, app: ASGIApp, hosts: Sequence[str] = ()) -> None:
        """Wrap an ASGI application; a page under one of `hosts` is its own too."""
        self._app = app
        self._hosts = frozenset(map(str.lower, hosts))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass one request on, or refuse it."""
        headers = Headers(scope=scope) if scope["type"] in ("http", "websocket") else Headers()
        origin = headers.get("origin")
        changes = scope["type"] == "websocket" or scope.get("method", "GET") not in _ONLY_LOOKS
        if changes and (foreign := self._is_foreign(origin, headers)):
            if scope["type"] == "websocket":
                await send({"type": "websocket.close", "code": 1008})
            else:
                await problem(scope["path"], 403, _FOREIGN.format(foreign))(scope, receive, send)
            return
        await self._app(scope, receive, send)

    def _is_foreign(self, origin: str | None, headers: Headers) -> str:
        """The other site; "" where the request is our own page's or a program's, which names no origin."""
        if origin is None:
            return "another site" if headers.get("sec-fetch-site") == "cross-site" else ""
        named = urlsplit(origin)
        own = named.netloc.lower() == headers.get("host", "").lower() or (named.hostname or "") in self._hosts
        return "" if own else origin[:200] or "another site"


def allowed_hosts(host: str, more: Sequence[str] = ()) -> list[str]:
    """The host names a request may name; a foreign one means that a web page has been made to point here (DNS rebinding)."""
    loopback = {"127.0.0.1", "localhost", "[::1]"}
    if host in _ANY_ADDRESS:
        return sorted({*more, *loopback}) if more else ["*"]
    return sorted({host, f"[{host}]" if ":" in host else host, *more, *loopback})
