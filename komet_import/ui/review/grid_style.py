"""How the review grid looks inside its own frame, which the page's style does not reach."""

from __future__ import annotations

from st_aggrid import StAggridTheme

from komet_import.schema.column import Colour
from komet_import.ui.review.grid_columns import header_words
from komet_import.ui.review.grid_words import not_saved
from komet_import.ui.theme import Ink, Palette, is_dark

Css = dict[str, dict[str, str]]


def grid_theme(colours: Palette) -> StAggridTheme:
    """AG Grid's quartz in our colours."""
    return StAggridTheme(base="quartz").withParams(
        backgroundColor=colours.page,
        foregroundColor=colours.text,
        headerBackgroundColor=colours.header,
        headerTextColor=colours.text,
        borderColor=colours.line,
        accentColor=colours.accent,
        tooltipBackgroundColor=colours.header,
        tooltipTextColor=colours.text,
        fontFamily='"Source Sans Pro", sans-serif',
        fontSize=14,
        headerFontWeight=600,
        cellHorizontalPadding=9,
        columnBorder=True,
        wrapperBorderRadius=6,
    )


def grid_css(colours: Palette, blue_required: bool) -> Css:
    """Rules by selector, as st_aggrid wants them."""
    css: Css = {
        ":root": {"color-scheme": "dark" if is_dark() else "light"},  # of the scrollbars
        "#gridContainer": {"height": "100vh !important"},
        ".ag-horizontal-left-spacer": {"overflow": "hidden !important"},  # a second, useless scrollbar
        ".ag-tooltip": {"white-space": "pre-line", "max-width": "26rem"},
        ".komet-quiet": {"color": colours.quiet_text},
        ".komet-number": {"text-align": "right"},
        ".ag-cell.komet-left-out:not(.komet-quiet)": {
            "color": colours.quiet_text,
            "text-decoration": "line-through",
        },
        ".ag-cell-value, .komet-text": {"overflow": "hidden", "text-overflow": "ellipsis"},
        ".komet-text": {"display": "block", "text-align": "left"},
        ".komet-old": {"color": colours.quiet_text},
        # A long one leaves room for what takes its place.
        ":is(.komet-changed, .komet-warning) .komet-old": {
            "display": "inline-block",
            "max-width": "45%",
            "overflow": "hidden",
            "text-overflow": "ellipsis",
            "vertical-align": "bottom",
        },
        ".komet-kept .komet-old": {"text-decoration": "none"},
        ".ag-cell.komet-focused": {"box-shadow": f"inset 0 0 0 3px {colours.accent}"},
    }
    for colour, ink in colours.headers.items():
        css |= _header(colour, ink, header_words(colour, blue_required))
    css |= _error(colours.error) | _warning(colours.warning, colours.page) | _changed(colours.changed)
    return css | _focus(colours) | _list(colours) | _unsaved(colours.warning, colours.page)


def _header(colour: Colour, ink: Ink, words: str) -> Css:
    header = f".ag-header-cell.komet-{colour.value}"
    return {
        header: {
            "background-color": ink.background,
            "color": ink.text,
            "border-top": f"3px solid {ink.line}",
        },
        f"{header} .ag-header-cell-label": {
            "flex-direction": "column",
            "align-items": "flex-start",
            "justify-content": "center",
        },
        f"{header} .ag-header-cell-label::after": {
            "content": f'"{words}"',
            "font-size": "11.5px",
            "font-weight": "400",
            "line-height": "14px",
        },
        f"{header} .ag-header-cell-text": {"line-height": "17px"},
    }


def _corner(sign: str, ink: Ink, on: str) -> dict[str, str]:
    return {
        "content": f'"{sign}"',
        "position": "absolute",
        "top": "0",
        "right": "0",
        "width": "13px",
        "height": "13px",
        "font-size": "9px",
        "line-height": "13px",
        "text-align": "center",
        "color": on,
        "background": ink.line,
    }


def _error(ink: Ink) -> Css:
    return {
        ".ag-cell.komet-error": {
            "background-color": ink.background,
            "color": ink.text,
            "box-shadow": f"inset 0 0 0 2px {ink.line}",
        },
        ".ag-cell.komet-error.komet-focused": {"box-shadow": f"inset 0 0 0 3px {ink.line}"},
        ".ag-cell.komet-error:not(.ag-cell-inline-editing)::after": _corner("!", ink, ink.background),
    }


