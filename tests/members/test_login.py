"""Logging in by code and by password, and what a stranger learns from it: nothing (law 9)."""

import datetime as dt
import re
from urllib.parse import urlsplit

import pytest
import time_machine
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from dsar import roles
from members.accounts import holders
from members.models import LoginRecord, Member, OutgoingMail, Session, User
from tests.factories.members import MemberFactory, StaffFactory, UserFactory

pytestmark = pytest.mark.django_db

PASSWORD = "Ett-eget-l0senord"
STRANGER = "stranger@example.org"
WHO = {
    "a member without an account": lambda: MemberFactory().email,
    "a member with an account": lambda: UserFactory().member.email,
    "a member with a password": lambda: with_password(UserFactory()).member.email,
    "a former member": lambda: MemberFactory(left=dt.date(2026, 1, 31)).email,
    "a protected member": lambda: MemberFactory(protected=True).email,
    "a restricted member": lambda: MemberFactory(restricted_at=dt.datetime.now(dt.UTC)).email,
    "a closed account": lambda: UserFactory(is_active=False).member.email,
    "an employee": lambda: with_password(StaffFactory()).email,
}


def with_password(user):
    user.set_password(PASSWORD)
    user.save()
    return user


@pytest.fixture(autouse=True)
def cheap_hashing(settings):
    settings.PASSWORD_HASHERS = ["tests.members.test_login.CountingHasher"]


def latest_code():
    return re.search(r"\d{4} \d{4}", OutgoingMail.objects.latest("pk").body)[0]


def ask(client, address, page="account_login", **query):
    return client.post(reverse(page, query=query), {"email": address})


def answer(client, code, **kwargs):
    return client.post(reverse("account_confirm_code"), {"code": code}, **kwargs)


def log_in(client, address):
    ask(client, address)
    return answer(client, latest_code())


def logged_in_as(client):
    return int(client.session["_auth_user_id"]) if "_auth_user_id" in client.session else None


class CountingHasher(PBKDF2PasswordHasher):
    iterations = 1
    hashings = 0

    def encode(self, *args, **kwargs):
        type(self).hashings += 1
        return super().encode(*args, **kwargs)


class Observed:
    """All that the other side of a page can see, and what the database did for it."""

    def __init__(self, address, request):
        client = Client()
        # Otherwise the tenth run would meet the limit on attempts from one address.
        request.getfixturevalue("settings").ACCOUNT_RATE_LIMITS = False
        self.address, self.client = address, client

    def post(self, page, **data):
        rows = self.rows()
        with CaptureQueriesContext(
            connection,
        ) as queries:
            response = self.client.post(reverse(page), data)
        return {
            "status": response.status_code,
            "location": response.headers.get("Location"),
            "headers": sorted(set(response.headers) - {"Content-Length"}),
            "cookies": {
                name: {k: v for k, v in morsel.items() if k != "expires"}
                for name, morsel in response.cookies.items()
            },
            "body": self.neutral(response.content.decode()),
            "then": self.neutral(self.client.get(response.headers["Location"]).content.decode())
            if "Location" in response.headers
            else "",
            "queries": [self.shape(query["sql"]) for query in queries],
            "new rows": {name: after - rows[name] for name, after in self.rows().items()},
        }

    def rows(self):
        models = (OutgoingMail, LoginRecord, Session, User)
        return {model.__name__: model.objects.count() for model in models}

    def neutral(self, page):
        page = page.replace(self.address, "ADDRESS")
        return re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "CSRF", page)

    @staticmethod
    def shape(sql):
        return re.sub(r"\d+", "N", re.sub(r"'[^']*'", "S", sql))


@pytest.mark.parametrize("who", WHO)
@pytest.mark.parametrize("page", ["account_login", "account_reset_password"])
def test_asking_for_a_code_is_the_same_for_everyone(request, who, page):
    address = WHO[who]()

    theirs = Observed(address, request).post(page, email=address)
    strangers = Observed(STRANGER, request).post(page, email=STRANGER)

    assert theirs == strangers
    assert theirs["status"] == 302
    assert theirs["new rows"] == {"OutgoingMail": 1, "LoginRecord": 0, "Session": 1, "User": 0}


@pytest.mark.parametrize("who", WHO)
def test_a_wrong_password_is_the_same_for_everyone(request, who):
    address = WHO[who]()

    page = "account_login_password"
    theirs = Observed(address, request).post(page, login=address, password="fel")
    strangers = Observed(STRANGER, request).post(page, login=STRANGER, password="fel")

    assert theirs == strangers
    assert "E-postadressen eller lösenordet är fel." in theirs["body"]
    assert theirs["new rows"]["LoginRecord"] == 1


