"""The record of processing activities, in the order of Art. 30(1), from the declarations."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from dsar import notice, periods, recipients
from ledarna_gdpr.privacy import Condition, registry

HEADINGS = (
    "purpose",
    "description",
    "notice",
    "legal_basis",
    "condition",
    "persons",
    "categories",
    "recipients",
    "third_countries",
    "time_limits",
    "security",
)


@dataclass(frozen=True)
class Activity:
    """One purpose. ``notice`` is the heading that tells of it, empty where none does."""

    purpose: str
    description: str
    notice: str
    legal_basis: list[str]
    condition: list[str]
    persons: str
    categories: list[str]
    recipients: list[str]
    third_countries: list[str]
    time_limits: list[str]
    security: str

    @property
    def is_declared(self) -> bool:
        return bool(self.notice)


def activities() -> list[Activity]:
    """Every purpose that a declaration names. One query, for the periods in force."""
    in_force = periods.in_force()
    found = []
    for purpose in registry.purposes:
        declarations = registry.serving(purpose)
        receiving = recipients.known(purpose)
        found.append(
            Activity(
                purpose=str(purpose.title),
                description=str(purpose.description),
                notice=str(notice.HEADINGS.get(purpose.heading, "")),
                legal_basis=[str(basis.label) for basis in purpose.basis],
                condition=[str(Condition(c).label) for c in purpose.condition],
                persons=_("members, former members and applicants"),
                categories=[str(category.label) for category in registry.categories(purpose)],
                recipients=[recipients.in_words(told) for told in receiving],
                third_countries=recipients.transfers(receiving),
                time_limits=[
                    f"{d.title.capitalize()}: {periods.in_words(anchor, d, in_force)}"
                    f" ({anchor.rule.code}). {anchor.rule.reason}"
                    for d in declarations
                    for anchor in d.anchors_for(purpose)
                ],
                security=_(
                    "access by role, second factor for staff, read log, encryption of identity "
                    "numbers and answers, nightly sweep, erasure ledger"
                ),
            )
        )
    return found
