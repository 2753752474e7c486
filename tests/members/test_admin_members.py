import datetime as dt

import pytest
from django.contrib.admin.models import LogEntry
from django.urls import reverse

from dsar import roles
from ledarna_gdpr.privacy import Source
from members.demo import numbers
from members.models import Member, ReadLog
from members.personnummer import hashed, written
from tests.factories.members import FeeFactory, MemberFactory, StaffFactory

pytestmark = pytest.mark.django_db

LIST = "/admin/members/member/"


@pytest.fixture
def officer(client):
    officer = StaffFactory(name="Maj Sund", roles=[roles.MEMBER_SERVICE])
    client.force_login(officer)
    return officer


def page(member, name="change"):
    return reverse(f"admin:members_member_{name}", args=[member.pk])


def search(client, text, address=LIST):
    """Search as the page's own form does; gives the answer and the address it ended at."""
    response = client.post(f"{address}search/", {"q": text}, follow=True)
    return response, response.redirect_chain[-1][0]


def form_of(client, member, **changes):
    """What the browser would send back for the change form, with some fields changed."""
    form = client.get(page(member)).context["adminform"].form
    data = {name: form[name].value() for name in form.fields}
    data |= {
        "periods-TOTAL_FORMS": 0,
        "periods-INITIAL_FORMS": 0,
        "fees-TOTAL_FORMS": 0,
        "fees-INITIAL_FORMS": 0,
        "payments-TOTAL_FORMS": 0,
        "payments-INITIAL_FORMS": 0,
    }
    return {name: value for name, value in (data | changes).items() if value is not None}


# --- the list -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "200001",
        "åbe",
        "ÅBERG",
        "Anna Ma",
        "Anna Maria Åb",
        "Åberg Anna",
        "anna.maria@",
        "anna.maria",
    ],
)
def test_search_finds_a_member_by_number_name_or_address(client, officer, text):
    MemberFactory(given_names="Bo", family_name="Öst", member_number=300001, email="bo@example.org")
    MemberFactory(
        given_names="Anna Maria",
        family_name="Åberg",
        member_number=200001,
        email="anna.maria@example.org",
    )

    response, _address = search(client, text)

    assert [row.member_number for row in response.context["cl"].result_list] == [200001]


@pytest.mark.parametrize("form", ["{0}", "{1}-{2}", "{3}{2}", "{3}-{2}"])
def test_search_finds_a_personnummer_however_it_is_written(client, officer, form):
    MemberFactory(numbered=True)
    digits = next(number for number in numbers.test_numbers() if number.startswith("198"))
    member = MemberFactory(personnummer=digits, personnummer_hash=hashed(digits))
    text = form.format(digits, digits[:8], digits[8:], digits[2:8])

    response, _address = search(client, text)

    assert response.context["cl"].result_list == [member]


def test_what_is_searched_for_never_stands_in_an_address(client, officer):
    for n in range(101):
        MemberFactory(given_names=f"Karl{n}", family_name="Hemligsson")

    response, address = search(client, "Hemligsson")

    assert "Hemligsson" not in address
    assert "?q=Hemlig" not in response.text
    assert 'value="Hemligsson"' in response.text
    assert "p=2" in response.text


def test_a_search_belongs_to_its_session(client, officer):
    MemberFactory(family_name="Hemligsson")
    _response, address = search(client, "Hemligsson")
    client.logout()
    client.force_login(StaffFactory(roles=[roles.MEMBER_SERVICE]))

    response = client.get(address)

    assert response.headers["Location"].endswith("?e=1")


def test_a_word_typed_into_the_address_is_not_searched_for(client, officer):
    MemberFactory(family_name="Hemligsson")

    assert client.get(f"{LIST}?q=Hemligsson").headers["Location"].endswith("?e=1")


def test_a_search_keeps_the_filter(client, officer):
    MemberFactory(family_name="Kvarn")
    gone = MemberFactory(family_name="Kvarn", left=dt.date(2025, 1, 31))

    response = client.post(f"{LIST}search/?membership=left", {"q": "Kvarn"}, follow=True)

    assert response.context["cl"].result_list == [gone]


