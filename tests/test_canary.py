"""The canary: of an erased person nothing is left anywhere, and of her neighbour everything.

The tables and columns are the database's own, so that a table which nobody declared, and which
nothing therefore empties, makes the test fail.
"""

import datetime as dt
import logging
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.core import mail
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from dsar import roles
from ledarna_gdpr.privacy import Anonymise, PersonalData, registry
from ledarna_gdpr.privacy.checks import errors
from members.demo import numbers
from members.personnummer import hashed
from tests import canary
from tests.canary import Canary
from tests.factories.members import (
    ApplicationFactory,
    MemberFactory,
    StaffFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db(transaction=True)

LEFT_ON = dt.date(2014, 6, 30)
THEN = timezone.make_aware(dt.datetime(2014, 6, 30, 12))
AGES_AGO = timezone.make_aware(dt.datetime(1999, 6, 30, 12))

HISTORIES = [d.history_model for d in registry if d.history_model]

#: Tokens that an answer does not print, besides those that a declaration withholds.
WITHHELD = {
    "public_id": "a random number of the row",
    "provenance": "told beside each value, as its source",
    "dsar_accesspackage.sha256": "an earlier copy of this very answer",
    "a file": "those of an import and of an earlier answer, for the same reasons",
    "a mention": "what somebody else's record says is that person's secret (Art. 15(4))",
}


def a_canary(number, staff):
    """A member who left twelve years ago, with something in every table that can hold it."""
    bird = Canary(number)
    before = canary.keys()
    made_up = numbers.test_numbers()
    member = bird.member = MemberFactory(
        left=LEFT_ON, member_number=810_000_000_000_000 + number, personnummer=made_up[number],
        personnummer_hash=hashed(made_up[number]),
    )  # fmt: skip
    member.save()  # a second row of history
    application = ApplicationFactory(
        member=member, status="accepted", decided_at=THEN, decided_by=staff, last_activity_at=THEN
    )
    application.set_personnummer(made_up[number + 2])
    application.save()
    user = UserFactory(member=member)
    user.set_password("a password of hers")
    user.save()
    Client().force_login(user)
    canary.fill_in_what_is_declared(bird, long_ago=True)
    for declaration in registry.children_first():
        if declaration.on_erasure == Anonymise():
            continue  # parts of a request's file, which stay and which nobody edits
        for record in declaration.records_of([member.pk])[:1]:
            LogEntry.objects.create(
                user=staff, content_type=ContentType.objects.get_for_model(record),
                object_id=record.pk, object_repr="x", change_message="x", action_flag=CHANGE,
            )  # fmt: skip
    canary.fill(bird, before)
    canary.mention(bird)
    member.refresh_from_db()
    return bird


@pytest.fixture
def mail_server(settings):
    """A mail server, so that what is sent leaves the house."""
    settings.DELIVERY = {"EMAIL_BACKEND": "django.core.mail.backends.locmem.EmailBackend"}


@pytest.fixture
def staff(db):
    return StaffFactory(roles=[roles.PRIVACY_OFFICE])


@pytest.fixture
def birds(staff, mail_server, settings, caplog):
    caplog.set_level(logging.INFO)
    ContentType.objects.clear_cache()  # a test before may have emptied and filled its table
    return a_canary(0, staff), a_canary(1, staff)


def everywhere(caplog):
    """Everything that the product keeps anywhere."""
    yield from canary.database()
    yield from canary.sqlite_bytes()
    yield from canary.folder(Path(django_settings.MEDIA_ROOT))
    yield from canary.folder(Path(django_settings.ERASURE_LEDGER).parent)
    yield from canary.folder(Path(django_settings.DATA_DIR) / "cache")
    yield from canary.folder(Path(django_settings.DATA_DIR) / "queue")
    yield from canary.redis_values()
    yield "the log", caplog.text


def an_erasure_of(bird, staff):
    """From her own pages, through the approval in the admin, to the end."""
    member, approver = Client(), Client()
    member.force_login(bird.member.user)
    form = {"understood": "on", "message": bird.token()}
    assert member.post(reverse("new_request", args=["erasure"]), form).status_code == 302
    request = bird.member.requests.get(status="received")
    approver.force_login(staff)
    address = reverse("admin:dsar_subjectrequest_approve", args=[request.pk])
    assert approver.post(address).status_code == 302
    request.refresh_from_db()
    assert request.status == "answered"


def a_package_of(bird):
    """What she downloads when she has asked for her data."""
    member = Client()
    member.force_login(bird.member.user)
    member.post(reverse("new_request", args=["access"]))
    request = bird.member.requests.get(package_sha256__gt="", package__made_at__year__gt=2020)
    response = member.post(reverse("download_package", args=[request.public_id]))
    assert response.status_code == 200
    return response.getvalue()


def test_every_text_column_about_members_has_a_token(birds):
    bird, _neighbour = birds
    wanted = {
        (table, column)
        for table, columns in canary.text_columns().items()
        for column in columns
        if table not in canary.tables_without_members()
        and not {column, f"{table}.{column}"} & canary.words()
    }
    assert wanted - bird.tokens.keys() == set()


def test_the_lists_of_what_is_left_out_name_what_exists(birds):
    tables = canary.text_columns()
    names = {name for t, columns in tables.items() for c in columns for name in (c, f"{t}.{c}")}
    assert canary.tables_without_members() - tables.keys() == set()
    assert {*canary.COLUMNS_OF_WORDS, *canary.OWN_VALUES, *canary.forms()} - names == set()


def test_every_token_is_found_before_anything_is_erased(birds, caplog):
    for bird in birds:
        tokens = bird.everything()
        places = canary.found(tokens, everywhere(caplog))
        assert {tokens[t] for t in tokens.keys() - set().union(*places.values())} == set()


def test_an_erased_person_is_nowhere_and_her_neighbour_everywhere(birds, staff, caplog):
    bird, neighbour = birds
    before = canary.found(neighbour.everything(), everywhere(caplog))

    an_erasure_of(bird, staff)

    assert canary.found(bird.everything(), everywhere(caplog)) == {}
    assert canary.found(neighbour.everything(), everywhere(caplog)) == before


def test_the_access_package_holds_all_that_is_hers_and_nothing_of_her_neighbours(birds):
    bird, neighbour = birds
    package = a_package_of(bird)

    tokens = bird.everything()
    given = set().union(*canary.found(tokens, canary.readings("package", package)).values())
    missing = {tokens[token] for token in tokens.keys() - given}
    allowed = WITHHELD.keys() | canary.withheld()
    withheld = {name for name in missing if {name, name.partition(".")[2]} & allowed}
    assert missing - withheld == set()
    assert canary.found(neighbour.everything(), canary.readings("package", package)) == {}


def test_the_last_mail_to_an_erased_person_tells_nothing_of_her(birds, staff):
    bird, _neighbour = birds
    an_erasure_of(bird, staff)

    (last,) = mail.outbox
    assert last.to == [bird.member.email]
    texts = [("the mail", last.subject), ("the mail", last.body)]
    assert canary.found(bird.everything(), iter(texts)) == {}


def test_without_the_purge_of_the_history_the_canary_sings(birds, staff, caplog, monkeypatch):
    bird, _neighbour = birds
    monkeypatch.setattr(PersonalData, "history_model", None)

    an_erasure_of(bird, staff)

    places = canary.found(bird.everything(), everywhere(caplog))
    tables = {place.partition(".")[0] for place in places if "historical" in place}
    assert tables == {history._meta.db_table for history in HISTORIES}


def test_without_the_purge_of_the_admin_log_the_canary_sings(birds, staff, caplog, monkeypatch):
    bird, _neighbour = birds
    monkeypatch.setattr("dsar.destroyer._kinds_in", lambda trace: set())

    an_erasure_of(bird, staff)

    places = canary.found(bird.everything(), everywhere(caplog))
    assert {"django_admin_log.object_repr", "django_admin_log.change_message"} <= places.keys()


def test_a_table_that_nobody_declared_makes_the_canary_sing(birds, staff, caplog):
    bird, _neighbour = birds
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE plugin_notes (id integer PRIMARY KEY, note text)")
        cursor.execute("INSERT INTO plugin_notes VALUES (1, %s)", [bird.member.email])
    try:
        an_erasure_of(bird, staff)
        assert "plugin_notes.note" in canary.found(bird.everything(), everywhere(caplog))
        assert "plugin_notes" not in canary.tables_without_members()
    finally:
        with connection.cursor() as cursor:
            cursor.execute("DROP TABLE plugin_notes")


def test_a_new_model_is_under_the_engines_and_the_canary_by_its_declaration_alone(
    a_new_model, birds, staff, caplog
):
    bird, neighbour = birds
    new = {
        (a_new_model._meta.db_table, "words"),
        (a_new_model.history.model._meta.db_table, "words"),
    }
    assert new <= bird.tokens.keys()
    words = {t: str(column) for column in new for t in bird.tokens[column]}
    others = neighbour.everything()
    before = canary.found(others, everywhere(caplog))
    given = canary.found(words, canary.readings("package", a_package_of(bird)))
    assert set().union(*given.values()) == words.keys()

    an_erasure_of(bird, staff)

    assert canary.found(bird.everything(), everywhere(caplog)) == {}
    assert canary.found(others, everywhere(caplog)) == before


@pytest.mark.parametrize("declaration", [*registry], ids=lambda d: d.label)
def test_a_model_whose_declaration_is_taken_away_fails_the_check(declaration):
    was = dict(registry._registry)
    registry.unregister(declaration.model)
    try:
        refused = {error.obj for error in errors(registry) if error.id == "privacy.E001"}
    finally:
        registry._registry.clear()
        registry._registry.update(was)
    covered = {declaration.model, declaration.history_model} - {None}
    assert covered <= refused
    assert [*errors(registry)] == []
