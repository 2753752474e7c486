"""Units, and cases at every stage, for the demo: as the services would have made them."""

import datetime as dt
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from cases import attachments, services
from cases.kinds import Kind
from cases.models import Case, Message, Team, TeamMembership
from ledarna_gdpr.privacy import registry
from members.demo.register import ago, next_sweep
from members.models import Member, OutgoingMail, User

SCRIPT = Path(__file__).with_suffix(".json")
PDF = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj 2 0 obj<</Type/Pages/Kids[3 0 R]"
    b"/Count 1>>endobj 3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 300]>>endobj\n"
    b"trailer<</Root 1 0 R>>\n%%EOF\n"
)


def load(*, at: dt.datetime, members: QuerySet[Member], staff: Mapping[str, User]) -> None:
    """``members`` are current ones, the first the demo's own; ``staff`` by e-mail address."""
    script = json.loads(SCRIPT.read_text())
    people = {email.partition("@")[0]: user for email, user in staff.items()}
    current = list(members)
    for unit in script["teams"]:
        team = Team.objects.create(name=unit["name"], kinds=unit["kinds"])
        for name in unit["people"]:
            TeamMembership.objects.create(
                team=team, user=people[name], is_lead=name in unit["leads"]
            )
    for told in script["cases"]:
        _Story(told, current[told["member"]], people, at).play()
    # The mail that told of all this was delivered in its time.
    registry.destroy(OutgoingMail, OutgoingMail.objects.filter(created_at__lt=at), at)


class _Story:
    """A case from the script, whose days are counted back from now, or from the day on which the
    next sweep takes it."""

    def __init__(
        self, told: dict[str, Any], member: Member, people: Mapping[str, User], at: dt.datetime
    ) -> None:
        self.told, self.member, self.people, self.now = told, member, people, at
        self.minute = 0
        self.case = self._opened()

    def _opened(self) -> Case:
        # Kinds that a case becomes begin as advice.
        kind = Kind.ADVICE if self.told["kind"].endswith("_from_advice") else self.told["kind"]
        return services.open_case(
            self.member,
            kind=kind,
            subject=self.told["subject"],
            at=self.at(self.told["days"]),
            by=self.people.get(self.told["by"]),
            concerns_health=self.told.get("health", False),
        )

    def at(self, days: int) -> dt.datetime:
        """A time so many days ago; each later than the one before."""
        self.minute += 1
        if self.told.get("due_tonight"):
            period = {"service": {"years": 1}, "career_coaching": {"years": 2}}[self.told["kind"]]
            day = ago(next_sweep(self.now), **period) - dt.timedelta(days=days)
            return timezone.make_aware(dt.datetime.combine(day, dt.time(10, self.minute)))
        return self.now - dt.timedelta(days=days, minutes=60 - self.minute)

    def on(self, days: int) -> dt.date:
        return timezone.localdate(self.at(days))

    def play(self) -> None:
        for days, step, name, *rest in self.told["steps"]:
            by = self.people.get(name)
            getattr(self, step)(days, by, *rest)
            self.case.refresh_from_db()

    def take(self, days: int, by: User) -> None:
        services.take(self.case, by=by, at=self.at(days))

    def message(self, days: int, by: User | None, body: str) -> Message:
        sent = services.send_message(self.case, body=body, by=by, at=self.at(days))
        if by is None:
            letter = SimpleUploadedFile(_("letter from the employer.pdf"), PDF)
            attachment = attachments.examine(letter)
            services.attach(self.case, attachment, message=sent, at=sent.at)
        return sent

    def participant(self, days: int, by: User, role: str, name: str, organisation: str) -> None:
        services.add_participant(self.case, role=role, name=name, organisation=organisation, by=by)

    def note(
        self,
        days: int,
        by: User,
        channel: str,
        body: str,
        *,
        final: bool = True,
        is_protocol: bool = False,
    ) -> None:
        services.write_note(
            self.case,
            body=body,
            channel=channel,
            by=by,
            at=self.at(days),
            final=final,
            is_protocol=is_protocol,
        )

    def draft(self, days: int, by: User, channel: str, body: str) -> None:
        self.note(days, by, channel, body, final=False)

    def protocol(self, days: int, by: User, channel: str, body: str) -> None:
        self.note(days, by, channel, body, is_protocol=True)

    def occurrence(self, days: int, by: User, kind: str) -> None:
        services.record_occurrence(self.case, kind=kind, on=self.on(days), by=by, at=self.at(days))

    def escalate(self, days: int, by: User, to: str, reason: str) -> None:
        services.escalate(self.case, to, by=by, at=self.at(days), reason=reason)
        self.case.refresh_from_db()
        if self.case.handler_id is None:
            self.take(days, by)

    def schedule(self, days: int, by: User, ahead: int) -> None:
        due_on = timezone.localdate(self.now) + dt.timedelta(days=ahead)
        services.schedule(self.case, due_on=due_on, by=by, at=self.at(days))

    def waiting(self, days: int, by: User, ahead: int) -> None:
        due_on = timezone.localdate(self.now) + dt.timedelta(days=ahead)
        services.schedule(self.case, due_on=due_on, is_waiting=True, by=by, at=self.at(days))

    def close(self, days: int, by: User) -> None:
        needs_date = self.case.facts.clock == "concluded_on"
        concluded_on = self.on(days) if needs_date else None
        services.close(self.case, by=by, at=self.at(days), concluded_on=concluded_on)

    def restrict(self, days: int, by: User, ground: str) -> None:
        services.restrict(
            self.case,
            ground,
            by=by,
            at=self.at(days),
            reason=_("The member contests what is noted and has asked us to wait."),
        )
