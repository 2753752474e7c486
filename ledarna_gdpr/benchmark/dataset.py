"""An invented register of any size: about 33 rows a member over all tables, made by the server.

What the engines meet most of is written out here; rows of every other declared model come from
its declaration (``rows``), and so does the history of each that has one.
"""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.apps import apps
from django.core.management.color import no_style
from django.db import connection, transaction

from cases.kinds import Kind
from ledarna_gdpr import crypto
from ledarna_gdpr.benchmark import rows
from ledarna_gdpr.privacy import PersonalData, registry

GIVEN_NAMES = (
    "Anna,Maria,Karin,Eva,Lars,Mikael,Johan,Anders,Erik,Åsa,Fatima,Ali,Zoë,Örjan"
)  # fmt: skip
FAMILY_NAMES = (
    "Andersson,Johansson,Karlsson,Nilsson,Eriksson,Larsson,Olsson,Persson,Svensson,Gustafsson,"
    "Pettersson,Jonsson,Jansson,Hansson,Bengtsson,Jönsson,Lindberg,Jakobsson,Magnusson,Olofsson,"
    "Lindström,Lindqvist,Lindgren,Berg,Axelsson,Bergström,Lundberg,Lind,Lundgren,Mattsson,"
    "Berglund,Fredriksson,Sandberg,Henriksson,Forsberg,Sjöberg,Wallin,Åberg,Östlund,Öberg"
)

