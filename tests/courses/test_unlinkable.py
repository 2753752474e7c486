"""A dump of the tables after a survey has closed: nothing leads from an answer to who gave it.

The dump is the database's own, with each row's place and age where the engine keeps them. Every
join between two columns of equal values is tried, in any number of steps; every order that the
tables have; and every value that looks like a time.
"""

import datetime as dt
import json
import random
import re
from functools import cache

import pytest
import time_machine
from django.db import connection
from django.utils import timezone

from courses import tasks
from courses.models import Survey
from ledarna_gdpr import crypto
from members.models import ReadLog
from tests import canary
from tests.courses.surveys_process import BEST, COMMENT, GRADE, KINDS, a_survey, after, answer

#: As in life: each page commits by itself, so that rows have different ages.
pytestmark = pytest.mark.django_db(transaction=True)

PEOPLE = 12
ANSWERS = ("courses_result", "courses_ballotbox")
#: Keys are made larger than this, so that no count and no order is taken for one.
SMALL = 10_000


def opened(value):
    """A value as text, decrypted where it is encrypted."""
    text = value if isinstance(value, str) else json.dumps(value, default=str)
    if canary.CIPHERTEXT.fullmatch(text):
        return crypto.decrypt(text.encode()).decode()
    return text


def dump():
    """Each table as rows of ``{column: value}``, with each row's place and age."""
    place = "ctid::text AS place, xmin::text AS age" if on_postgresql() else "rowid AS place"
    tables = {}
    with connection.cursor() as cursor:
        for table in canary.text_columns():
            cursor.execute(f'SELECT {place}, * FROM "{table}"')  # noqa: S608 - from the catalogue
            names = [column[0] for column in cursor.description]
            tables[table] = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    return tables


def on_postgresql():
    return connection.vendor == "postgresql"


def keep_keys_apart():
    """Let no two tables number their rows alike: equal keys then mean something."""
    with connection.cursor() as cursor:
        for n, table in enumerate(canary.text_columns(), 1):
            first = n * 1_000_000
            if on_postgresql():
                cursor.execute(
                    "SELECT setval(pg_get_serial_sequence(c.table_name, c.column_name), %s)"
                    " FROM information_schema.columns c"
                    " WHERE c.table_name = %s AND c.is_identity = 'YES'",
                    [first, table],
                )
            else:
                cursor.execute("DELETE FROM sqlite_sequence WHERE name = %s", [table])
                cursor.execute("INSERT INTO sqlite_sequence VALUES (%s, %s)", [table, first])


def values_of(row):
    """What a row could be joined by: keys, hashes, moments, numbers of transactions."""
    for column, value in row.items():
        if column == "age":
            yield "age", value
        elif isinstance(value, int):
            if value > SMALL:
                yield "number", value
        elif column != "place" and value not in (None, "", "{}", "[]"):
            text = opened(value)
            yield "text", text
            for word in re.findall(r"[0-9a-f]{16,}|[\w.-]+@[\w.]+|\d{6,}", text):
                yield ("number", int(word)) if word.isdigit() else ("text", word)


def owners(tables, members):
    """The rows that belong to one member: those that a chain of equal values, each found with
    her alone, leads to from her registration."""
    rows = {
        (table, n): set(values_of(row))
        for table, found in tables.items()
        for n, row in enumerate(found)
    }
    owner = {
        ("courses_registration", n): row["member_id"]
        for n, row in enumerate(tables["courses_registration"])
    }
    assert set(owner.values()) == {member.pk for member in members}
    while True:
        whose = {}
        for row, member in owner.items():
            for value in rows[row]:
                whose.setdefault(value, set()).add(member)
        new = {}
        for row in rows.keys() - owner.keys():
            found = {member for v in rows[row] if len(whose.get(v, ())) == 1 for member in whose[v]}
            if len(found) == 1:
                new[row] = found.pop()
        if not new:
            return owner, {value: found for value, found in whose.items() if len(found) == 1}
        owner |= new


