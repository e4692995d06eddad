"""The rows of a period over time: a bar for each week, month or year, stacked by what became of its rows."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import altair as alt
import pandas as pd

from komet_import import outcomes
from komet_import.history import Bar, Overview, Unit
from komet_import.language import N_, _
from komet_import.sentences import counted_rows
from komet_import.ui.history.charts import (
    HEIGHT,
    PALE,
    Layers,
    Picture,
    counted_imports,
    in_words,
    selection,
    theme_colours,
)
from komet_import.ui.theme import palette

_FAR_ABOVE = 3  # times the next one
_BROKEN = 1.3  # times the longest whole bar: as long as a broken bar is drawn
_SERIES = (N_("Updated or unchanged"), outcomes.NEW, outcomes.LEFT_OUT)
_DATES = {Unit.WEEK: "%-d %b", Unit.MONTH: "%b %Y", Unit.YEAR: "%Y"}
_ROWS_OVER_TIME = {
    Unit.WEEK: N_("Rows a week"),
    Unit.MONTH: N_("Rows a month"),
    Unit.YEAR: N_("Rows a year"),
}


def bar_name(bar: Bar, unit: Unit) -> str:
    """`Week of 31 Aug`, `Nov 2026`, `2026`."""
    name = f"{bar.start:{_DATES[unit]}}"
    return _("Week of {day}").format(day=name) if unit is Unit.WEEK else name


def rows_title(unit: Unit) -> str:
    """Of the chart of rows over time."""
    return _(_ROWS_OVER_TIME[unit])


def rows_over_time(overview: Overview, chosen: date | None) -> Picture:
    """Rows by what became of them, stacked, with the number of imports on top.

    A bar that would flatten all others is drawn broken, and its rows are written on it: a scale that is not even would
    be read wrongly where parts are stacked.
    """
    labels = [f"{bar.start:{_DATES[overview.unit]}}" for bar in overview.bars]
    end = scale_end([_rows(bar) for bar in overview.bars])
    parts, tops = [], []
    for label, bar in zip(labels, overview.bars, strict=True):
        rows = _rows(bar)
        broken = rows > end
        opacity = 1.0 if chosen in (None, bar.start) else PALE
        parts += _parts(bar, label, end / rows if broken else 1.0, opacity)
        if bar.tally.imports:
            told = counted_rows(rows) if broken else ""
            tops.append(
                {"label": label, "rows": min(rows, end), "imports": f"{bar.tally.imports:,}", "told": told}
            )
    chart = alt.layer(
        _stacks(pd.DataFrame(parts), labels, end), _breaks(tops, labels, end), _tops(tops, labels)
    ).properties(height=HEIGHT)
    values = {label: bar.start.isoformat() for label, bar in zip(labels, overview.bars, strict=True)}
    return Picture(chart, _told(overview), values, dict(zip(map(_, _SERIES), _series_colours(), strict=True)))


def scale_end(rows: Sequence[int]) -> int:
    """The most rows that a bar is drawn with: the largest, unless one or two stand far above all others."""
    falling = sorted(rows, reverse=True)
    ends = [
        falling[n]
        for n in range(1, min(3, len(falling)))
        if falling[n] and falling[n - 1] >= _FAR_ABOVE * falling[n]
    ]
    return round(ends[-1] * _BROKEN) if ends else max([1, *falling])


def _rows(bar: Bar) -> int:
    return bar.tally.kept + bar.tally.inserted + bar.tally.rejected


def _parts(bar: Bar, label: str, drawn: float, opacity: float) -> list[dict[str, object]]:
    counts = (bar.tally.kept, bar.tally.inserted, bar.tally.rejected)
    return [
        {
            "label": label,
            "part": _(part),
            "place": n,
            "rows": rows,
            "drawn": rows * drawn,
            "imports": counted_imports(bar.tally.imports),
            "opacity": opacity,
        }
        for n, (part, rows) in enumerate(zip(_SERIES, counts, strict=True))
    ]


def _stacks(frame: pd.DataFrame, labels: list[str], end: int) -> alt.Chart:
    # Bars that stand at their week's place, whatever is in it; every label is on its own when there is room.
    x = alt.X("label:N", sort=labels, title=None, axis=alt.Axis(labelAngle=0, labelOverlap=True, tickSize=0))
    colours = alt.Scale(domain=list(map(_, _SERIES)), range=_series_colours())
    chart: alt.Chart = (
        alt.Chart(frame)
        .mark_bar(cursor="pointer", width={"band": 0.5})
        .encode(
            x=x,
            y=alt.Y(
                "drawn:Q",
                stack="zero",
                title=None,
                scale=alt.Scale(domain=[0, end], nice=False),
                axis=alt.Axis(format=",d", tickCount=4, tickMinStep=1, labelOverlap=False),
            ),
            color=alt.Color("part:N", scale=colours, legend=None),
            order=alt.Order("place:Q"),
            opacity=alt.Opacity("opacity:Q", scale=None, legend=None),
            tooltip=[
                alt.Tooltip("label:N", title=_("From")),
                alt.Tooltip("part:N", title=_("Rows")),
                alt.Tooltip("rows:Q", title=_("Number"), format=",d"),
                alt.Tooltip("imports:N", title=_("In")),
            ],
        )
        .add_params(selection())
    )
    return chart


def _breaks(tops: list[dict[str, object]], labels: list[str], end: int) -> Layers:
    """Across each broken bar, near its top; above it the rows that it stands for."""
    broken = [top | {"at": end * 0.86} for top in tops if top["told"]]
    frame = pd.DataFrame(broken, columns=["label", "rows", "told", "at"])
    x = alt.X("label:N", sort=labels)
    text = alt.Chart(frame).mark_text(text="≈", fontSize=26, fontWeight="bold", color=palette().page)
    rows = alt.Chart(frame).mark_text(dy=-22, color=palette().text, fontSize=12)
    return alt.layer(text.encode(x=x, y="at:Q"), rows.encode(x=x, y="rows:Q", text="told:N"))


def _tops(tops: list[dict[str, object]], labels: list[str]) -> alt.Chart:
    frame = pd.DataFrame(tops, columns=["label", "rows", "imports"])
    text = alt.Chart(frame).mark_text(dy=-8, color=palette().quiet_text, fontSize=12)
    chart: alt.Chart = text.encode(x=alt.X("label:N", sort=labels), y="rows:Q", text="imports:N")
    return chart


def _told(overview: Overview) -> str:
    sentence = _("{bar}: {imports}, {kept:,} updated or unchanged, {inserted:,} new, {left_out:,} left out")
    bars = [
        sentence.format(
            bar=bar_name(bar, overview.unit),
            imports=counted_imports(bar.tally.imports),
            kept=bar.tally.kept,
            inserted=bar.tally.inserted,
            left_out=bar.tally.rejected,
        )
        for bar in overview.bars
        if bar.tally.imports
    ]
    return in_words(rows_title(overview.unit), bars or [_("None")])


def _series_colours() -> list[str]:
    violet, pale_violet, raspberry = theme_colours()[:3]
    return [pale_violet, violet, raspberry]