@pytest.mark.parametrize("who", WHO)
def test_a_wrong_password_costs_one_hashing_whoever_it_is(who):
    address = WHO[who]()
    CountingHasher.hashings = 0

    Client().post(reverse("account_login_password"), {"login": address, "password": "fel"})
    theirs = CountingHasher.hashings
    CountingHasher.hashings = 0
    Client().post(reverse("account_login_password"), {"login": STRANGER, "password": "fel"})

    assert theirs == CountingHasher.hashings == 1


@pytest.mark.parametrize("who", WHO)
def test_a_wrong_code_is_the_same_for_everyone(request, who):
    address = WHO[who]()
    theirs, strangers = Observed(address, request), Observed(STRANGER, request)
    theirs.post("account_login", email=address)
    strangers.post("account_login", email=STRANGER)

    page = "account_confirm_code"
    assert theirs.post(page, code="1") == strangers.post(page, code="1")


class TestCode:
    def test_a_members_first_log_in_makes_her_account(self, client):
        member = MemberFactory(email="anna@example.org")

        response = log_in(client, " Anna@Example.org")

        assert response.headers["Location"] == reverse("my_pages")
        assert logged_in_as(client) == member.user.pk
        assert not member.user.has_usable_password()
        assert member.user.email is None

    def test_the_second_log_in_is_to_the_same_account(self, client):
        member = MemberFactory()
        log_in(Client(), member.email)

        log_in(client, member.email)

        assert User.objects.get().pk == logged_in_as(client)

    def test_a_former_member_gets_in(self, client):
        member = MemberFactory(left=dt.date(2026, 1, 31))

        log_in(client, member.email)

        assert logged_in_as(client) == member.user.pk

    def test_a_protected_member_gets_in(self, client):
        member = MemberFactory(protected=True)

        log_in(client, member.email)

        assert logged_in_as(client) == member.user.pk

    @pytest.mark.parametrize(
        "address",
        [
            lambda: STRANGER,
            lambda: MemberFactory(restricted_at=dt.datetime.now(dt.UTC)).email,
            lambda: UserFactory(member__restricted_at=dt.datetime.now(dt.UTC)).member.email,
            lambda: UserFactory(is_active=False).member.email,
        ],
        ids=["stranger", "restricted", "restricted with account", "closed"],
    )
    def test_whoever_has_no_account_is_told_so_once_the_mailbox_is_proved(self, client, address):
        response = log_in(client, address())

        assert "ingen kan logga in med den e-postadressen" in response.content.decode()
        assert logged_in_as(client) is None

    def test_an_employee_lands_in_the_admin(self, client):
        staff = StaffFactory()

        response = log_in(client, staff.email)

        assert response.headers["Location"] == reverse("admin:index")
        assert logged_in_as(client) == staff.pk

    def test_the_address_in_the_register_counts_at_once(self, client):
        user = UserFactory(member__email="old@example.org")
        log_in(Client(), "old@example.org")
        Member.objects.update(email="new@example.org")

        log_in(client, "old@example.org")
        assert logged_in_as(client) is None

        log_in(client, "new@example.org")
        assert logged_in_as(client) == user.pk

    def test_a_code_works_once(self, client):
        ask(client, MemberFactory().email)
        code = latest_code()
        other = Client()
        other.cookies = client.cookies.copy()
        answer(client, code)

        answer(other, code)

        assert logged_in_as(other) is None

    def test_a_code_works_only_in_the_browser_that_asked(self, client):
        ask(Client(), MemberFactory().email)

        answer(client, latest_code())

        assert logged_in_as(client) is None

    @pytest.mark.parametrize(("minutes", "gets_in"), [(14.9, True), (15, False)])
    def test_a_code_is_good_for_fifteen_minutes(self, client, minutes, gets_in):
        with time_machine.travel("2026-11-23T08:00:00Z", tick=False) as clock:
            ask(client, MemberFactory().email)
            clock.shift(dt.timedelta(minutes=minutes))

            answer(client, latest_code())

            assert (logged_in_as(client) is not None) == gets_in

    @pytest.mark.parametrize(("wrong", "gets_in"), [(2, True), (3, False)])
    def test_three_wrong_codes_end_it(self, client, wrong, gets_in):
        ask(client, MemberFactory().email)
        for _attempt in range(wrong):
            answer(client, "00000000")

        answer(client, latest_code())

        assert (logged_in_as(client) is not None) == gets_in

    def test_the_code_may_be_typed_with_or_without_its_space(self, client):
        ask(client, MemberFactory().email)

        answer(client, latest_code().replace(" ", ""))

        assert logged_in_as(client) is not None

    def test_too_many_codes_to_one_address_are_refused_in_swedish(self, client):
        for _time in range(3):
            ask(Client(), STRANGER)

        response = ask(client, STRANGER)

        assert "Du har bett om flera koder." in response.content.decode()
        assert OutgoingMail.objects.count() == 3

    def test_it_leads_back_to_where_one_was_going(self, client):
        ask(client, MemberFactory().email, next="/mina-sidor/uppgifter/")

        assert answer(client, latest_code()).headers["Location"] == "/mina-sidor/uppgifter/"

    @pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example/"])
    def test_it_leads_nowhere_else(self, client, elsewhere):
        ask(client, MemberFactory().email, next=elsewhere)

        assert answer(client, latest_code()).headers["Location"] == reverse("my_pages")

    def test_the_mail_names_nobody(self, client):
        member = MemberFactory()
        ask(client, member.email)

        mail = OutgoingMail.objects.get()

        for value in (member.given_names, member.family_name, str(member.member_number)):
            assert value not in mail.subject + mail.body

    def test_what_is_no_address_is_refused_in_the_form(self, client):
        response = ask(client, "anna")

        assert response.status_code == 200
        assert "Fyll i en giltig e-postadress." in response.content.decode()
        assert not OutgoingMail.objects.exists()