@cache
def closed_survey(kind):
    """A closed survey's members, in the order in which they answered, and the dump."""
    keep_keys_apart()
    survey, members = a_survey(PEOPLE, identifiability=kind)
    random.shuffle(members)
    with time_machine.travel(timezone.now(), tick=False) as clock:
        for n, member in enumerate(members):
            answer(survey, member, {GRADE: str(n % 5 + 1), BEST: ["Maten"], COMMENT: f"ord{n:02d}"})
            clock.shift(dt.timedelta(minutes=7))
    with after(survey):
        tasks.resume_surveys()
    survey.refresh_from_db()
    assert (survey.is_closed, survey.answered, survey.invited) == (True, PEOPLE, PEOPLE)
    return members, dump()


@pytest.fixture(params=KINDS)
def closed(request):
    return closed_survey(request.param)


def texts_in(tables):
    return json.loads(
        opened(next(row for row in tables["courses_result"] if row["texts"])["texts"])
    )


def words(tables):
    """Where a member's own words stand: table and column."""
    return {
        (table, column)
        for table, rows in tables.items()
        for row in rows
        for column, value in row.items()
        if isinstance(value, str | bytes) and "ord00" in opened(value)
    }


def test_the_answers_are_kept_and_are_in_one_place(closed):
    _members, tables = closed

    assert words(tables) == {("courses_result", "texts")}
    assert sorted(texts_in(tables)) == [f"ord{n:02d}" for n in range(PEOPLE)]


def test_no_row_is_one_members_answer(closed):
    """Rows of results belong to questions: each holds everyone's answers at once."""
    _members, tables = closed

    for row in tables["courses_result"]:
        texts = json.loads(opened(row["texts"])) if row["texts"] else []
        counts = json.loads(row["counts"]) if isinstance(row["counts"], str) else row["counts"]
        assert len(texts) == PEOPLE or sum(counts.values()) == PEOPLE


def test_what_led_from_an_answer_to_a_member_is_gone(closed):
    _members, tables = closed

    for table in ("invitation", "reply", "pseudonym", "codedreply"):
        assert tables[f"courses_{table}"] == []
    for box in tables["courses_ballotbox"]:
        assert box["ballots"] == ""
        assert box["tickets"] in ("[]", [])


def test_no_chain_of_equal_values_leads_from_a_registration_to_an_answer(closed):
    """Every foreign key, and every two columns that hold the same, in any number of steps."""
    members, tables = closed

    owner, _singular = owners(tables, members)

    assert not {row for row in owner if row[0] in ANSWERS}
    assert {"members_member", "members_user"} <= {table for table, _n in owner}


def test_no_answer_holds_what_is_found_with_one_member_alone(closed):
    members, tables = closed

    _owner, singular = owners(tables, members)

    for table in ANSWERS:
        for row in tables[table]:
            assert not singular.keys() & set(values_of(row))


def test_no_order_of_the_tables_is_the_order_of_the_answers(closed):
    """The texts against every order that some column, place or age gives the members."""
    members, tables = closed
    in_result = [members[int(text[3:])].pk for text in texts_in(tables)]
    owner, _singular = owners(tables, members)
    orders = [("the order of answering", [member.pk for member in members])]
    orders += orders_of(tables, owner)
    assert len(orders) > 20

    for where, order in orders:
        for mine in (in_result, in_result[::-1]):
            agreeing = sum(a == b for a, b in zip(mine, order, strict=True))
            assert agreeing < PEOPLE - 2, where


def orders_of(tables, owner):
    """Each table's rows of all the members, ordered by each of its columns."""
    for table, rows in tables.items():
        theirs = [(owner[table, n], row) for n, row in enumerate(rows) if (table, n) in owner]
        if len({member for member, _row in theirs}) == PEOPLE:
            for column in theirs[0][1]:
                in_order = sorted(theirs, key=lambda pair: str(pair[1][column]).zfill(20))
                yield (table, column), list(dict.fromkeys(member for member, _row in in_order))


