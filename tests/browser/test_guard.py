"""The door of the served app: who is let in over HTTP and WebSocket, what is served at all, and what leaves the machine."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import MappingProxyType
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import ROOT, StartApp
from tests.doors import FOREIGN_ORIGINS, FORWARDED_BY

pytestmark = pytest.mark.browser
EVIL = "evil.example"
STRANGERS = [{"Host": EVIL}, {"Host": f"localhost.{EVIL}"}, {"Host": ""}, {"X-Forwarded-For": "127.0.0.1"}]
NOBODY_ELSE: dict[str, str] = {}
STREAM = "/_stcore/stream"
UPLOAD = "/_stcore/upload_file/nobody/1"
WEBSOCKET = {
    "Connection": "Upgrade",
    "Upgrade": "websocket",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
    "Sec-WebSocket-Protocol": "streamlit",
}
ROUTES = [
    ("GET", "/"),
    ("GET", "/import_history"),
    ("GET", "/favicon.png"),
    ("GET", "/_stcore/host-config"),
    ("GET", "/_stcore/metrics"),
    ("GET", "/media/x"),
    ("GET", "/component/st_aggrid.AgGrid/index.html"),
    ("OPTIONS", UPLOAD),
    ("PUT", UPLOAD),
    ("DELETE", UPLOAD),
    ("POST", "/_stcore/agent/mcp"),
]
# Writes every address that the process and its children look up or connect to, a line each.
WATCH = """
import json, os, sys
def watch(event, arguments):
    if event in ("socket.connect", "socket.getaddrinfo", "socket.gethostbyname", "socket.sendto"):
        to = arguments[0] if event.startswith("socket.get") else arguments[1]
        with open(os.environ["WATCHED"], "a") as out:
            out.write(json.dumps([event, to if isinstance(to, (str, tuple)) else repr(to)]) + "\\n")
sys.addaudithook(watch)
"""


@dataclass(frozen=True)
class Answer:
    """Status 101 is an open WebSocket; header names are in lower case."""

    status: int
    headers: dict[str, str]
    text: str


def ask(
    url: str, method: str, path: str, headers: Mapping[str, str] = MappingProxyType({}), body: bytes = b""
) -> Answer:
    """Asks at `url`, as its own Host unless `headers` name one; the way of Streamlit's WebSocket is asked for one."""
    place = urlsplit(url)
    assert place.hostname
    connection = HTTPConnection(place.hostname, place.port, timeout=20)
    connection.putrequest(method, path, skip_host="Host" in headers, skip_accept_encoding=True)
    for name, value in ({**WEBSOCKET, **headers} if path == STREAM else headers).items():
        connection.putheader(name, value.encode())
    connection.putheader("Content-Length", str(len(body)))
    connection.endheaders(body)
    answer = connection.getresponse()
    text = "" if answer.status == 101 else answer.read().decode(errors="replace")
    connection.close()
    return Answer(answer.status, {name.lower(): value for name, value in answer.getheaders()}, text)


