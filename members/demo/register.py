"""A small member register of invented people, the same on every machine, dated from a given day."""

import calendar
import datetime as dt
import json
import random
import unicodedata
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Group
from django.utils import timezone
from simple_history.utils import bulk_create_with_history

from ledarna_gdpr.privacy import Source, registry
from members.demo import logins
from members.demo.numbers import test_numbers
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
from members.models.person import Protection

WORDS = json.loads(Path(__file__).with_name("people.json").read_text())
CURRENT = 210
FEE = Decimal("990.00")  # a quarter
REASONS = ["own_request"] * 5 + ["unpaid", "retired", "retired", "other_union"]

#: How many years, months and days before the next sweep former members left: just now, some time
#: ago, due for reduction (R1), reduced, due for deletion (R2).
LEFT = (
    *((0, 0, days) for days in (1, 2, 3, 5, 8, 13)),
    *((0, months, 3) for months in range(1, 12)),
    *((0, months, 11) for months in range(1, 12)),
    *((1, 0, days) for days in (0, 0, 0)),
    *((years, months, 0) for years in range(1, 10) for months in (2, 7)),
    *((10, 0, days) for days in (0, 0)),
)


def load(*, at: dt.datetime) -> None:
    """Fill an empty register. About 270 people, staff accounts included."""
    draw = random.Random(2027)  # noqa: S311 - the same people each time
    today, tonight = timezone.localdate(at), next_sweep(at)
    left_on = [None] * CURRENT + [ago(tonight, *span) for span in LEFT]
    people = [invent(draw, number, on=today) for number in range(len(left_on))]
    for person, day in zip(people, left_on, strict=True):
        person.left_on = day
    periods = [period(draw, person) for person in people]
    for person, membership in zip(people, periods, strict=True):
        came = draw.choice([Source.APPLICATION, Source.IMPORT])
        person.note_source(sorted(filled(person)), came, days_before(draw, membership.started_on))
    make_special(people)
    for person in people:
        if reduced := is_reduced(person, tonight):
            reduce(person, reduced)
    members = bulk_create_with_history(people, Member)
    bulk_create_with_history(periods, MembershipPeriod)
    charge(draw, members, periods, today)
    apply(draw, at)
    accounts(draw, members, at)


def next_sweep(at: dt.datetime) -> dt.date:
    """The day whose sweep comes next; it is made at two in the morning."""
    local = timezone.localtime(at)
    return local.date() + dt.timedelta(days=local.hour >= 2)


