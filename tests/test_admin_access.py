"""Who sees what in the admin: every address, every role (law 11, P43)."""

import datetime as dt

import pytest
from django.utils import timezone

from dsar import roles
from dsar.models import (
    DataProtectionOfficer,
    LegalHold,
    NoticeVersion,
    PeriodChange,
    Receipt,
    SubjectRequest,
    SweepRun,
)
from members.models import (
    Application,
    Fee,
    LoginRecord,
    Member,
    MembershipPeriod,
    Payment,
    ReadLog,
    User,
)
from tests.admin_addresses import addresses
from tests.factories.choices import (
    BounceFactory,
    ConsentFactory,
    MailingFactory,
    ObjectionFactory,
    SuppressionFactory,
)
from tests.factories.dsar import SubjectRequestFactory
from tests.factories.members import (
    ApplicationFactory,
    FeeFactory,
    FollowUpFactory,
    MemberFactory,
    PaymentFactory,
    StaffFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db

#: A word that only this record's pages may hold.
MARKS = {
    "member": "Medlemsson",
    "application": "Ansökansson",
    "request": "begäransson@example.org",
    "hold": "Tvist om Stoppsson",
    "protected": "Skyddsson",
    "mailing": "Nyhetsbrevsson",
}
SEES = {
    None: set(),
    roles.COMMUNICATIONS: {"mailing"},
    roles.PROTECTED_IDENTITIES: set(),
    roles.FINANCE: {"member"},
    roles.MEMBER_SERVICE: {"member", "application", "request"},
    roles.PRIVACY_OFFICE: {"member", "request", "hold"},
    roles.DATA_PROTECTION_OFFICER: {
        "member", "application", "request", "hold", "protected", "mailing",
    },
}  # fmt: skip
#: What any employee reaches: the empty desk, her own password, the texts of the scripts.
FOR_EVERY_EMPLOYEE = {"/admin/", "/admin/jsi18n/", "/admin/password_change/"}
FOR_EVERY_EMPLOYEE |= {"/admin/password_change/done/", "/admin/login/"}


@pytest.fixture
def register():
    """One row of each kind; gives the key of a row for each model."""
    now, today = timezone.now(), timezone.localdate()
    member = MemberFactory(family_name=MARKS["member"], numbered=True)
    MemberFactory(family_name=MARKS["protected"], protected=True)
    user = UserFactory(member=member)
    rows = [
        member,
        user,
        FeeFactory(member=member),
        PaymentFactory(member=member),
        ApplicationFactory(family_name=MARKS["application"]),
        SubjectRequestFactory(member=member, contact=MARKS["request"], kind="erasure"),
        MembershipPeriod.objects.get(member=member),
        LoginRecord.objects.create(user=user, at=now, method="code", succeeded=True),
        ReadLog.objects.create(at=now, subject_id=member.pk, view="x", purpose="x"),
        LegalHold.objects.create(
            member=member, reason=MARKS["hold"], set_on=today, until=today + dt.timedelta(days=9)
        ),
        PeriodChange.objects.create(
            rule="R1", months=1, reason="x" * 15, proposed_by=StaffFactory(), proposed_at=now
        ),
        SweepRun.objects.create(on=today, started_at=now, heartbeat_at=now, finished_at=now),
        Receipt.objects.create(at=now, model="members.Member", outcome="erased", count=1),
        NoticeVersion.objects.create(
            version="1", language="sv", valid_from=today, text="x", sha256="x"
        ),
        DataProtectionOfficer.objects.create(name="Binta", valid_from=today),
        MailingFactory(subject=MARKS["mailing"]),
        ObjectionFactory(member=member),
        FollowUpFactory(period__member=member),
        ConsentFactory(member=member),
        BounceFactory(member=member),
        SuppressionFactory(),
    ]
    return {type(row): row.pk for row in rows}


def what_is_seen(client, register):
    """The answers to every address, by GET and by an empty POST, and the records they show."""
    answers, seen = {}, set()
    for address in sorted(set(addresses(register)) - {"/admin/logout/"}):
        for method in (client.get, client.post):
            response = method(address)
            assert response.status_code < 500, address
            answers[method.__name__, address] = response.status_code
            seen |= {name for name, mark in MARKS.items() if mark in response.text}
    return answers, seen


@pytest.mark.parametrize("role", SEES, ids=str)
def test_each_role_sees_what_is_hers_and_no_more(client, register, role):
    client.force_login(StaffFactory(roles=[role] if role else []))
    before = counts()

    answers, seen = what_is_seen(client, register)

    assert seen == SEES[role]
    if not seen:
        reached = {address for (_method, address), status in answers.items() if status == 200}
        assert reached == FOR_EVERY_EMPLOYEE
        assert counts() == before


def test_a_superuser_reaches_every_page(client, register):
    client.force_login(StaffFactory(is_superuser=True))

    _answers, seen = what_is_seen(client, register)

    assert seen == set(MARKS)


def test_nobody_comes_in_without_logging_in(client, register):
    before = counts()

    answers, seen = what_is_seen(client, register)

    assert seen == set()
    assert set(answers.values()) <= {302, 403, 404}
    assert counts() == before


def test_a_member_does_not_come_in(client, register):
    client.force_login(User.objects.get(pk=register[User]))

    answers, seen = what_is_seen(client, register)

    assert seen == set()
    assert 200 not in {
        status for (_method, address), status in answers.items() if "jsi18n" not in address
    }


def test_an_absent_row_and_a_forbidden_one_are_answered_alike(client, register):
    """Where a role may look at all, what it may not see is as absent as what is not there."""
    client.force_login(StaffFactory(roles=[roles.MEMBER_SERVICE]))
    protected = Member.objects.get(protection="confidential").pk

    for address in addresses({Member: protected}):
        if f"/{protected}/" in address:
            absent = client.get(address.replace(f"/{protected}/", "/999999999/"))
            forbidden = client.get(address)
            assert forbidden.status_code == absent.status_code, address
            assert forbidden.headers.get("Location") == absent.headers.get("Location")


def counts():
    models = [Member, Application, Fee, Payment, SubjectRequest, LegalHold, PeriodChange, ReadLog]
    return [model._base_manager.count() for model in models]
