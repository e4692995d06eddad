"""Which rows are looked at: the filter with its numbers, the search, and whether for all of their columns."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

import streamlit as st

from komet_import.desk import Desk
from komet_import.drafts import OpenDraft
from komet_import.language import _
from komet_import.review.draft import Draft
from komet_import.ui.review import view as views
from komet_import.ui.review.changing import look
from komet_import.ui.review.view import FILTERS, Filter, View


def filters(desk: Desk, opened: OpenDraft, view: View) -> None:
    """In the line that they stand in."""
    st.session_state["filter"] = view["filter"]
    st.segmented_control(
        _("Filter"),
        [one.value for one in Filter],
        format_func=partial(_with_number, _numbers(opened.draft)),
        required=True,
        key="filter",
        label_visibility="collapsed",
        on_change=_filter,
        args=(desk, opened.stored.draft_id, view),
    )
    st.text_input(
        _("Search"),
        placeholder=_("Search"),
        icon=":material/search:",
        key="search",
        label_visibility="collapsed",
        on_change=_search,
        args=(desk, opened.stored.draft_id, view),
    )


def _numbers(draft: Draft) -> dict[str, int]:
    counts = draft.counts
    return {
        Filter.ALL.value: counts.rows,
        Filter.PROBLEMS.value: draft.count_with_problems,
        Filter.NEW.value: counts.new,
        Filter.UPDATED.value: counts.update,
        Filter.UNCHANGED.value: counts.unchanged,
        Filter.LEFT_OUT.value: counts.rejected,
    }


def _with_number(numbers: Mapping[str, int], one: str) -> str:
    return f"{_(FILTERS[Filter(one)])} {numbers[one]:,}"


def _filter(desk: Desk, draft_id: str, view: View) -> None:
    wanted = st.session_state["filter"]
    look(desk, draft_id, lambda draft: views.choose(view, draft, wanted, search=view["search"]))


def _search(desk: Desk, draft_id: str, view: View) -> None:
    wanted = st.session_state["search"]
    look(desk, draft_id, lambda draft: views.choose(view, draft, view["filter"], search=wanted))
