"""No click is lost: whatever a message from the browser says is taken, and its callbacks run, before the next one counts.

A click is said once, in one message. Streamlit 1.67 ends a run for a newer message at each of its pauses, and one of
them comes before the message's widgets are taken, another at each `st.session_state` in a callback: ended there, the
click was never made. With edits just before and after, 22 of 60 clicks went so. `runner.fastReruns = false` in
`.streamlit/config.toml` is the other half: a session's messages are taken one after another, never by two runs at once, and those
that wait are joined with the clicks in them.
"""

from __future__ import annotations

from functools import wraps
from typing import Any

from streamlit.runtime.state.safe_session_state import SafeSessionState


def keep_clicks() -> None:
    """For all sessions of this process; once is enough."""
    if not hasattr(SafeSessionState.on_script_will_rerun, "__wrapped__"):
        SafeSessionState.on_script_will_rerun = _without_a_pause()  # type: ignore[method-assign]


def _without_a_pause() -> Any:
    take = SafeSessionState.on_script_will_rerun

    @wraps(take)
    def take_whole(self: SafeSessionState, *message: Any, **more: Any) -> None:
        pause = self._yield_callback
        # Its own attributes are the session's values, so Streamlit too sets its fields in this way.
        object.__setattr__(self, "_yield_callback", _go_on)
        try:
            take(self, *message, **more)
        finally:
            object.__setattr__(self, "_yield_callback", pause)

    return take_whole


def _go_on() -> None:
    """In place of a pause."""
