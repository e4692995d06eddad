"""The guard in front of Streamlit: what may not come in never reaches it, and nothing goes out that another site may use."""

from __future__ import annotations

import re

from starlette.datastructures import Headers, MutableHeaders
from starlette.middleware import Middleware
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from komet_import import access
from komet_import.errors import AccessDenied
from komet_import.language import _

# The grid is a frame of ours. Pictures, frames and forms are the app's own: markup in a cell that ever came to be drawn
# could fetch nothing and so tell nobody.
_POLICY = {
    "frame-ancestors": ("'self'",),
    "base-uri": ("'self'",),
    "object-src": ("'none'",),
    "img-src": ("'self'", "data:", "blob:"),
    "frame-src": ("'self'",),
    "form-action": ("'self'",),
}
_SENT_WITH_EVERYTHING = {
    "Content-Security-Policy": "; ".join(" ".join((of, *sources)) for of, sources in _POLICY.items()),
    "X-Frame-Options": "SAMEORIGIN",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
_CORE = "/_stcore/"
_HEALTH = f"{_CORE}health"
# What Streamlit's half in the browser asks for under /_stcore/. The rest (metrics, the agents' door, a run of the
# script for whoever asks) is nobody's business here.
_ASKED_FOR = re.compile("health|host-config|stream|upload_file/[^/]+/[^/]+")


class Guard:
    """ASGI middleware for HTTP and WebSocket alike. A refusal has status 403 and is a sentence for a person."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        refused = _refusal(scope)
        if refused is None:
            await self._app(scope, receive, _hardened(send))
        elif scope["type"] == "websocket":
            # Status 403 without the sentence: no browser shows one there, and uvicorn would log an error for each.
            await send({"type": "websocket.close"})
        elif scope["path"] == _HEALTH:
            # Load balancers ask under any Host. They learn whether the app is up, and get no token for uploads.
            await self._app(scope, receive, _hardened(send, without="set-cookie"))
        else:
            await refused(scope, receive, _hardened(send))


def _refusal(scope: Scope) -> PlainTextResponse | None:
    """The answer in Streamlit's place, None when it may answer."""
    scheme: str = scope["scheme"].replace("ws", "http")
    home = f"{scheme}://localhost:{scope['server'][1]}"
    headers = Headers(scope=scope).items()
    try:
        access.refuse_strangers(headers, scope["client"][0], home)
        access.refuse_other_sites(headers, scheme, home)
    except AccessDenied as denied:
        return _sentence(str(denied), 403)
    core, asked_for = scope["path"].partition(_CORE)[1:]
    if core and not _ASKED_FOR.fullmatch(asked_for):
        return _sentence(_("There is nothing here. The app is at {address}.").format(address=home), 404)
    return None


def _sentence(text: str, status: int) -> PlainTextResponse:
    return PlainTextResponse(f"{text}\n", status, {"Cache-Control": "no-store"})


def _hardened(send: Send, without: str | None = None) -> Send:
    async def send_hardened(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            headers.update(_SENT_WITH_EVERYTHING)
            if without:
                del headers[without]
        await send(message)

    return send_hardened


MIDDLEWARE = [Middleware(Guard)]