#: Numbers of members: %(ended)s first, then %(left)s, then those who are members still.
STATEMENTS = """
INSERT INTO members_member (id, public_id, member_number, given_names, family_name,
    preferred_name, personnummer, personnummer_hash, email, phone, care_of, street_address,
    postal_code, city, country, employer, job_title, protection, left_on, provenance, reduced_at)
SELECT i, gen_random_uuid(), 100000 + i,
    (%(given)s::text[])[1 + i %% cardinality(%(given)s::text[])],
    (%(family)s::text[])[1 + (i / 14) %% cardinality(%(family)s::text[])],
    '', '', encode(sha256(('row ' || i)::bytea), 'hex'), 'm' || i || '@example.org',
    '+4670' || lpad(i::text, 7, '0'), '', 'Storgatan ' || i %% 200, '10222', 'Stockholm', 'SE',
    'Arbetsgivare ' || i %% 5000, 'Chef',
    CASE WHEN i %% 500 = 0 THEN 'confidential' ELSE '' END,
    CASE WHEN i <= %(ended)s THEN date '2017-01-01'
         WHEN i <= %(ended)s + %(left)s THEN date '2026-01-01'
         WHEN i %% 10 = 0 THEN date '2026-02-01' + i %% 300 END,
    jsonb_build_object('email', jsonb_build_array('import', '2025-01-01T12:00:00+01:00')),
    CASE WHEN i <= %(ended)s THEN timestamptz '2018-01-02' END
FROM generate_series(1, %(members)s) i;

INSERT INTO members_membershipperiod (id, member_id, started_on, ended_on, exit_reason)
SELECT id, id, date '2010-01-01', left_on,
    CASE WHEN left_on IS NULL THEN '' ELSE 'own_request' END
FROM members_member;

INSERT INTO members_fee (id, member_id, amount, fiscal_year_ends_on, covers_from, covers_to,
    due_on, settled_on)
SELECT m.id * 4 + n, m.id, 330, y.ends, y.ends - 90 * n, y.ends - 90 * n + 30, y.ends - 60,
    y.ends - 61
FROM members_member m, generate_series(1, 3) n, LATERAL (SELECT CASE WHEN m.id <= %(ended)s
    THEN date '2019-12-31' ELSE date '2025-12-31' END AS ends) y;

INSERT INTO members_payment (id, member_id, fee_id, amount, fiscal_year_ends_on, paid_on,
    reference)
SELECT id, member_id, id, amount, fiscal_year_ends_on, settled_on, '1234' || id FROM members_fee;

INSERT INTO members_user (id, member_id, password, is_superuser, is_staff, is_active,
    date_joined, name)
SELECT id, id, '!', false, false, true, timestamptz '2026-06-01', ''
FROM members_member WHERE id %% 2 = 0;

INSERT INTO account_emailaddress (id, user_id, email, verified, "primary")
SELECT u.id, u.id, m.email, true, true
FROM members_user u JOIN members_member m ON m.id = u.member_id;

INSERT INTO members_session (session_key, session_data, expire_date, user_id)
SELECT 'session' || id, repeat('x', 200), timestamptz '2027-06-01', id
FROM members_user WHERE id %% 10 = 0;

INSERT INTO members_loginrecord (user_id, at, method, succeeded)
SELECT u.id, timestamptz '2026-06-01' + interval '1 hour' * n, 'code', true
FROM members_user u, generate_series(1, 4) n;

INSERT INTO members_readlog (at, actor_id, subject_id, view, purpose, is_protected)
SELECT CASE WHEN m.id <= %(ended)s THEN timestamptz '2025-01-01 12:00'
    ELSE timestamptz '2026-03-01' + interval '1 hour' * (m.id %% 5000) END,
    1, m.id, 'admin:members_member_change', 'Medlemsservice', false
FROM members_member m, generate_series(1, 6) n;

INSERT INTO members_outgoingmail (member_id, "to", subject, body, status, created_at)
SELECT id, '', 'Besked', '', 'delivered', timestamptz '2026-12-29'
FROM members_member WHERE id %% 5 = 0;

INSERT INTO members_application (id, public_id, given_names, family_name, preferred_name,
    personnummer, email, phone, care_of, street_address, postal_code, city, country, employer,
    job_title, status, notice_version, last_activity_at, decided_at, member_id)
SELECT id, gen_random_uuid(), given_names, family_name, '', '', email, phone, '', street_address,
    postal_code, city, 'SE', employer, job_title, 'accepted', '1', timestamptz '2026-12-01',
    timestamptz '2026-12-01', id
FROM members_member WHERE id %% 10 = 0;

INSERT INTO dsar_subjectrequest (public_id, kind, channel, status, member_id, name, contact,
    message, received_at, identification, extension_reason, decision_reason, decided_at,
    closed_at, notice_version, package_sha256)
SELECT gen_random_uuid(), 'access', 'my_pages', 'answered', id, '', '', '',
    timestamptz '2026-05-01', 'logged_in', '', '', timestamptz '2026-05-02',
    timestamptz '2026-05-02', '1', ''
FROM members_member WHERE id %% 40 = 0;

INSERT INTO cases_team (id, name, kinds, is_active)
SELECT i, 'Enhet ' || i, %(kinds)s::jsonb, true FROM generate_series(1, 20) i;

INSERT INTO cases_case (id, public_id, kind, status, member_id, subject, is_opened_by_member,
    concerns_health, team_id, handler_id, opened_at, due_on, closed_at, concluded_on,
    last_contact_at, restriction_ground, notice_version)
SELECT m.id, gen_random_uuid(), k.kind, CASE WHEN k.is_open THEN 'open' ELSE 'closed' END,
    m.id, %(ciphertext)s, false, false, 1 + (m.id / 50) %% 20,
    CASE WHEN m.id %% 1000 = 0 THEN %(members)s + 1 END, k.closed_at - interval '30 days',
    CASE WHEN k.is_open THEN date '2026-12-01' + (m.id / 50 %% 90)::int END,
    CASE WHEN NOT k.is_open THEN k.closed_at END,
    CASE WHEN NOT k.is_open AND k.kind = 'negotiation' THEN k.closed_at::date END,
    k.closed_at, '', '1'
FROM members_member m, LATERAL (SELECT
    CASE WHEN m.id <= %(ended)s THEN 'service' ELSE
        (ARRAY['advice', 'service', 'career_coaching', 'negotiation'])[1 + m.id / 50 %% 4]
    END AS kind,
    m.id > %(ended)s AND m.id %% 50 = 0 AS is_open,
    CASE WHEN m.id <= %(ended)s THEN timestamptz '2026-01-01 12:00'
        ELSE timestamptz '2026-06-01 12:00' END AS closed_at) k;

INSERT INTO cases_note (case_id, author_id, at, created_at, channel, service, body, status,
    finalised_at, is_protocol)
SELECT id, %(members)s + 1, opened_at, opened_at, 'phone', 'advice', %(ciphertext)s, 'final',
    opened_at, false
FROM cases_case;

INSERT INTO cases_caseevent (case_id, kind, at, by_id, team_id, old_kind, new_kind, old_rule,
    new_rule, reason)
SELECT id, 'opened', opened_at, %(members)s + 1, team_id, '', '', '', '', '' FROM cases_case;

INSERT INTO cases_teammembership (team_id, user_id, is_lead) VALUES (1, %(members)s + 1, true);

INSERT INTO courses_platform (id, name, company, country, shares, mechanism, policy_url, player)
VALUES (1, 'Zoom', 'Zoom Communications, Inc.', 'US', 'din ip-adress', 'dpf',
    'https://example.org/', 'zoom');

INSERT INTO courses_occasion (id, public_id, kind, title, description, starts_at, ends_at, price,
    platform_id, join_link, venue, is_voting_meeting, published_at)
SELECT i, gen_random_uuid(), 'webinar', 'Webbinarium ' || i, '',
    timestamptz '2026-12-01 09:00' + interval '11 hours' * (i %% 200),
    timestamptz '2026-12-01 10:00' + interval '11 hours' * (i %% 200), 0, 1, %(ciphertext)s, '',
    false, timestamptz '2026-10-01'
FROM generate_series(1, 500) i;

INSERT INTO courses_registration (id, public_id, member_id, occasion_id, status, registered_at,
    invoice_reference, notice_version)
SELECT id, gen_random_uuid(), id, 1 + id %% 500, 'attended', timestamptz '2026-11-01', '', '1'
FROM members_member WHERE id > %(ended)s AND id %% 2 = 0;

INSERT INTO courses_attendance (occasion_id, display_name, joined_at, left_at, minutes, is_phone,
    key, member_id, matched_at)
SELECT occasion_id, %(ciphertext)s, timestamptz '2026-12-01 09:00', timestamptz '2026-12-01 10:00',
    60, false, encode(sha256(('seat ' || id)::bytea), 'hex'), member_id, timestamptz '2026-12-12'
FROM courses_registration;

INSERT INTO courses_survey (id, public_id, kind, title, purpose, role, commissioned_by,
    identifiability, minimum_group, max_reminders, closes_on, results_until,
    opened_on, rounds)
SELECT i, gen_random_uuid(), 'opinion', 'Enkät ' || i, 'Bättre kurser', 'controller', '',
    'identifiable', 5, 1, date '2027-01-31', date '2028-01-31', date '2026-12-01', 1
FROM generate_series(1, 20) i;

INSERT INTO members_toolresult (public_id, member_id, tool, inputs, result, saved_at,
    last_opened_at)
SELECT gen_random_uuid(), id, 'ledarprofil', %(json)s, %(json)s, timestamptz '2026-09-01',
    timestamptz '2026-09-01'
FROM members_member WHERE left_on IS NULL AND id %% 20 = 1;

INSERT INTO members_user (id, email, password, is_superuser, is_staff, is_active, date_joined,
    name)
VALUES (%(members)s + 1, 'staff@example.org', '!', true, true, true, now(), 'Staff');

INSERT INTO dsar_periodchange (rule, years, months, days, reason, proposed_by_id, proposed_at)
VALUES ('R1', 0, 12, 0, 'Oförändrat', %(members)s + 1, timestamptz '2026-06-01');

INSERT INTO dsar_legalhold (member_id, model, record, reason, set_by_id, set_on, until)
SELECT id, '', NULL, 'Tvist', %(members)s + 1, date '2025-01-01', date '2025-12-31'
FROM members_member WHERE id %% 40 = 0
UNION ALL SELECT %(members)s, 'cases.Case', %(members)s, 'Tvist', %(members)s + 1,
    date '2026-06-01', date '2027-12-31';

INSERT INTO dsar_suspendederasure (member_id, model, record, mention, since)
VALUES (%(members)s, 'cases.Case', %(members)s, '', timestamptz '2026-06-01');

INSERT INTO django_admin_log (action_time, user_id, content_type_id, object_id, object_repr,
    action_flag, change_message)
SELECT timestamptz '2026-06-01', %(members)s + 1, t.id, m.id::text, 'Medlem ' || m.id, 2, '[]'
FROM members_member m, django_content_type t
WHERE m.id %% 10 = 0 AND t.app_label = 'members' AND t.model = 'member';
"""
#: Rows of history that a record has, where it is not one.
HISTORIES = {"members_member": 2}


