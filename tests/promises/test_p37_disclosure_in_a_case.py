"""P37: data leave for a negotiation only in a case, with a reason, and a protected identity only
when two people say so."""

import datetime as dt
import json

import pytest
from django.utils import timezone

from cases import services
from cases.models import CaseDisclosure
from cases.services import CannotDo
from dsar import access, roles
from tests.factories.cases import CaseFactory, DocumentFactory, ParticipantFactory
from tests.factories.members import StaffFactory

pytestmark = pytest.mark.django_db

NOW = timezone.make_aware(dt.datetime(2026, 11, 23, 12))


@pytest.fixture
def negotiator():
    return StaffFactory(roles=[roles.NEGOTIATOR, roles.PROTECTED_IDENTITIES])


def employer_in(case):
    return ParticipantFactory(case=case, number=1, role="employer", organisation="Norrvik AB")


def disclosed(case, to, by, **fields):
    right = {
        "data": "Namn, anställning och yrkanden",
        "necessity": "Arbetsgivaren måste veta vem tvisten gäller",
    }
    return services.disclose(case, to, by=by, at=NOW, **right | fields)


def told_recipients(case):
    found = access.collect([case.member_id], at=NOW)[case.member_id]
    return json.dumps(found["processing"], ensure_ascii=False)


def test_the_member_reads_who_got_what(negotiator):
    case = CaseFactory(kind="negotiation")
    papers = DocumentFactory(case=case)

    disclosure = disclosed(case, employer_in(case), negotiator, documents=[papers])

    assert disclosure.disclosed_at == NOW
    assert disclosure.documents == [papers.pk]
    assert "Norrvik AB" in told_recipients(case)
    assert case.events.get().kind == "disclosed"


@pytest.mark.parametrize(
    "wrong",
    [
        {"necessity": "för kort"},
        {"data": " "},
        {"country": "US"},
        {"to": "of another case"},
        {"to": "a witness"},
        {"documents": "privileged"},
        {"documents": "of another case"},
        {"kind": "leadership_coaching"},
        {"kind": "service"},
    ],
)
def test_without_case_reason_recipient_and_safeguard_nothing_leaves(wrong, negotiator):
    wrong = dict(wrong)
    case = CaseFactory(kind=wrong.pop("kind", "negotiation"))
    to = {
        "of another case": lambda: employer_in(CaseFactory()),
        "a witness": lambda: ParticipantFactory(case=case, role="witness"),
    }.get(wrong.pop("to", ""), lambda: employer_in(case))()
    papers = {
        "of another case": lambda: DocumentFactory(),
        "privileged": lambda: DocumentFactory(case=case, is_from_member=False, is_privileged=True),
    }
    if "documents" in wrong:
        wrong["documents"] = [papers[wrong["documents"]]()]
    with pytest.raises(CannotDo):
        disclosed(case, to, negotiator, **wrong)
    assert not CaseDisclosure.objects.exists()


def test_a_protected_identity_leaves_when_a_second_person_says_so(negotiator):
    case = CaseFactory(kind="negotiation", member__protected=True)
    waiting = disclosed(case, employer_in(case), negotiator)
    assert (waiting.disclosed_at, waiting.recipient_name) == (None, "")
    assert "Norrvik AB" not in told_recipients(case)

    with pytest.raises(CannotDo, match="Någon annan"):
        services.approve_disclosure(waiting, by=negotiator, at=NOW)
    with pytest.raises(CannotDo, match="skyddade"):
        services.approve_disclosure(waiting, by=StaffFactory(roles=[roles.NEGOTIATOR]), at=NOW)

    second = StaffFactory(roles=[roles.NEGOTIATOR, roles.PROTECTED_IDENTITIES])
    services.approve_disclosure(waiting, by=second, at=NOW)

    assert "Norrvik AB" in told_recipients(case)
    with pytest.raises(CannotDo, match="redan"):
        services.approve_disclosure(waiting, by=second, at=NOW)
