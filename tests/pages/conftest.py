"""The app without a browser, on a database of its own."""

from __future__ import annotations

import json
import pickle
from collections.abc import Callable, Iterator, Mapping
from io import BytesIO
from pathlib import Path

import openpyxl
import pytest
import streamlit as st
from streamlit import config
from streamlit.runtime import context
from streamlit.runtime.session_manager import ClientContext
from streamlit.runtime.state.session_state import SessionState
from streamlit.testing.v1 import AppTest

from komet_import.schema.customers import CUSTOMERS

ROOT = Path(__file__).parents[2]
SCRIPT = ROOT / "pages" / "main.py"
NEW = {"code": "ABC", "name": "ABC Wholesale", "location_codes": "MIA:LAX", "main_location": "MIA"}
OpenApp = Callable[..., AppTest]


def workbook(*rows: dict[str, str], more: tuple[str, ...] = ()) -> bytes:
    """A file with the columns that the rows name, and headers that are not ours."""
    keys = [column.key for column in CUSTOMERS.columns if any(column.key in row for row in rows)]
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append([CUSTOMERS.by_key[key].header for key in keys] + list(more))
    for row in rows:
        sheet.append([row.get(key, "") for key in keys] + ["?"] * len(more))
    out = BytesIO()
    book.save(out)
    return out.getvalue()


class BrowserHere(ClientContext):
    """Who asks: AppTest has no connection, and the pages serve nobody without one."""

    headers = (("Host", "localhost:8501"), ("Origin", "http://localhost:8501"))
    cookies: Mapping[str, str] = {}
    remote_ip = "127.0.0.1"


def check_plain(state: SessionState) -> None:
    """As Streamlit's own check, which fails at its own view of a component's values: that is a class without a name."""
    for key in state:
        value = state[key]
        pickle.dumps(dict(value) if isinstance(value, dict) else value)


@pytest.fixture
def open_app(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[OpenApp]:
    """Opens the app at a page, with an address; each test starts with an empty database."""
    monkeypatch.setenv("KOMET_DATA_DIR", str(tmp_path))
    monkeypatch.chdir(ROOT)
    monkeypatch.setattr(context, "_get_client_context", BrowserHere)
    # What a session holds must survive a hot reload: plain values only.
    config.set_option("runner.enforceSerializableSessionState", True)
    monkeypatch.setattr(SessionState, "_check_serializable", check_plain)
    st.cache_resource.clear()

    def open_at(page: str = "", **query: str) -> AppTest:
        app = AppTest.from_file(str(SCRIPT), default_timeout=60)
        if page:
            app.run()
            app.switch_page(page)
        app.query_params.update(query)
        return app.run()

    yield open_at
    st.cache_resource.clear()


def upload(app: AppTest, content: bytes, name: str = "customers.xlsx") -> AppTest:
    """Drops a file."""
    app.file_uploader(key="upload").upload(name, content, "application/octet-stream")
    return app.run()


def words(app: AppTest) -> str:
    """All the text on the screen."""
    kinds = (
        app.title,
        app.header,
        app.subheader,
        app.markdown,
        app.caption,
        app.info,
        app.warning,
        app.error,
    )
    return "\n".join(element.value for kind in kinds for element in kind)


def listed(app: AppTest, key: str) -> dict[str, list[str]]:
    """The texts of a list by header; nothing when there is none."""
    for element in app.get("bidi_component"):
        data = json.loads(element.proto.json)
        if element.proto.id.endswith(f"-{key}"):
            headers = [column["header"] for column in data["columns"]]
            return {
                header: [row["cells"][n]["text"] for row in data["rows"]] for n, header in enumerate(headers)
            }
    return {}


def figures(app: AppTest) -> dict[str, str]:
    """The metrics by label."""
    return {metric.label: metric.value for metric in app.metric}


def draft_of(app: AppTest) -> str:
    """The draft's id in the address."""
    value = app.query_params["draft"]
    return value if isinstance(value, str) else value[0]
