"""Setup › Customers: what is stored, and how it came to be. The chosen customer's ID is in the address."""

from komet_import.language import _
from komet_import.ui.customers.screen import customers_screen
from komet_import.ui.wiring import errors_shown, require_desk

desk = require_desk()

with errors_shown(_("Customers")):
    customers_screen(desk)
