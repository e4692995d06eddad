"""What of a company decides how its files are read: locations, lists, one location or several."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import cached_property
from zoneinfo import ZoneInfo


@dataclass(frozen=True)
class Location:
    """`code` has at most 10 characters; an inactive location can be stored already but not given any more."""

    code: str
    name: str
    active: bool = True


@dataclass(frozen=True)
class Company:
    """`lists` holds the active values of each "company list" column by its key; `version` rises with every change."""

    company_id: int
    version: int
    name: str
    multi_location: bool
    time_zone: str
    locations: tuple[Location, ...]
    lists: Mapping[str, tuple[str, ...]]

    @cached_property
    def active_locations(self) -> tuple[str, ...]:
        """Their codes, in the company's order."""
        return tuple(location.code for location in self.locations if location.active)

    @property
    def zone(self) -> ZoneInfo:
        """Times are stored in UTC and shown in this."""
        return ZoneInfo(self.time_zone)

    def local(self, moment: datetime) -> datetime:
        """The moment as the company's clocks show it."""
        return moment.astimezone(self.zone)


class Role(StrEnum):
    """What a person may do: each role may do what the one before it may."""

    ANALYST = "analyst"
    MANAGER = "manager"
    ADMINISTRATOR = "administrator"


@dataclass(frozen=True)
class Person:
    """Somebody of one company, known by e-mail address."""

    person_id: int
    company_id: int
    email: str
    name: str
    role: Role
