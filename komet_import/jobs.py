"""Background work: a thread that wakes up use cases. The truth is in the database, so a lost wake-up loses nothing."""

from __future__ import annotations

import logging
import threading

from komet_import import post
from komet_import.desk import open_desk
from komet_import.errors import KometError
from komet_import.settings import Settings
from komet_import.store.database import Database

log = logging.getLogger(__name__)
SWEEP_SECONDS = 30.0


class Postman:
    """Sends what is due in the outbox, when called and every half minute."""

    def __init__(self, settings: Settings, database: Database) -> None:
        self._settings = settings
        self._database = database
        self._called = threading.Event()
        threading.Thread(target=self._walk, name="postman", daemon=True).start()

    def call(self) -> None:
        """There is something to send now."""
        self._called.set()

    def _walk(self) -> None:
        while True:
            self._called.wait(SWEEP_SECONDS)
            self._called.clear()
            try:
                post.deliver(open_desk(self._settings, self._database))
            except KometError as error:
                log.warning("The outbox waits: %s", error)