def test_the_texts_are_drawn_anew_for_every_survey():
    """Twice the same order of twelve is one chance in half a thousand million."""
    found = []
    for _ in range(2):
        survey, members = a_survey(PEOPLE, identifiability="anonymous")
        for n, member in enumerate(members):
            answer(survey, member, {COMMENT: f"ord{n:02d}"})
        with after(survey):
            tasks.resume_surveys()
        texts = survey.questions.get(text=COMMENT).result.texts
        found.append(json.loads(texts))

    first, second = found
    assert sorted(first) == sorted(second)
    assert first != second
    assert sorted(first) not in (first, second)


def test_no_time_is_written_with_an_answer(closed):
    """Neither in a column nor, as Fernet would have it, in front of what is encrypted."""
    _members, tables = closed
    for table in ANSWERS:
        for row in tables[table]:
            for value in row.values():
                assert not isinstance(value, dt.date)
                if isinstance(value, str) and canary.CIPHERTEXT.fullmatch(value):
                    assert value.startswith("gAAAAAAAAAAA")  # the time is zero


@pytest.mark.postgres
def test_all_that_was_answered_has_the_same_age(closed):
    _members, tables = closed
    assert len({row["age"] for row in tables["courses_result"]}) == 1


# --- while it is open -------------------------------------------------------------------------


@pytest.fixture
def anonymous():
    """An open anonymous survey to which all but one have answered."""
    survey, members = a_survey(PEOPLE, identifiability="anonymous")
    before = dump()
    for n, member in enumerate(members[:-1]):
        answer(survey, member, {COMMENT: f"ord{n:02d}"})
    return survey, members, before, dump()


def test_an_anonymous_answer_is_never_a_row_of_its_own(anonymous):
    _survey, _members, _before, tables = anonymous

    assert words(tables) == {("courses_ballotbox", "ballots")}
    (box,) = tables["courses_ballotbox"]
    assert len(json.loads(opened(box["ballots"]))) == PEOPLE - 1


def test_an_anonymous_answer_leaves_no_mark_on_the_member(anonymous):
    """Of all the tables only the box has changed: who has answered cannot be told from who has
    not, without the key to the tickets."""
    _survey, members, before, after_it = anonymous
    changed = {
        table
        for table in after_it
        if sorted(map(str, after_it[table])) != sorted(map(str, before[table]))
    }
    sessions = {"members_session", "members_loginrecord", "members_user"}  # she logged in

    assert changed - sessions == {"courses_ballotbox"}
    (box,) = after_it["courses_ballotbox"]
    tickets = json.dumps(box["tickets"])
    for member in members:
        assert str(member.public_id) not in tickets
        assert member.public_id.hex not in tickets


def test_the_read_log_does_not_tell_when_an_anonymous_form_was_opened(anonymous):
    assert not ReadLog.objects.exists()


def test_tickets_are_in_the_order_of_their_digits(anonymous):
    (box,) = Survey.objects.get().boxes.all()
    assert box.tickets == sorted(box.tickets)


def test_a_box_that_is_full_is_parted_so_that_no_answer_is_alone(monkeypatch):
    monkeypatch.setattr("courses.surveys.stores.FULL", 4)
    survey, members = a_survey(9, identifiability="anonymous")

    for n, member in enumerate(members):
        answer(survey, member, {COMMENT: f"ord{n:02d}"})
        sizes = [len(json.loads(box.ballots)) for box in survey.boxes.all()]
        assert sum(sizes) == n + 1
        assert len(sizes) == 1 or min(sizes) >= 2

    assert survey.boxes.count() > 1
    with after(survey):
        tasks.resume_surveys()
    survey.refresh_from_db()
    assert survey.answered == len(members)


def test_the_search_finds_a_link_where_there_is_one():
    """While an identifiable survey is open, the answers are found by the very same search."""
    keep_keys_apart()
    survey, members = a_survey(2, identifiability="identifiable")
    for n, member in enumerate(members):
        answer(survey, member, {COMMENT: f"ord{n:02d}"})
    tables = dump()

    owner, _singular = owners(tables, members)

    replies = {owner[row]: row for row in owner if row[0] == "courses_reply"}
    for n, member in enumerate(members):
        _table, place = replies[member.pk]
        assert f"ord{n:02d}" in opened(tables["courses_reply"][place]["contents"])
