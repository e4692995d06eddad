"""The charts of the import history. Each says in words what it shows, and a click on a bar chooses it.

What is chosen comes from the address, not from the chart: the bars that are not chosen are drawn pale.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from html import escape
from typing import Any

import altair as alt
import pandas as pd
import streamlit as st

from komet_import.language import _, ngettext
from komet_import.schema.declarations import DECLARATIONS
from komet_import.schema.problems import IssueCode, Severity, title_of
from komet_import.sentences import counted_rows
from komet_import.store.history import PersonCount, Problem, ProblemCount
from komet_import.ui.tables import badge
from komet_import.ui.theme import is_dark, palette

HEIGHT = 190
PALE = 0.35
_ROOM = 2.1  # the axis is so much longer than the longest bar: for the numbers
Layers = alt.LayerChart | alt.FacetChart


@dataclass(frozen=True)
class Picture:
    """A chart with its description.

    `values` are what a click chooses, by the bar's label; `colours` say what the bars' colours mean.
    """

    chart: Layers
    words: str
    values: Mapping[str, str]
    colours: Mapping[str, str]


def draw(picture: Picture, key: str, choose: Callable[[str], None]) -> None:
    """`choose` is called with what was clicked, before the run that follows.

    The colours' meanings stand above the chart as text: drawn in it, they are cut on a narrow screen.
    """
    if picture.colours:
        keys = (
            f'<span><i style="background:{colour}"></i>{escape(meaning)}</span>'
            for meaning, colour in picture.colours.items()
        )
        st.html(f'<div class="komet-keys">{"".join(keys)}</div>')
    st.altair_chart(
        picture.chart,
        key=_fresh(key),
        on_select=partial(_clicked, key, picture, choose),
        selection_mode="chosen",
        alt=picture.words,
    )


def _fresh(key: str) -> str:
    """A click that was dealt with is over: the next drawing is another chart, without a selection."""
    return f"{key}-{st.session_state.setdefault(f'{key}-clicks', 0)}-{'dark' if is_dark() else 'light'}"


def _clicked(key: str, picture: Picture, choose: Callable[[str], None]) -> None:
    state = st.session_state.get(_fresh(key))
    chosen: Sequence[Mapping[str, Any]] = state["selection"].get("chosen", []) if state else []
    st.session_state[f"{key}-clicks"] += 1
    label = str(chosen[0].get("label")) if chosen else ""
    if label in picture.values:
        choose(picture.values[label])


def in_words(title: str, values: Sequence[str]) -> str:
    """A chart in words, for those who do not see it."""
    return f"{title}. {'; '.join(values)}."


def counted_imports(count: int) -> str:
    """`3 imports`."""
    return ngettext("{count:,} import", "{count:,} imports", count).format(count=count)


# -- problems and people -------------------------------------------------------------------------------------------


def problem_name(kind: str, problem: Problem) -> str:
    """`Terms, not in the list`; the whole row has no column. `kind` is the declaration's."""
    declaration, (key, code) = DECLARATIONS[kind], problem
    title = title_of(IssueCode(code))
    if not key:
        return title
    names_a_column = title.startswith(tuple(column.header for column in declaration.columns))
    return f"{declaration.header(key)}, {title if names_a_column else title[:1].lower() + title[1:]}"


def problem_value(problem: Problem) -> str:
    """How a problem stands in the address."""
    return ".".join(problem)


