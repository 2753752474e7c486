"""The same work in plain SQL, as someone would write it who knows the tables by heart.

The same rows of the same tables, and a receipt for each kind; no plan, no ledger, no checks.
"""

import datetime as dt
import re
from collections.abc import Iterable
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from ledarna_gdpr import crypto
from ledarna_gdpr.benchmark import tables
from members.rules import R1

# ruff: noqa: S608 - every word of these statements is our own

#: Everything that refers to a member, children first, for the keys in the temporary table "ids".
USERS = "SELECT id FROM members_user WHERE member_id IN (SELECT id FROM ids)"
ACCOUNTS = [
    "DELETE FROM account_emailconfirmation WHERE email_address_id IN (SELECT id FROM"
    f" account_emailaddress WHERE user_id IN ({USERS}))",
    *(
        f"DELETE FROM {table} WHERE user_id IN ({USERS})"
        for table in (
            "account_emailaddress",
            "mfa_authenticator",
            "members_user_groups",
            "members_user_user_permissions",
            "members_session",
            "members_loginrecord",
        )
    ),
    "DELETE FROM socialaccount_socialtoken WHERE account_id IN (SELECT id FROM"
    f" socialaccount_socialaccount WHERE user_id IN ({USERS}))",
    f"DELETE FROM socialaccount_socialaccount WHERE user_id IN ({USERS})",
    "DELETE FROM members_user WHERE member_id IN (SELECT id FROM ids)",
]
MAIL = ["DELETE FROM members_outgoingmail WHERE member_id IN (SELECT id FROM ids)"]
APPLICATIONS = [
    "DELETE FROM members_historicalapplication WHERE id IN (SELECT id FROM members_application"
    " WHERE member_id IN (SELECT id FROM ids))",
    "DELETE FROM members_application WHERE member_id IN (SELECT id FROM ids)",
]
CASES = "SELECT id FROM cases_case WHERE member_id IN (SELECT id FROM ids)"
CASE_PARTS = (
    "casedisclosure",
    "document",
    "note",
    "message",
    "participant",
    "occurrence",
    "caseevent",
    "grant",
    "emergencyaccess",
)


def cases_of(chosen: str) -> list[str]:
    """What deletes the cases with these keys and all that hangs on them."""
    return [
        *(f"DELETE FROM cases_{part} WHERE case_id IN ({chosen})" for part in CASE_PARTS),
        f"DELETE FROM cases_historicalcase WHERE id IN ({chosen})",
        f"DELETE FROM cases_case WHERE id IN ({chosen})",
    ]


def courses_of(chosen: str) -> list[str]:
    """What deletes the registrations of the members with these keys."""
    registrations = f"SELECT id FROM courses_registration WHERE member_id IN ({chosen})"
    return [
        f"DELETE FROM courses_specialneed WHERE registration_id IN ({registrations})",
        f"DELETE FROM courses_historicalregistration WHERE id IN ({registrations})",
        f"DELETE FROM courses_registration WHERE member_id IN ({chosen})",
    ]


PERIODS = [
    "DELETE FROM members_historicalmembershipperiod WHERE id IN (SELECT id FROM"
    " members_membershipperiod WHERE member_id IN (SELECT id FROM ids))",
    "DELETE FROM members_membershipperiod WHERE member_id IN (SELECT id FROM ids)",
]
REQUESTS = [
    "DELETE FROM dsar_accesspackage WHERE member_id IN (SELECT id FROM ids)",
    "UPDATE dsar_subjectrequest SET member_id = NULL, name = '', contact = '', message = '',"
    " extension_reason = '', decision_reason = '' WHERE member_id IN (SELECT id FROM ids)",
    "DELETE FROM dsar_legalhold WHERE member_id IN (SELECT id FROM ids)",
]
PERSON_SHADOWS = [
    "DELETE FROM members_historicalmember WHERE id IN (SELECT id FROM ids)",
    "DELETE FROM django_admin_log WHERE object_id IN (SELECT id::text FROM ids) AND"
    " content_type_id = (SELECT id FROM django_content_type"
    " WHERE app_label = 'members' AND model = 'member')",
]
PERSONS = [*PERSON_SHADOWS, "DELETE FROM members_member WHERE id IN (SELECT id FROM ids)"]
ACCOUNTING = [
    "DELETE FROM members_historicalpayment WHERE id IN (SELECT id FROM members_payment"
    " WHERE member_id IN (SELECT id FROM ids))",
    "DELETE FROM members_payment WHERE member_id IN (SELECT id FROM ids)",
    "DELETE FROM members_historicalfee WHERE id IN (SELECT id FROM members_fee"
    " WHERE member_id IN (SELECT id FROM ids))",
    "DELETE FROM members_fee WHERE member_id IN (SELECT id FROM ids)",
]
READ_LOG = ["DELETE FROM members_readlog WHERE subject_id IN (SELECT id FROM ids)"]
NAMED = [
    *cases_of(CASES), *courses_of("SELECT id FROM ids"), *READ_LOG, *MAIL, *APPLICATIONS,
    *PERIODS, *REQUESTS, *ACCOUNTING, *ACCOUNTS, *PERSONS,
]  # fmt: skip
ALL_NAMED = set(re.findall(r"\w+", " ".join(NAMED)))