class TestPassword:
    def log_in(self, client, user, password=PASSWORD):
        address = holders.address_of(user)
        page = reverse("account_login_password")
        return client.post(page, {"login": address, "password": password})

    def test_a_member_gets_in(self, client):
        user = with_password(UserFactory())

        response = self.log_in(client, user)

        assert response.headers["Location"] == reverse("my_pages")
        assert logged_in_as(client) == user.pk

    def test_an_employee_gets_in(self, client):
        user = with_password(StaffFactory())

        assert self.log_in(client, user).headers["Location"] == reverse("admin:index")

    @pytest.mark.parametrize("field", ["restricted_at", "reduced_at"])
    def test_whoever_is_restricted_does_not(self, client, field):
        user = with_password(UserFactory())
        Member.objects.update(**{field: dt.datetime.now(dt.UTC)})

        response = self.log_in(client, user)

        assert "E-postadressen eller lösenordet är fel." in response.content.decode()

    def test_the_sixth_attempt_within_five_minutes_is_refused_also_when_right(self, client):
        user = with_password(UserFactory())
        for _attempt in range(5):
            self.log_in(client, user, "fel")

        response = self.log_in(client, user)

        assert "För många misslyckade försök." in response.content.decode()
        assert logged_in_as(client) is None


class TestNewPassword:
    def choose(self, client, password):
        page = reverse("account_set_password")
        return client.post(page, {"new_password1": password, "new_password2": password})

    def test_a_member_who_never_had_one_chooses_one_after_a_code(self, client):
        member = MemberFactory()
        ask(client, member.email, page="account_reset_password")
        assert answer(client, latest_code()).headers["Location"] == reverse("account_set_password")

        self.choose(client, PASSWORD)

        assert User.objects.get(member=member).check_password(PASSWORD)

    def test_it_ends_the_accounts_other_sessions(self, client):
        member = MemberFactory()
        elsewhere = Client()
        log_in(elsewhere, member.email)
        log_in(client, member.email)

        self.choose(client, PASSWORD)

        assert client.get(reverse("account_prove")).status_code == 200
        assert elsewhere.get(reverse("account_prove")).status_code == 302

    def test_a_weak_one_is_refused_in_swedish(self, client):
        log_in(client, MemberFactory().email)

        response = self.choose(client, "123456")

        assert "Det här lösenordet är för kort." in response.content.decode()

    def test_a_password_log_in_alone_does_not_choose_a_new_one(self, client):
        user = with_password(UserFactory())
        TestPassword().log_in(client, user)

        response = self.choose(client, "Ett-annat-l0senord")

        assert urlsplit(response.headers["Location"]).path == reverse("account_prove")
        user.refresh_from_db()
        assert user.check_password(PASSWORD)

    def test_a_code_returned_ten_minutes_ago_is_asked_for_again(self, client):
        with time_machine.travel("2026-11-23T08:00:00Z", tick=False) as clock:
            log_in(client, MemberFactory().email)
            clock.shift(dt.timedelta(minutes=10))

            response = client.get(reverse("account_set_password"))
            client.post(response.headers["Location"])

            assert (
                answer(client, latest_code()).headers["Location"] == response.request["PATH_INFO"]
            )
            assert client.get(reverse("account_set_password")).status_code == 200