def commonest_problems(counts: Sequence[ProblemCount], chosen: Problem | None) -> Picture:
    """Cells by column and kind, longest bar first."""
    raspberry, amber = theme_colours()[2:4]
    names = [problem_name(count.declaration, count.problem) for count in counts]
    frame = pd.DataFrame(
        {
            "label": names,
            "number": [count.cells for count in counts],
            "text": [f"{count.cells:,}" for count in counts],
            "kind": [badge(count.severity)[0] for count in counts],
            "more": [counted_imports(count.imports) for count in counts],
            "opacity": [1.0 if chosen in (None, count.problem) else PALE for count in counts],
        }
    )
    kinds = [badge(severity)[0] for severity in Severity]
    colour = alt.Color("kind:N", scale=alt.Scale(domain=kinds, range=[raspberry, amber]), legend=None)
    sentence = _("{name}: {cells:,} in {imports}")
    told = [
        sentence.format(name=name, cells=count.cells, imports=counted_imports(count.imports))
        for name, count in zip(names, counts, strict=True)
    ]
    values = {name: problem_value(count.problem) for name, count in zip(names, counts, strict=True)}
    colours = dict(zip(kinds, (raspberry, amber), strict=True))
    return Picture(_lines(frame, colour, 170), in_words(_("Commonest problems"), told), values, colours)


def by_person(people: Sequence[PersonCount], chosen: int | None) -> Picture:
    """Rows by who imported them; two of the same name stay two."""
    accent = alt.value(theme_colours()[1])
    names = _told_apart(people)
    frame = pd.DataFrame(
        {
            "label": names,
            "number": [person.rows for person in people],
            "text": [f"{person.rows:,}" for person in people],
            "more": [counted_imports(person.imports) for person in people],
            "opacity": [1.0 if chosen in (None, person.person_id) else PALE for person in people],
        }
    )
    sentence = _("{name}: {rows} in {imports}")
    told = [
        sentence.format(name=name, rows=counted_rows(person.rows), imports=counted_imports(person.imports))
        for name, person in zip(names, people, strict=True)
    ]
    values = {name: str(person.person_id) for name, person in zip(names, people, strict=True)}
    return Picture(_lines(frame, accent, 100), in_words(_("By person"), told), values, {})


def _told_apart(people: Sequence[PersonCount]) -> list[str]:
    names = [person.name for person in people]
    return [
        f"{person.name} ({person.person_id})" if names.count(person.name) > 1 else person.name
        for person in people
    ]


def _lines(frame: pd.DataFrame, colour: alt.Color | Any, longest: int) -> Layers:
    """Horizontal bars with their numbers at the end; `longest` is what a name takes, in pixels."""
    y = alt.Y(
        "label:N",
        sort=list(frame["label"]),
        title=None,
        axis=alt.Axis(
            labelLimit=longest,
            labelOverlap=False,
            labelBound=False,
            labelFlush=False,
            ticks=False,
            domain=False,
            grid=False,
        ),
    )
    most = alt.Scale(domain=[0, float(frame["number"].max()) * _ROOM or 1])
    bars = (
        alt.Chart(frame)
        .mark_bar(cursor="pointer", size=12)
        .encode(
            y=y,
            x=alt.X("number:Q", title=None, axis=None, scale=most),
            color=colour,
            opacity=alt.Opacity("opacity:Q", scale=None, legend=None),
            tooltip=[
                alt.Tooltip("label:N", title=" "),
                alt.Tooltip("number:Q", title=_("Number"), format=",d"),
                alt.Tooltip("more:N", title=_("In")),
            ],
        )
        .add_params(selection())
    )
    numbers = (
        alt.Chart(frame)
        .mark_text(align="left", dx=5, color=palette().quiet_text, fontSize=12)
        .encode(y=y, x=alt.X("number:Q", scale=most), text="text:N")
    )
    return alt.layer(bars, numbers).properties(height=HEIGHT)


# -- shared --------------------------------------------------------------------------------------------------------


def selection() -> alt.Parameter:
    """Of a bar, by its label."""
    return alt.selection_point(name="chosen", fields=["label"], on="click", toggle=False)


def theme_colours() -> list[str]:
    """Those of the theme: iris, pale iris, raspberry, amber."""
    colours: list[str] = st.get_option(f"theme.{'dark' if is_dark() else 'light'}.chartCategoricalColors")
    return colours
