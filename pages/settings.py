"""Setup › Settings: the company, its lists, e-mail and limits, for administrators (`?section=Lists` opens one)."""

from komet_import.language import _
from komet_import.ui.settings.screen import settings_screen
from komet_import.ui.wiring import errors_shown, require_desk

desk = require_desk()

with errors_shown(_("Settings")):
    settings_screen(desk)