def ago(today: dt.date, years: int = 0, months: int = 0, days: int = 0) -> dt.date:
    """The day so long ago, or the last of a month that is too short."""
    total = today.year * 12 + today.month - 1 - 12 * years - months
    year, month = divmod(total, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return dt.date(year, month + 1, min(today.day, last)) - dt.timedelta(days=days)


def invent(draw: random.Random, number: int, *, on: dt.date) -> Member:
    given, family = draw.choice(WORDS["given_names"]), draw.choice(WORDS["family_names"])
    postal_code, city = draw.choice(WORDS["cities"])
    person = Member(
        member_number=200_000 + 7 * number + draw.randrange(7),
        given_names=given,
        family_name=family,
        email=f"{plain(given)}.{plain(family)}.{number}@example.{draw.choice(('org', 'com'))}",
        phone=f"+467017406{draw.randrange(5, 100):02}",
        street_address=f"{draw.choice(WORDS['streets'])} {draw.randrange(1, 60)}",
        postal_code=postal_code,
        city=city,
        employer=draw.choice(WORDS["employers"]),
        job_title=draw.choice(WORDS["job_titles"]),
    )
    numbers = of_working_age(on.year)
    person.set_personnummer(numbers[(number * 37) % len(numbers)])
    return person


@cache
def of_working_age(year: int) -> list[str]:
    return [number for number in test_numbers() if 22 <= year - int(number[:4]) <= 66]


def plain(name: str) -> str:
    decomposed = unicodedata.normalize("NFKD", name.lower()).encode("ascii", "ignore").decode()
    return "".join(letter for letter in decomposed if letter.isalpha())


def filled(person: Member) -> set[str]:
    return {name for name in registry[Member].provided if getattr(person, name)}


def make_special(people: list[Member]) -> None:
    """What a register holds besides the ordinary."""
    member, *_, single, unknown = people[:40]
    member.email = logins.MEMBER
    people[CURRENT + 8].email = logins.FORMER_MEMBER
    single.family_name = ""
    unknown.set_personnummer("")
    for person, line in zip(people[5:8], WORDS["care_of"], strict=True):
        person.care_of = line
    people[8].street_address, people[8].postal_code = "Box 114", "10122"
    for person, abroad in zip(people[9:13], WORDS["abroad"], strict=True):
        person.street_address, person.postal_code, person.city, person.country = abroad
        person.set_personnummer("")
    for person, protection in zip(
        people[13:18], [*Protection][1:] + [*Protection][1:3], strict=True
    ):
        person.protection = protection


def is_reduced(person: Member, today: dt.date) -> dt.date | None:
    """The day on which the sweep took all but the stub, for those who left long enough ago."""
    if person.left_on is None or person.left_on >= ago(today, years=1):
        return None
    return person.left_on.replace(day=1, year=person.left_on.year + 1)


def reduce(person: Member, on: dt.date) -> None:
    """As the sweep leaves a person when R1 has run out."""
    declared, empty = registry.subject, Member()
    for name in declared.fields:
        if name not in declared.stub.keep:
            setattr(person, name, getattr(empty, name))
    person.reduced_at = timezone.make_aware(dt.datetime.combine(on, dt.time(2, 0)))


def period(draw: random.Random, member: Member) -> MembershipPeriod:
    end = member.left_on or timezone.localdate()
    return MembershipPeriod(
        member=member,
        started_on=end - dt.timedelta(days=draw.randrange(400, 6000)),
        ended_on=member.left_on,
        exit_reason=draw.choice(REASONS) if member.left_on else "",
    )


def days_before(draw: random.Random, joined: dt.date) -> dt.datetime:
    """When her application, or the file that she stood in, came in."""
    day = joined - dt.timedelta(days=draw.randrange(3, 30))
    return timezone.make_aware(dt.datetime.combine(day, dt.time(draw.randrange(8, 17), 30)))


def charge(
    draw: random.Random, members: list[Member], periods: list[MembershipPeriod], today: dt.date
) -> None:
    """A fee each quarter of the accounting years that bokföringslagen still keeps."""
    quarters = [
        dt.date(year, month, 1) for year in range(today.year - 6, today.year + 1)
        for month in (1, 4, 7, 10)
    ]  # fmt: skip
    fees = []
    for member, membership in zip(members, periods, strict=True):
        until = membership.ended_on or today
        for start in quarters:
            if membership.started_on <= start <= until:
                fees.append(fee(draw, member, start, today))
    fees = bulk_create_with_history(fees, Fee, batch_size=500)
    payments = [
        Payment(
            member_id=fee.member_id,
            fee=fee,
            amount=fee.amount,
            fiscal_year_ends_on=fee.settled_on.replace(month=12, day=31),
            paid_on=fee.settled_on,
            reference=f"{draw.randrange(10**9, 10**10)}",
        )
        for fee in fees
        if fee.settled_on
    ]
    bulk_create_with_history(payments, Payment, batch_size=500)


def fee(draw: random.Random, member: Member, start: dt.date, today: dt.date) -> Fee:
    end = start.replace(month=start.month + 2)
    due_on = start.replace(day=28)
    paid = due_on < today and draw.random() > 0.01
    return Fee(
        member=member,
        amount=FEE,
        fiscal_year_ends_on=start.replace(month=12, day=31),
        covers_from=start,
        covers_to=end.replace(day=calendar.monthrange(end.year, end.month)[1]),
        due_on=due_on,
        settled_on=due_on - dt.timedelta(days=draw.randrange(0, 12)) if paid else None,
    )


def apply(draw: random.Random, at: dt.datetime) -> None:
    """Applications in every state, one of them gone quiet so long ago that R3 takes it tonight."""
    quiet = (timezone.localdate(at) - ago(next_sweep(at), months=3)).days
    days = {"started": (1, 20, quiet), "submitted": (0, 1, 1, 3, 6), "declined": (10, 40)}
    applications: list[Application] = []
    for status, ages in days.items():
        for age in ages:
            person = invent(draw, 900 + len(applications), on=timezone.localdate(at))
            application = Application(
                **{name: getattr(person, name) for name in registry[Application].provided},
                personnummer_hash=person.personnummer_hash,
                status=status,
                last_activity_at=at - dt.timedelta(days=age),
                decided_at=at - dt.timedelta(days=age) if status == "declined" else None,
            )
            applications.append(application)
    bulk_create_with_history(applications, Application)
    newest = Member.objects.current().order_by("-member_number")[:2]
    accepted = [
        Application(
            **{name: getattr(member, name) for name in registry[Application].provided},
            personnummer_hash=member.personnummer_hash,
            status="accepted",
            member=member,
            last_activity_at=at - dt.timedelta(days=5),
            decided_at=at - dt.timedelta(days=5),
        )
        for member in newest
    ]
    bulk_create_with_history(accepted, Application)


def accounts(draw: random.Random, members: list[Member], at: dt.datetime) -> None:
    password = make_password(logins.PASSWORD)
    staff = []
    for login in logins.STAFF:
        user = User(email=login.email, name=login.name, is_staff=True, password=password)
        user.save()
        user.groups.set(Group.objects.filter(name__in=login.roles))
        staff.append(user)
    with_password = [logins.MEMBER, logins.FORMER_MEMBER]
    of_members = [
        User(member=member, password=password if member.email in with_password else "!")
        for member in members
        if member.email in with_password or (member.left_on is None and draw.random() < 0.15)
    ]
    for user in of_members:
        user.save()
    LoginRecord.objects.bulk_create(
        LoginRecord(
            user=user,
            at=before(draw, at, days=80),
            method=draw.choice(["code", "code", "password", "bankid"]),
            ip_address=f"192.0.2.{draw.randrange(1, 255)}",
            succeeded=True,
        )
        for user in of_members
        for _visit in range(draw.randrange(1, 5))
    )
    read(draw, members, staff, of_members, at)


def read(
    draw: random.Random,
    members: list[Member],
    staff: list[User],
    of_members: list[User],
    at: dt.datetime,
) -> None:
    """Who has looked at whom: staff who may see the register, and members themselves."""
    readers = [user for user in staff if user.has_perm("members.view_member")][:4]
    rows: list[dict[str, Any]] = [
        {"actor": draw.choice(readers), "member": draw.choice(members), "view": view}
        for _look in range(300)
        for view in [
            draw.choice(["admin:members_member_change", "admin:members_member_changelist"])
        ]
    ]
    rows += [{"actor": user, "member": user.member, "view": "my_pages"} for user in of_members]
    ReadLog.objects.bulk_create(
        ReadLog(
            at=before(draw, at, days=300),
            actor_id=row["actor"].pk,
            subject_id=row["member"].pk,
            view=row["view"],
            purpose=str(registry[Member].purpose.title),
            is_protected=row["member"].is_protected,
        )
        for row in rows
    )


def before(draw: random.Random, at: dt.datetime, *, days: int) -> dt.datetime:
    return at - dt.timedelta(minutes=draw.randrange(10, days * 24 * 60))