STUB = (
    "UPDATE members_member SET preferred_name = '', personnummer = '', email = '', phone = '',"
    " care_of = '', street_address = '', postal_code = '', city = '', country = 'SE',"
    " employer = '', job_title = '', protection = '', provenance = '{}', reduced_at = %s"
    " WHERE id IN (SELECT id FROM ids)"
)


@transaction.atomic
def erase(ids: Iterable[int], *, at: dt.datetime) -> None:
    """Delete these members and all that is theirs."""
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMP TABLE ids (id bigint PRIMARY KEY) ON COMMIT DROP")
        cursor.execute("INSERT INTO ids SELECT unnest(%s::bigint[])", [list(ids)])
        cursor.execute("ANALYZE ids")
        tables.leave_behind(ALL_NAMED, at)
        _carry_out(cursor, [*tables.erasures(ALL_NAMED), *NAMED], at)


@transaction.atomic
def sweep(on: dt.date, *, at: dt.datetime) -> None:
    """Delete what the rules take on a day, and reduce those who left a year ago."""
    with connection.cursor() as cursor:
        a_year_ago = on.replace(year=on.year - 1)
        _choose(
            cursor,
            "left_on <= %s AND reduced_at IS NULL AND NOT EXISTS (SELECT 1 FROM members_fee f"
            " WHERE f.member_id = m.id AND f.settled_on IS NULL)",
            a_year_ago,
        )
        tables.leave_behind(ALL_NAMED, at, R1)
        others = tables.reductions(ALL_NAMED, R1)
        _carry_out(cursor, [*others, *MAIL, *APPLICATIONS, *ACCOUNTS, *PERSON_SHADOWS], at)
        cursor.execute(STUB, [at])
        cursor.execute("DROP TABLE ids")
        last_books = dt.date(on.year - 8, 12, 31)
        for table, settled in (("payment", ""), ("fee", " AND settled_on IS NOT NULL")):
            which = f"fiscal_year_ends_on <= %s{settled}"
            cursor.execute(
                f"DELETE FROM members_historical{table} WHERE id IN"
                f" (SELECT id FROM members_{table} WHERE {which})",
                [last_books],
            )
            cursor.execute(f"DELETE FROM members_{table} WHERE {which}", [last_books])
        a_year_later = dt.datetime.combine(a_year_ago + dt.timedelta(days=1), dt.time.min)
        cursor.execute(
            "CREATE TEMP TABLE cases ON COMMIT DROP AS SELECT id FROM cases_case"
            " WHERE kind = 'service' AND closed_at < %s",
            [timezone.make_aware(a_year_later)],
        )
        cursor.execute("ANALYZE cases")
        for statement in cases_of("SELECT id FROM cases"):
            cursor.execute(statement)
        left = "SELECT id FROM members_member WHERE left_on <= %s"
        for statement in courses_of(left):
            cursor.execute(statement, [a_year_ago])
        cursor.execute(
            "DELETE FROM members_readlog WHERE at < %s AND NOT is_protected",
            [on.replace(year=on.year - 2) + dt.timedelta(days=1)],
        )
        _choose(cursor, "left_on <= %s", on.replace(year=on.year - 10))
        tables.leave_behind(ALL_NAMED, at)
        others = tables.deletions(ALL_NAMED)
        named = [*MAIL, *APPLICATIONS, *PERIODS, *REQUESTS, *ACCOUNTS, *PERSONS]
        _carry_out(cursor, [*others, *named], at)