class TestNewAddress:
    def ask(self, client, address):
        return client.post(reverse("account_change_email"), {"email": address})

    def test_it_counts_when_its_code_has_been_returned(self, client):
        member = MemberFactory(email="old@example.org")
        log_in(client, member.email)

        self.ask(client, "New@example.org")
        member.refresh_from_db()
        assert member.email == "old@example.org"
        answer(client, latest_code())

        member.refresh_from_db()
        assert member.email == "new@example.org"
        assert member.provenance["email"][0] == "self_service"
        warning = OutgoingMail.objects.latest("pk")
        assert (warning.to, warning.member) == ("old@example.org", member)
        assert "new@example.org" not in warning.body

    def test_one_that_another_member_has_looks_the_same_and_changes_nothing(self, client):
        MemberFactory(email="taken@example.org")
        member = MemberFactory(email="old@example.org")
        log_in(client, member.email)

        free, taken = self.ask(client, "free@example.org"), self.ask(client, "taken@example.org")
        assert (free.status_code, free.headers["Location"]) == (
            taken.status_code,
            taken.headers["Location"],
        )
        response = answer(client, latest_code())

        member.refresh_from_db()
        assert member.email == "old@example.org"
        assert response.status_code == 302

    def test_an_employee_has_none_to_change(self, client):
        client.force_login(StaffFactory())

        assert client.get(reverse("account_change_email")).status_code == 404


class TestRecords:
    def latest(self):
        return LoginRecord.objects.latest("pk")

    def test_a_success_is_the_accounts_with_method_and_address(self, client):
        member = MemberFactory()

        log_in(client, member.email)

        record = self.latest()
        assert (record.user, record.method, record.ip_address, record.succeeded) == (
            member.user,
            "code",
            "127.0.0.1",
            True,
        )

    @pytest.mark.parametrize("way", ["code", "password"])
    def test_a_failure_is_nobodys(self, client, way):
        user = with_password(UserFactory())
        if way == "code":
            ask(client, user.member.email)
            answer(client, "00000000")
        else:
            TestPassword().log_in(client, user, "fel")

        record = LoginRecord.objects.get()
        assert (record.user, record.method, record.succeeded) == (None, way, False)

    @pytest.mark.parametrize(
        ("proxies", "expected"), [(0, "127.0.0.1"), (1, "203.0.113.7"), (2, "198.51.100.9")]
    )
    def test_only_our_own_proxies_are_believed(self, client, settings, proxies, expected):
        settings.ALLAUTH_TRUSTED_PROXY_COUNT = proxies
        ask(client, MemberFactory().email)

        forwarded = {"X-Forwarded-For": "192.0.2.66, 198.51.100.9, 203.0.113.7"}
        answer(client, latest_code(), headers=forwarded)

        assert self.latest().ip_address == expected


@pytest.mark.parametrize(
    "page",
    ["account_login", "account_login_password", "account_reset_password"],
)
def test_whoever_is_logged_in_is_led_on(client, page):
    client.force_login(UserFactory())

    assert client.get(reverse(page)).headers["Location"].startswith("/")


@pytest.mark.parametrize("path", ["/konto/signup/", "/konto/email/", "/konto/3rdparty/"])
def test_pages_of_the_library_that_make_no_sense_here_do_not_exist(client, path):
    client.force_login(UserFactory())

    assert client.get(path).status_code == 404


def test_the_log_of_log_ins_tells_in_words_how_they_were_made(client):
    LoginRecord.objects.create(at=timezone.now(), method="password+totp", succeeded=True)
    LoginRecord.objects.create(at=timezone.now(), method="freja", succeeded=True)
    client.force_login(StaffFactory(roles=[roles.DATA_PROTECTION_OFFICER]))

    listed = client.get(reverse("admin:members_loginrecord_changelist")).text

    assert "lösenord + kod från en app" in listed
    assert "freja" in listed
