"""What is done to a record: when its time has come, and when its person is erased."""

from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import Q

from ledarna_gdpr.privacy.words import Ground


@dataclass(frozen=True)
class Delete:
    """The row goes, with its history, its files and its traces."""


@dataclass(frozen=True, kw_only=True)
class Reduce:
    """The row stays as a stub: every personal field outside ``keep`` is emptied, history goes.

    ``markers`` names the date-time fields that are set when it is done.
    """

    keep: Collection[str]
    markers: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Anonymise:
    """The row stays without its person: the fields in ``empty`` and the link are emptied.

    Without a ``link`` of its own the row loses its person when the record it hangs on does.
    """

    empty: Collection[str] = ()
    link: str = ""


@dataclass(frozen=True, kw_only=True)
class Empty:
    """The row stays; only these fields are emptied. Narrow the anchor to rows that have them."""

    fields: Collection[str]


@dataclass(frozen=True)
class Retain:
    """Only as an answer to an erasure: the record is restricted until its own retention date.

    ``only`` narrows it to the records that have the ground; the others are deleted.
    """

    ground: Ground
    only: Q | None = None


@dataclass(frozen=True, kw_only=True)
class Scrub:
    """Only for whom a record merely mentions: the record is another's and stays as it is, but
    for the link to the erased person and the fields in ``empty``."""

    empty: Collection[str] = ()


Action = Delete | Reduce | Anonymise | Empty