def fill(members: int, *, ended: int, left: int) -> None:
    """Fill an empty register. Raises ``RuntimeError`` where there are members already."""

    values: dict[str, Any] = {
        "members": members,
        "ended": ended,
        "left": left,
        "given": GIVEN_NAMES.split(","),
        "family": FAMILY_NAMES.split(","),
        "kinds": json.dumps(Kind.values),
        "json": crypto.encrypt(b"{}").decode(),
        "ciphertext": crypto.encrypt("Samma ord i alla ärenden.".encode()).decode(),
    }
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM members_member LIMIT 1")
        if cursor.fetchone():
            raise RuntimeError("There are members in this database.")
        with transaction.atomic(), _without_indexes(cursor):
            # What is made here refers to what is there; checking each row would take most of it.
            cursor.execute("SET LOCAL session_replication_role = replica")
            for statement in STATEMENTS.split(";\n"):
                if statement.strip():
                    cursor.execute(statement, values)
            named = set(re.findall(r"INSERT INTO (\w+)", STATEMENTS))
            rows.write(cursor, named=named, ended=ended)
            for declaration in registry.declared_histories().values():
                _copy_to_history(cursor, declaration)
            _renumber(cursor)
        cursor.execute("VACUUM ANALYZE")


@contextmanager
def _without_indexes(cursor: Any) -> Iterator[None]:
    """Take the indexes away but for the primary keys, and build each in one go afterwards."""
    tables = [
        model._meta.db_table for d in registry for model in (d.model, d.history_model) if model
    ]
    cursor.execute(
        "SELECT format('ALTER TABLE %%I', conrelid::regclass::text), conname,"
        " pg_get_constraintdef(oid) FROM pg_constraint"
        " WHERE contype IN ('u', 'x') AND conrelid::regclass::text = ANY (%s)",
        [tables],
    )
    constraints = cursor.fetchall()
    for table, name, _ in constraints:
        cursor.execute(f'{table} DROP CONSTRAINT "{name}"')
    cursor.execute(
        "SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index"
        " WHERE NOT indisprimary AND indrelid::regclass::text = ANY (%s)",
        [tables],
    )
    indexes = cursor.fetchall()
    for name, _ in indexes:
        cursor.execute(f"DROP INDEX {name}")
    yield
    cursor.execute("SET LOCAL maintenance_work_mem = '512MB'")
    for _, definition in indexes:
        cursor.execute(definition)
    for table, name, definition in constraints:
        cursor.execute(f'{table} ADD CONSTRAINT "{name}" {definition}')


def _copy_to_history(cursor: Any, declaration: PersonalData) -> None:
    table = declaration.model._meta.db_table
    history = declaration.history_model._meta.db_table  # type: ignore[union-attr]
    listed = ", ".join(f'"{name}"' for name in sorted(_columns(history) & _columns(table)))
    cursor.execute(
        f"INSERT INTO {history} ({listed}, history_date, history_type)"  # noqa: S608 - our names
        f" SELECT {listed}, timestamptz '2026-01-01' + interval '1 day' * n, '~'"
        f" FROM {table}, generate_series(1, {HISTORIES.get(table, 1)}) n"
    )


def _columns(table: str) -> set[str]:
    with connection.cursor() as cursor:
        return {c.name for c in connection.introspection.get_table_description(cursor, table)}


def _renumber(cursor: Any) -> None:
    """Let the keys go on after those that were written."""
    for statement in connection.ops.sequence_reset_sql(no_style(), apps.get_models()):
        cursor.execute(statement)