@pytest.mark.parametrize(
    ("query", "expected"),
    [("membership=current", {1}), ("membership=left", {2, 3}), ("left=year", {2}), ("", {1, 2, 3})],
)
def test_filters_by_membership(client, officer, query, expected):
    today = dt.date.today()
    MemberFactory(member_number=1)
    MemberFactory(member_number=2, left=today - dt.timedelta(days=30))
    MemberFactory(member_number=3, left=today - dt.timedelta(days=500))

    rows = client.get(f"{LIST}?{query}").context["cl"].result_list

    assert {row.member_number for row in rows} == expected


def test_everyone_on_the_page_is_in_the_read_log_and_nobody_else(client, officer):
    shown = MemberFactory(family_name="Kvarn")
    MemberFactory(family_name="Öst")

    search(client, "Kvarn")

    row = ReadLog.objects.get()
    assert (row.subject_id, row.actor_id) == (shown.pk, officer.pk)
    assert row.view == "admin:members_member_changelist"


def test_the_list_is_not_shown_when_the_read_log_cannot_be_written(client, officer, monkeypatch):
    MemberFactory()

    def refuse(*args, **kwargs):
        raise OSError("the log is full")

    monkeypatch.setattr(ReadLog.objects, "bulk_create", refuse)

    with pytest.raises(OSError, match="full"):
        client.get(LIST)


def test_the_list_takes_as_many_queries_for_five_as_for_one(
    client, officer, django_assert_num_queries, django_assert_max_num_queries
):
    MemberFactory()
    client.get(LIST)
    with django_assert_max_num_queries(12) as one:
        client.get(LIST)
    for _ in range(4):
        MemberFactory()

    with django_assert_num_queries(len(one)):
        client.get(LIST)


@pytest.mark.parametrize("order", ["o=1", "o=-2", "o=4.1"])
def test_an_address_cannot_ask_for_a_slow_order(client, officer, order):
    first, second = MemberFactory(family_name="A"), MemberFactory(family_name="B")

    assert client.get(f"{LIST}?{order}").context["cl"].result_list == [second, first]


# --- protected identities -------------------------------------------------------------------------


def test_a_protected_identity_is_as_absent_as_one_that_is_not_there(client, officer):
    protected = MemberFactory(protected=True, family_name="Hemligsson", member_number=400001)
    absent = Member(pk=protected.pk + 1000)

    for name in ["change", "history", "reveal", "leave"]:
        answers = [client.get(page(member, name), follow=True) for member in (protected, absent)]
        texts = [
            answer.text.replace(str(member.pk), "N")
            for answer, member in zip(answers, (protected, absent), strict=True)
        ]
        assert "Hemligsson" not in texts[0]
        assert answers[0].redirect_chain == answers[1].redirect_chain
    for text in ["Hemligsson", "400001"]:
        response, _address = search(client, text)
        assert response.context["cl"].result_list == []
    assert not ReadLog.objects.exists()


def test_a_protected_identity_carries_a_banner_for_those_who_handle_it(client):
    client.force_login(StaffFactory(roles=[roles.MEMBER_SERVICE, roles.PROTECTED_IDENTITIES]))
    protected = MemberFactory(protected=True)

    response = client.get(page(protected))

    assert "Skyddade personuppgifter." in response.text
    assert ReadLog.objects.get().is_protected


def test_others_are_neither_shown_nor_offered_the_mark(client, officer):
    response = client.get(page(MemberFactory()))

    assert "protection" not in response.context["adminform"].form.fields
    assert "protection" not in client.get(LIST).text


# --- the form -------------------------------------------------------------------------------------


def test_the_form_masks_the_personnummer(client, officer):
    member = MemberFactory(numbered=True)

    text = client.get(page(member)).text

    assert f"{member.personnummer[:8]}-••••" in text
    assert member.personnummer not in text
    assert written(member.personnummer) not in text
    assert member.personnummer_hash not in text