def _choose(cursor: Any, which: str, day: dt.date) -> None:
    cursor.execute(
        f"CREATE TEMP TABLE ids ON COMMIT DROP AS SELECT id FROM members_member m WHERE {which}",
        [day],
    )
    cursor.execute("ANALYZE ids")


def _carry_out(cursor: Any, statements: list[str], at: dt.datetime) -> None:
    counts = []
    for statement in statements:
        cursor.execute(statement)
        if cursor.rowcount:
            counts.append((at, statement.split()[2][:80], "erased", "", cursor.rowcount))
    cursor.executemany(
        "INSERT INTO dsar_receipt (at, model, outcome, rule, belonged_to, count)"
        " VALUES (%s, %s, %s, %s, '', %s)",
        counts,
    )


# --- access -----------------------------------------------------------------------------------

OF_A_MEMBER = {
    "members_member": "id",
    "members_historicalmember": "id",
    **dict.fromkeys(
        (
            "members_membershipperiod",
            "members_historicalmembershipperiod",
            "members_fee",
            "members_historicalfee",
            "members_payment",
            "members_historicalpayment",
            "members_application",
            "members_historicalapplication",
            "members_outgoingmail",
            "members_user",
            "dsar_subjectrequest",
            "dsar_accesspackage",
            "dsar_legalhold",
            "cases_case",
            "cases_historicalcase",
            "courses_registration",
            "courses_historicalregistration",
        ),
        "member_id",
    ),
    "members_readlog": "subject_id",
}
OF_AN_ACCOUNT = (
    "account_emailaddress",
    "mfa_authenticator",
    "socialaccount_socialaccount",
    "members_session",
    "members_loginrecord",
)


def collect(ids: list[int]) -> dict[int, dict[str, list[dict[str, Any]]]]:
    """Every row of these members as a dictionary, by member and table."""
    found: dict[int, dict[str, list[dict[str, Any]]]] = {key: {} for key in ids}
    with connection.cursor() as cursor:
        for table, key in OF_A_MEMBER.items():
            cursor.execute(
                f'SELECT * FROM "{table}" WHERE "{key}" = ANY(%s) ORDER BY id',
                [ids],
            )
            _sort_in(found, table, cursor, key)
        for table in OF_AN_ACCOUNT:
            cursor.execute(
                f'SELECT u.member_id AS of_member, t.* FROM "{table}" t'
                " JOIN members_user u ON u.id = t.user_id WHERE u.member_id = ANY(%s)",
                [ids],
            )
            _sort_in(found, table, cursor, "of_member")
        named = {*OF_A_MEMBER, *OF_AN_ACCOUNT}
        for table, statement in tables.selections(named):
            cursor.execute(statement, [ids])
            _sort_in(found, table, cursor, "of_member")
        cursor.execute(
            "SELECT object_id::bigint AS of_member, l.* FROM django_admin_log l"
            " WHERE object_id = ANY(%s) AND content_type_id = (SELECT id FROM django_content_type"
            " WHERE app_label = 'members' AND model = 'member')",
            [[str(key) for key in ids]],
        )
        _sort_in(found, "django_admin_log", cursor, "of_member")
    return found


def _sort_in(found: dict[int, Any], table: str, cursor: Any, key: str) -> None:
    names = [column.name for column in cursor.description]
    for row in cursor.fetchall():
        record = {name: _opened(value) for name, value in zip(names, row, strict=True)}
        found[record[key]].setdefault(table, []).append(record)


def _opened(value: Any) -> Any:
    """What is stored encrypted is no answer as it lies there."""
    is_ciphertext = isinstance(value, str) and value.startswith("gAAAA")
    return crypto.decrypt(value.encode()).decode() if is_ciphertext else value