@pytest.fixture(scope="module")
def watched(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The addresses that the app turned to are written there."""
    return tmp_path_factory.mktemp("watched")


@pytest.fixture(scope="module")
def url(streamlit_app: StartApp, watched: Path) -> str:
    (watched / "sitecustomize.py").write_text(WATCH)
    env = {"PYTHONPATH": f"{watched}:{ROOT}", "WATCHED": str(watched / "addresses")}
    return streamlit_app(ROOT / "app.py", env | {"KOMET_DATA_DIR": str(watched / "data")})


def test_this_machines_browser_is_served(url: str) -> None:
    own = url.replace("http://", "")
    assert ask(url, "GET", "/").status == 200
    assert ask(url, "GET", STREAM, {"Host": own, "Origin": url}).status == 101
    localhost = own.replace("127.0.0.1", "localhost")
    assert ask(url, "GET", STREAM, {"Host": localhost, "Origin": f"http://{localhost}"}).status == 101


@pytest.mark.parametrize(("method", "path"), ROUTES, ids=" ".join)
def test_no_route_answers_a_stranger(url: str, method: str, path: str) -> None:
    for stranger in STRANGERS:
        refused = ask(url, method, path, stranger)
        assert refused.status == 403
        assert refused.headers["content-type"] == "text/plain; charset=utf-8"
        home = url.replace("127.0.0.1", "localhost")
        assert refused.text == f"This app serves only the machine it runs on. Open it there, at {home}.\n"


@pytest.mark.parametrize("stranger", STRANGERS, ids=str)
def test_no_stranger_gets_a_session(url: str, stranger: dict[str, str]) -> None:
    for path in (STREAM, f"/customers{STREAM}", "/_stcore/health"):
        assert ask(url, "GET", path, WEBSOCKET | stranger).status == 403


@pytest.mark.parametrize("header", FORWARDED_BY)
def test_nothing_that_came_through_a_proxy_is_served(url: str, header: str) -> None:
    for path in ("/", STREAM):
        assert ask(url, "GET", path, {header: "203.0.113.9"}).status == 403


@pytest.mark.parametrize("origin", FOREIGN_ORIGINS)
def test_a_page_of_another_origin_gets_nothing(url: str, origin: str) -> None:
    port = urlsplit(url).port
    there = {"Host": f"localhost:{port}", "Origin": origin.replace("8501", str(port))}
    for method, path in (
        ("GET", "/"),
        ("PUT", UPLOAD),
        ("DELETE", UPLOAD),
        ("OPTIONS", UPLOAD),
    ):
        refused = ask(url, method, path, there)
        assert (refused.status, "Another web page asked for this" in refused.text) == (403, True)
    assert ask(url, "GET", STREAM, there).status == 403
    health = ask(url, "GET", "/_stcore/health", there)
    assert health.headers.keys() & {"set-cookie", "access-control-allow-origin"} == set()


def test_health_is_told_to_whoever_asks_and_nothing_else(url: str) -> None:
    for asked in NOBODY_ELSE, {"Host": "10.0.0.7:8501"}, {"Host": EVIL, "X-Forwarded-For": "203.0.113.9"}:
        answer = ask(url, "GET", "/_stcore/health", asked)
        assert (answer.status, answer.text) == (200, "ok")
        assert ("set-cookie" in answer.headers) is (asked is NOBODY_ELSE)


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/_stcore/metrics"),
        ("GET", "/_stcore/metrics/"),
        ("GET", "/%5fstcore/metrics"),
        ("GET", "/_stcore/healthy"),
        ("GET", "/_stcore/health/metrics"),
        ("GET", "/customers/_stcore/metrics"),
        ("GET", "/_stcore/script-health-check"),
        ("GET", "/_stcore/agent/openapi.json"),
        ("POST", "/_stcore/agent/interact"),
        ("POST", "/_stcore/agent/mcp"),
        ("GET", "/_stcore/message"),
    ],
)
def test_what_the_screens_do_not_need_is_not_there(url: str, method: str, path: str) -> None:
    answer = ask(url, method, path)
    assert (answer.status, answer.text.split(".")[0]) == (404, "There is nothing here")


@pytest.mark.parametrize("asked", [NOBODY_ELSE, {"Host": EVIL}], ids=["mine", "a stranger's"])
def test_every_answer_says_what_a_browser_must_not_do(url: str, asked: dict[str, str]) -> None:
    for method, path in (*ROUTES, ("GET", "/_stcore/health"), ("GET", "/static/nonsense.js")):
        answer = ask(url, method, path, asked)
        assert "frame-ancestors 'self'" in answer.headers["content-security-policy"], path
        assert answer.headers["x-frame-options"] == "SAMEORIGIN"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["referrer-policy"] == "no-referrer"


def test_what_a_session_that_does_not_exist_uploads_is_not_kept(url: str) -> None:
    token = ask(url, "GET", "/_stcore/health").headers["set-cookie"].split("=", 1)[1].split(";")[0]
    head = {
        "Cookie": f"_streamlit_xsrf={token}",
        "X-Xsrftoken": token,
        "Content-Type": "multipart/form-data; boundary=b",
    }
    form = b'--b\r\nContent-Disposition: form-data; name="f"; filename="x.csv"\r\n\r\nx\r\n--b--\r\n'
    answer = ask(url, "PUT", UPLOAD, head, form)
    assert (answer.status, "Invalid session_id" in answer.text) == (400, True)


@contextmanager
def other_site(page: str) -> Iterator[str]:
    """Another port of this machine that serves one page; its address."""

    class Serve(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(page.encode())

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Serve)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


KNOCK = """async ([url, upload]) => {
    const socket = new WebSocket(url.replace("http", "ws") + "/_stcore/stream", ["streamlit"]);
    const opened = await new Promise(done => { socket.onopen = () => done(true); socket.onerror = () => done(false); });
    const put = await fetch(url + upload, {method: "PUT", body: "x"}).then(() => true, () => false);
    const read = await fetch(url + "/_stcore/host-config").then(() => true, () => false);
    const script = await new Promise(done => {
        const element = document.createElement("script");
        element.onload = () => done(true); element.onerror = () => done(false);
        element.src = url + "/import_history"; document.head.append(element);
    });
    return {opened, put, read, script};
}"""


@pytest.mark.parametrize("name", ["127.0.0.1", "localhost"])
def test_a_page_of_another_port_can_neither_show_the_app_nor_talk_to_it(
    url: str, page: Page, name: str
) -> None:
    app = url.replace("127.0.0.1", name)
    page.goto(app)
    expect(page.get_by_role("heading", name="Import from Excel")).to_be_visible(timeout=20_000)
    with other_site(f"<h1>Win</h1><iframe src='{app}/'></iframe>") as site:
        page.goto(site)
        expect(page.get_by_role("heading", name="Win")).to_be_visible()
        page.wait_for_load_state("networkidle")
        assert [frame.url for frame in page.frames[1:]] == ["chrome-error://chromewebdata/"]
        assert page.evaluate(KNOCK, [app, UPLOAD]) == dict.fromkeys(
            ("opened", "put", "read", "script"), False
        )


FETCH = """async ([site]) => {
    const fetched = (tag) => new Promise(done => {
        const element = document.createElement(tag);
        document.addEventListener("securitypolicyviolation", event => done(event.effectiveDirective), {once: true});
        element.onload = element.onerror = () => done("fetched");
        element.src = site + "/" + tag; document.body.append(element);
    });
    return [await fetched("img"), await fetched("iframe")];
}"""


def test_markup_in_the_app_can_fetch_nothing_from_elsewhere(url: str, page: Page) -> None:
    page.goto(url)
    expect(page.get_by_role("heading", name="Import from Excel")).to_be_visible(timeout=20_000)
    with other_site("") as site:
        assert page.evaluate(FETCH, [site]) == ["img-src", "frame-src"]


def test_the_app_turns_to_no_address_outside_whoever_knocks(url: str, watched: Path, page: Page) -> None:
    """Streamlit would ask the internet for this machine's own address before it refuses a page of another site."""
    for origin in (*FOREIGN_ORIGINS, "http://127.0.0.2:5"):
        ask(url, "GET", STREAM, {"Origin": origin})
        ask(url, "PUT", UPLOAD, {"Origin": origin})
    ask(url, "GET", STREAM, {"Host": EVIL, "Origin": f"http://{EVIL}"})
    for path in ("/", "/import_history", "/customers", "/settings"):
        page.goto(url + path)
        expect(page.locator('[data-test-script-state="notRunning"]')).to_be_visible(timeout=20_000)
        expect(page.get_by_role("link", name="Customers")).to_be_visible()
    addresses = watched / "addresses"
    lines = addresses.read_text().splitlines() if addresses.exists() else []
    assert [line for line in lines if not _is_here(json.loads(line)[1])] == []


def _is_here(address: object) -> bool:
    return (address[0] if isinstance(address, list) else address) in ("127.0.0.1", "::1", "localhost")