def test_a_change_notes_its_source_its_author_and_no_name_in_the_admin_log(client, officer):
    member = MemberFactory(given_names="Anna", family_name="Hemligsson", phone="+46701740605")

    response = client.post(page(member), form_of(client, member, phone="+46701740606"))

    assert response.status_code == 302
    member.refresh_from_db()
    assert member.phone == "+46701740606"
    assert member.provenance["phone"][0] == Source.STAFF
    assert set(member.provenance) == {"phone"}
    assert member.history.first().history_user_id == officer.pk
    entry = LogEntry.objects.get()
    logged = f"{entry.object_repr} {entry.change_message}"
    assert "Hemligsson" not in logged
    assert "740606" not in logged


def test_the_form_shows_where_each_value_came_from(client, officer):
    member = MemberFactory()
    stamp = dt.datetime(2026, 3, 1, 10, tzinfo=dt.UTC)
    member.note_source(["phone"], Source.SELF_SERVICE, stamp)
    member.save()

    assert "Källa: medlemmen, på Mina sidor, 1 mars 2026." in client.get(page(member)).text


@pytest.mark.parametrize(
    ("field", "value", "error"),
    [
        ("phone", "070-174 06 05", "Skriv telefonnumret som"),
        ("new_personnummer", "19700101-1234", "inget giltigt personnummer"),
        ("email", "taken@example.org", "e-postadress"),
        ("family_name", "", None),
    ],
)
def test_a_wrong_value_is_told_and_changes_nothing(client, officer, field, value, error):
    MemberFactory(email="taken@example.org")
    member = MemberFactory(given_names="" if field == "family_name" else "Anna")
    before = member.history.count()

    response = client.post(page(member), form_of(client, member, **{field: value}))

    assert response.status_code == 200
    assert response.context["errors"]
    if error:
        assert error in response.text
    assert member.history.count() == before


def test_a_personnummer_is_set_through_its_own_field(client, officer):
    member = MemberFactory()
    number = numbers.test_numbers()[5]

    client.post(page(member), form_of(client, member, new_personnummer=written(number)))

    member.refresh_from_db()
    assert member.personnummer == number
    assert Member.objects.get(personnummer_hash=member.personnummer_hash) == member
    assert member.provenance["personnummer"][0] == Source.STAFF


def test_two_members_cannot_have_the_same_personnummer(client, officer):
    other = MemberFactory(numbered=True)
    member = MemberFactory()

    response = client.post(
        page(member), form_of(client, member, new_personnummer=other.personnummer)
    )

    assert "En annan medlem har det här personnumret." in response.text


def periods_of(*periods):
    data = {"periods-TOTAL_FORMS": len(periods), "periods-INITIAL_FORMS": 0}
    for i, (start, end, reason) in enumerate(periods):
        data |= {
            f"periods-{i}-started_on": start,
            f"periods-{i}-ended_on": end,
            f"periods-{i}-exit_reason": reason,
        }
    return data


def new_member(**fields):
    return {
        "given_names": "Eva",
        "family_name": "Lund",
        "country": "SE",
        "fees-TOTAL_FORMS": 0,
        "fees-INITIAL_FORMS": 0,
        "payments-TOTAL_FORMS": 0,
        "payments-INITIAL_FORMS": 0,
        **fields,
    }


def test_a_member_can_be_added_with_her_periods(client, officer):
    MemberFactory(member_number=500000)

    client.post(f"{LIST}add/", new_member(**periods_of(("2001-01-01", "2005-06-30", "retired"))))

    member = Member.objects.get(family_name="Lund")
    assert member.member_number == 500001
    assert member.left_on == dt.date(2005, 6, 30)
    assert member.provenance["family_name"][0] == Source.STAFF


@pytest.mark.parametrize(("second_start", "saved"), [("2005-06-30", False), ("2005-07-01", True)])
def test_periods_may_follow_on_each_other_but_not_overlap(client, officer, second_start, saved):
    periods = periods_of(("2001-01-01", "2005-06-30", "retired"), (second_start, "", ""))

    response = client.post(f"{LIST}add/", new_member(**periods))

    assert ("Två medlemsperioder överlappar varandra." in response.text) is not saved
    assert Member.objects.filter(family_name="Lund").exists() is saved


