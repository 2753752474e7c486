"""What leaves the house to protect a member's rights: only in a case, only what is needed, only
to somebody in it (P37)."""

import datetime as dt
from collections.abc import Collection
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from cases.kinds import Type
from cases.models import Case, CaseDisclosure, CaseEvent, Document, Participant
from cases.services.trail import CannotDo, log, reasoned, running
from ledarna_gdpr.privacy import Condition, LegalBasis
from ledarna_gdpr.privacy.words import EEA

Role = Participant.ROLE
#: Those against whom, with whom or before whom the member's rights are protected.
RECIPIENTS = {
    Role.EMPLOYER,
    Role.MANAGER,
    Role.HR,
    Role.COUNSEL,
    Role.AUTHORITY,
    Role.EMPLOYERS_ORGANISATION,
}


@transaction.atomic
def disclose(
    case: Case,
    to: Participant,
    *,
    data: str,
    necessity: str,
    by: Any,
    at: dt.datetime,
    documents: Collection[Document] = (),
    country: str = "SE",
    safeguard: str = "",
    basis: str = LegalBasis.CONTRACT,
    condition: str = Condition.LEGAL_CLAIMS,
) -> CaseDisclosure:
    """Record a disclosure to a participant; with a protected identity, prepare it for a second
    person to approve. ``data`` says in words what is disclosed. Raises ``CannotDo``."""
    case = running(case)
    if case.facts.type != Type.EMPLOYMENT:
        raise CannotDo(_("Nothing is disclosed from cases of this kind."))
    if to.case_id != case.pk or to.role not in RECIPIENTS:
        raise CannotDo(_("Choose a participant of the case to whom it may be disclosed."))
    if not data.strip():
        raise CannotDo(_("Say what is disclosed."))
    if country not in EEA and not safeguard.strip():
        raise CannotDo(_("Name the safeguard of the transfer (Chapter V)."))
    chosen = {document.pk for document in documents}
    allowed = set(
        case.documents.filter(pk__in=chosen, is_privileged=False).values_list("pk", flat=True)
    )
    if chosen != allowed:
        raise CannotDo(_("A document that is marked as legal strategy is not disclosed."))
    disclosure = CaseDisclosure.objects.create(
        case=case,
        participant=to,
        country=country,
        safeguard=safeguard.strip(),
        data=data.strip(),
        documents=sorted(chosen),
        necessity=reasoned(necessity),
        basis=basis,
        condition=condition,
        requested_by=by,
        requested_at=at,
    )
    if not case.member.is_protected:
        _leaves(disclosure, by=by, at=at)
    return disclosure


@transaction.atomic
def approve_disclosure(disclosure: CaseDisclosure, *, by: Any, at: dt.datetime) -> CaseDisclosure:
    """Let a protected person's data leave, as the second of two people. Raises ``CannotDo``."""
    running(disclosure.case)
    disclosure = CaseDisclosure.objects.select_for_update(of=("self",)).get(pk=disclosure.pk)
    if disclosure.disclosed_at is not None:
        raise CannotDo(_("The data have left already."))
    if disclosure.requested_by_id == by.pk:
        raise CannotDo(_("Someone else must approve the disclosure."))
    if not by.has_perm("members.handle_protected"):
        raise CannotDo(_("Your role does not handle protected identities."))
    disclosure.approved_by, disclosure.approved_at = by, at
    _leaves(disclosure, by=by, at=at)
    return disclosure


def _leaves(disclosure: CaseDisclosure, *, by: Any, at: dt.datetime) -> None:
    to = disclosure.participant
    if to is None:
        raise CannotDo(_("The recipient is no longer in the case."))
    disclosure.recipient_name = to.organisation or to.name
    disclosure.disclosed_at = at
    disclosure.save()
    log(disclosure.case, CaseEvent.Kind.DISCLOSED, by=by, at=at)
