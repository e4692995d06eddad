"""What the pages share behind the screen: settings, database, who is signed in, and drafts kept open between runs."""

from __future__ import annotations

import atexit
import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import partial

import streamlit as st

from komet_import import access, jobs
from komet_import.bulk import leave_to_stay
from komet_import.desk import Desk, open_desk, open_store
from komet_import.drafts import OpenDraft
from komet_import.errors import KometError
from komet_import.jobs import Task, Worker
from komet_import.open_drafts import LEFT_SECONDS, OpenDrafts
from komet_import.settings import ReaderLimits, Settings, from_environment
from komet_import.store.database import Database
from komet_import.ui import layout
from komet_import.ui.markdown import escape_markdown
from komet_import.workbook.reader import Reader

_READY_SECONDS = 2.0  # after a file was read, or something ended the child that stood ready
_LAST_SECONDS = 5.0  # what an e-mail on its way gets when the process ends


@contextmanager
def errors_shown(*head: str) -> Iterator[None]:
    """A sentence for the user in place of what could not be drawn; below `head`, title and path, where there is none yet."""
    try:
        yield
    except KometError as error:
        if head and not layout.is_titled():
            layout.title(*head)
        st.error(escape_markdown(str(error)), icon=":material/error:")
        st.stop()


def require_desk() -> Desk:
    """First thing on every page, behind the guard and without leaning on it. Stops the run for a stranger."""
    with errors_shown():
        settings = _settings()
        access.refuse_strangers(st.context.headers.items(), st.context.ip_address, settings.base_url)
    layout.begin()
    with errors_shown("Komet Import"):
        database = _database(settings, settings.database_url, str(settings.data_dir))
        return open_desk(settings, database, _reader(settings.limits))


def worker(desk: Desk) -> Worker:
    """The process's one worker in the background."""
    return _worker(desk.settings, desk.database, desk.reader, desk.settings.database_url)


def _settings() -> Settings:
    return from_environment(os.environ)


@st.cache_resource(show_spinner=False)
def _database(_settings: Settings, url: str, data_dir: str) -> Database:  # noqa: ARG001 - the cache's key
    return open_store(_settings)


@st.cache_resource(show_spinner=False, on_release=Worker.stop)
def _worker(_settings: Settings, _database: Database, _reader: Reader, url: str) -> Worker:  # noqa: ARG001 - the cache's key
    started = jobs.start(
        _settings,
        _database,
        Task("next-reading-child", _READY_SECONDS, _reader.stand_by),
        Task("open-drafts", LEFT_SECONDS, _open_drafts().sweep),
    )
    atexit.register(started.stop, _LAST_SECONDS)
    leave_to_stay()
    return started


@st.cache_resource(show_spinner=False, on_release=Reader.close)
def _reader(limits: ReaderLimits) -> Reader:
    """The process's one: it may have a child stand ready, which takes memory."""
    reader = Reader(limits)
    atexit.register(reader.close)
    return reader


@st.cache_resource(show_spinner=False)
def _open_drafts() -> OpenDrafts:
    return OpenDrafts()


def keep_open(desk: Desk, opened: OpenDraft) -> None:
    """The next runs go on with this one instead of reading it again."""
    _open_drafts().keep(desk, opened)


def is_kept_open(desk: Desk, draft_id: str) -> bool:
    """Whether it need not be opened first, which takes seconds for many rows."""
    return _open_drafts().has(desk, draft_id)


def forget(desk: Desk, draft_id: str) -> None:
    """A draft that came to its end need not be kept open."""
    _open_drafts().forget(desk, draft_id)


def draft_in_hand(desk: Desk, draft_id: str) -> AbstractContextManager[OpenDraft]:
    """The open draft, up to date, for this run or callback alone. Raises NotFound.

    Nothing that outlives the run, like a callback's arguments, may hold it or what is in it: it would stay in memory.
    """
    return _open_drafts().in_hand(desk, draft_id)


def watch(desk: Desk, draft_id: str) -> None:
    """This tab shows the draft from now on: when the last such tab is closed, the draft is not kept for long."""
    _tab(desk.company.company_id, draft_id)


@st.cache_resource(scope="session", show_spinner=False, on_release=lambda leave: leave())
def _tab(company_id: int, draft_id: str) -> Callable[[], None]:
    kept = _open_drafts()
    kept.arrive(company_id, draft_id)
    return partial(kept.leave, company_id, draft_id)