def test_nothing_can_be_deleted(client):
    client.force_login(StaffFactory(is_superuser=True))
    member = MemberFactory()

    assert client.post(page(member, "delete"), {"post": "yes"}).status_code == 403
    response = client.post(LIST, {"action": "delete_selected", "_selected_action": member.pk})
    assert response.status_code == 200 or response.status_code == 302
    assert Member.objects.filter(pk=member.pk).exists()


def test_the_history_tells_who_changed_what_without_the_hash(client, officer):
    member = MemberFactory(numbered=True, city="Lund")
    client.post(page(member), form_of(client, member, city="Umeå"))

    text = client.get(page(member, "history")).text

    assert "Maj Sund" in text
    assert "Lund" in text
    assert "Umeå" in text
    assert member.personnummer_hash not in text


def test_the_history_needs_its_own_right(client):
    client.force_login(StaffFactory(roles=[roles.FINANCE]))

    assert client.get(page(MemberFactory(), "history")).status_code == 403


@pytest.mark.parametrize(
    ("role", "is_offered"), [(roles.FINANCE, True), (roles.MEMBER_SERVICE, False)]
)
def test_the_history_is_offered_to_those_who_may_see_it(client, role, is_offered):
    fee = FeeFactory()
    client.force_login(StaffFactory(roles=[role]))
    history = reverse("admin:members_fee_history", args=[fee.pk])

    text = client.get(reverse("admin:members_fee_change", args=[fee.pk])).text

    assert (history in text) is is_offered
    assert (client.get(history).status_code == 200) is is_offered


def test_an_old_version_can_be_neither_opened_nor_brought_back(client):
    client.force_login(StaffFactory(is_superuser=True))
    member = MemberFactory()
    address = f"{page(member, 'history')}{member.history.first().history_id}/"

    assert client.get(address).status_code == 404
    assert client.post(address, {"city": "Umeå"}).status_code == 404


# --- revealing and leaving ------------------------------------------------------------------------


def test_revealing_a_personnummer_takes_a_reason_and_is_logged(client, officer):
    member = MemberFactory(numbered=True)
    reason = "Kontroll mot arbetsgivarens intyg"

    shown = client.post(page(member, "reveal"), {"reason": reason})

    assert written(member.personnummer) in shown.text
    assert "no-store" in shown.headers["Cache-Control"]
    assert ReadLog.objects.filter(subject_id=member.pk, purpose=reason).count() == 1


@pytest.mark.parametrize("reason", ["", "för kort", "numret är 198501139995"])
def test_without_a_proper_reason_nothing_is_revealed(client, officer, reason):
    member = MemberFactory(numbered=True)

    response = client.post(page(member, "reveal"), {"reason": reason})

    assert written(member.personnummer) not in response.text
    assert not ReadLog.objects.filter(purpose=reason).exists()


def test_revealing_needs_its_own_right(client):
    client.force_login(StaffFactory(roles=[roles.DATA_PROTECTION_OFFICER]))
    member = MemberFactory(numbered=True)

    response = client.post(page(member, "reveal"), {"reason": "Kontroll mot intyg i ärendet"})

    assert response.status_code == 403


def test_ending_a_membership_starts_its_clock(client, officer):
    member = MemberFactory()

    client.post(page(member, "leave"), {"on": "2026-01-31", "reason": "own_request"})

    member.refresh_from_db()
    assert member.left_on == dt.date(2026, 1, 31)
    assert LogEntry.objects.get().object_repr == str(member)


def test_a_membership_ends_once_and_not_before_it_began(client, officer):
    member = MemberFactory()  # since 2000-01-01

    early = client.post(page(member, "leave"), {"on": "1999-12-31", "reason": "own_request"})
    client.post(page(member, "leave"), {"on": "2000-01-01", "reason": "own_request"})
    again = client.post(page(member, "leave"), {"on": "2026-01-31", "reason": "own_request"})

    assert "Sista dagen kan inte ligga före den första." in early.text
    assert "Medlemskapet är redan avslutat." in again.text
    member.refresh_from_db()
    assert member.left_on == dt.date(2000, 1, 1)


def test_fees_are_shown_and_cannot_be_changed_from_the_member(client, officer):
    fee = FeeFactory()

    text = client.get(page(fee.member)).text

    assert "330,00" in text
    assert "fees-0-amount" not in text