def _warning(ink: Ink, page: str) -> Css:
    return {
        ".ag-cell.komet-warning": {
            "background-color": ink.background,
            "color": ink.text,
            "box-shadow": f"inset 0 -2px 0 {ink.line}",
        },
        ".ag-cell.komet-warning.komet-focused": {"box-shadow": f"inset 0 0 0 3px {ink.line}"},
        ".ag-cell.komet-warning:not(.ag-cell-inline-editing)::after": _corner("▲", ink, page),
    }


def _changed(ink: Ink) -> Css:
    return {
        ".ag-cell.komet-changed": {"background-color": ink.background, "color": ink.text},
        ".ag-cell.komet-changed:not(.ag-cell-inline-editing)::after": {
            "content": '""',
            "position": "absolute",
            "top": "0",
            "left": "0",
            "border-top": f"7px solid {ink.line}",
            "border-right": "7px solid transparent",
        },
    }


def _focus(colours: Palette) -> Css:
    """Where one stands is seen beside every mark."""
    ring = {
        "outline": f"2px solid {colours.text} !important",
        "outline-offset": "-2px",
        "border-color": "transparent !important",
    }
    return {".ag-cell-focus:not(.ag-cell-inline-editing)": ring}


def _list(colours: Palette) -> Css:
    """What a cell is chosen from, the words in place of rows, and what is for ears alone."""
    return {
        ".komet-input": {
            "width": "100%",
            "height": "100%",
            "padding": "0 8px",
            "border": "0",
            "outline": f"2px solid {colours.accent}",
            "outline-offset": "-2px",
            "font": "inherit",
            "color": colours.text,
            "background": colours.page,
        },
        ".komet-list": {
            "position": "fixed",
            "z-index": "10",
            "overflow-y": "auto",
            "box-sizing": "border-box",
            "padding": "4px 0",
            "border": f"1px solid {colours.line}",
            "border-radius": "6px",
            "box-shadow": "0 4px 12px rgba(0, 0, 0, .25)",
            "font": '14px "Source Sans Pro", sans-serif',
            "color": colours.text,
            "background": colours.page,
        },
        ".komet-option": {
            "padding": "5px 12px",
            "cursor": "pointer",
            "max-width": "26rem",
            "overflow": "hidden",
            "text-overflow": "ellipsis",
            "white-space": "nowrap",
        },
        ".komet-option:hover": {"background": colours.header},
        '.komet-option[aria-selected="true"]': {
            "background": colours.changed.background,
            "color": colours.changed.text,
        },
        "#empty:not(:empty)": {
            "position": "fixed",
            "inset": "90px 0 auto 0",
            "padding": "0 2rem",
            "text-align": "center",
            "font": '15px "Source Sans Pro", sans-serif',
            "color": colours.quiet_text,
        },
        "#said": {
            "position": "fixed",
            "width": "1px",
            "height": "1px",
            "overflow": "hidden",
            "clip-path": "inset(50%)",
        },
    }


def _unsaved(ink: Ink, page: str) -> Css:
    """The cells, and the sentence about them at the bottom of the grid."""
    return {
        ".ag-cell.komet-unsaved": {"outline": f"1px dashed {ink.line}", "outline-offset": "-2px"},
        ".ag-cell.komet-unsaved:not(.ag-cell-inline-editing)::after": {
            "content": f'"{not_saved()}"',
            "position": "absolute",
            "top": "auto",
            "bottom": "2px",
            "right": "2px",
            "left": "auto",
            "width": "auto",
            "height": "auto",
            "border": "0",
            "padding": "0 4px",
            "font-size": "10px",
            "line-height": "13px",
            "color": page,
            "background": ink.line,
        },
        "#unsaved:not(:empty)": {
            "position": "fixed",
            "bottom": "20px",
            "left": "50%",
            "transform": "translateX(-50%)",
            "z-index": "1",
            "padding": "6px 12px",
            "border": f"1px solid {ink.line}",
            "border-radius": "6px",
            "font": '14px "Source Sans Pro", sans-serif',
            "color": ink.text,
            "background": ink.background,
        },
    }
