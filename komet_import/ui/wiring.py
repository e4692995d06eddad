"""What the pages share behind the screen: settings, database, who is signed in, and drafts kept open between runs."""

from __future__ import annotations

import atexit
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import streamlit as st

from komet_import import access, drafts, jobs
from komet_import.desk import Desk, open_desk, open_store
from komet_import.drafts import OpenDraft
from komet_import.errors import KometError
from komet_import.jobs import Worker
from komet_import.settings import Settings, from_environment
from komet_import.store.database import Database

_KEPT_DRAFTS = 6
_LAST_SECONDS = 5.0  # what an e-mail on its way gets when the process ends


@contextmanager
def errors_shown() -> Iterator[None]:
    """A sentence for the user in place of what could not be drawn."""
    try:
        yield
    except KometError as error:
        st.error(str(error), icon=":material/error:")
        st.stop()


def require_desk() -> Desk:
    """First thing on every page, behind the guard and without leaning on it. Stops the run for a stranger."""
    with errors_shown():
        settings = _settings()
        access.refuse_strangers(st.context.headers.items(), st.context.ip_address, settings.base_url)
        return open_desk(settings, _database(settings, settings.database_url, str(settings.data_dir)))


def worker(desk: Desk) -> Worker:
    """The process's one worker in the background."""
    return _worker(desk.settings, desk.database, desk.settings.database_url)


def _settings() -> Settings:
    return from_environment(os.environ)


@st.cache_resource(show_spinner=False)
def _database(_settings: Settings, url: str, data_dir: str) -> Database:  # noqa: ARG001 - the cache's key
    return open_store(_settings)


@st.cache_resource(show_spinner=False, on_release=Worker.stop)
def _worker(_settings: Settings, _database: Database, url: str) -> Worker:  # noqa: ARG001 - the cache's key
    started = jobs.start(_settings, _database)
    atexit.register(started.stop, _LAST_SECONDS)
    return started


@dataclass
class DraftHolder:
    """A draft kept open between runs; the lock is for two windows, or two quick runs of one, on the same draft."""

    draft: OpenDraft | None = None
    lock: threading.RLock = field(default_factory=threading.RLock)


@st.cache_resource(show_spinner=False, max_entries=_KEPT_DRAFTS)
def _holder(company_id: int, draft_id: str) -> DraftHolder:  # noqa: ARG001 - the arguments are the cache's key
    return DraftHolder()


def keep_open(desk: Desk, opened: OpenDraft) -> None:
    """The next runs go on with this one instead of reading it again."""
    holder = _holder(desk.company.company_id, opened.stored.draft_id)
    with holder.lock:
        holder.draft = opened


@contextmanager
def draft_in_hand(desk: Desk, draft_id: str) -> Iterator[OpenDraft]:
    """The open draft, up to date, for this run or callback alone. Raises NotFound."""
    holder = _holder(desk.company.company_id, draft_id)
    with holder.lock:
        opened = holder.draft
        holder.draft = (
            drafts.open_draft(desk, draft_id) if opened is None else drafts.up_to_date(desk, opened)
        )
        yield holder.draft
