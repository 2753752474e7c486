"""Where the answers to a survey lie while it is open: one store for each kind of link.

A store knows how to put an answer in, whether a member has answered, and how to take everything
out for counting. What it gives for counting is in no order, and what it leaves links to nobody.
"""

import datetime as dt
import json
import random
from collections.abc import Iterable
from typing import Any, Protocol

from django.db.models import Model, QuerySet

from courses.models import BallotBox, CodedReply, Invitation, Pseudonym, Reply, Survey
from ledarna_gdpr.crypto import keyed_hash
from ledarna_gdpr.privacy import registry
from members.models import Member

#: A question's text and what was answered to it: a choice, several, a grade or own words.
Answers = dict[str, Any]
#: How many answers a box holds before it is parted in two. An answer hides among half as many.
FULL = 200

chance = random.SystemRandom()


class Store(Protocol):
    def put(self, invitation: Invitation, answers: Answers) -> None: ...

    def own(self, invitation: Invitation) -> Answers | None:
        """A member's own answers, where they can be found."""

    def withdraw(self, invitation: Invitation, *, at: dt.datetime) -> None: ...

    def number(self) -> int: ...

    def empty(self, *, at: dt.datetime) -> list[Answers]:
        """Everything, in no order. Afterwards the store is empty and the invitations are gone."""


def of(survey: Survey) -> Store:
    return STORES[Survey.Identifiability(survey.identifiability)](survey)


def written(answers: Answers | list[Answers]) -> str:
    return json.dumps(answers, ensure_ascii=False)


class Linked:
    """Answers that can be found by their invitation until the survey closes."""

    model: type[Model]
    #: What is destroyed to take an answer back, and the path from the answer to its invitation.
    root: type[Model]
    path: str

    def __init__(self, survey: Survey) -> None:
        self.survey = survey

    @property
    def replies(self) -> QuerySet[Any]:
        return self.model._base_manager.filter(**{f"{self.path}__survey": self.survey})

    def own(self, invitation: Invitation) -> Answers | None:
        found = self.replies.filter(**{self.path: invitation}).values_list("contents", flat=True)
        contents = found.first()
        return None if contents is None else json.loads(contents)

    def withdraw(self, invitation: Invitation, *, at: dt.datetime) -> None:
        theirs = self.root._base_manager.filter(invitation=invitation)
        registry.destroy(self.root, theirs, at)

    def number(self) -> int:
        return self.replies.count()

    def empty(self, *, at: dt.datetime) -> list[Answers]:
        taken = dict(self.replies.values_list("pk", "contents"))
        registry.destroy(Invitation, self.survey.invitations.all(), at)
        # What a legal hold keeps linked is not counted: every counted answer is without an owner.
        for kept in self.replies.values_list("pk", flat=True):
            del taken[kept]
        return shuffled([json.loads(contents) for contents in taken.values()])


class Identifiable(Linked):
    model = root = Reply
    path = "invitation"

    def put(self, invitation: Invitation, answers: Answers) -> None:
        Reply.objects.create(invitation=invitation, contents=written(answers))


class Pseudonymous(Linked):
    model, root = CodedReply, Pseudonym
    path = "pseudonym__invitation"

    def put(self, invitation: Invitation, answers: Answers) -> None:
        pseudonym = Pseudonym.objects.create(invitation=invitation)
        CodedReply.objects.create(pseudonym=pseudonym, contents=written(answers))


class Anonymous:
    """Answers that cannot be found again, not by us either."""

    def __init__(self, survey: Survey) -> None:
        self.survey = survey

    def put(self, invitation: Invitation, answers: Answers) -> None:
        """Into some box, which is shaken: nothing tells the latest answer from the others.

        The caller holds the survey's lock. The ticket may end up in another box than the answer.
        """
        boxes = list(self.survey.boxes.all())
        box = chance.choice(boxes) if boxes else BallotBox(survey=self.survey)
        ballots = shuffled([*_ballots(box), answers])
        tickets = shuffled([*box.tickets, ticket(self.survey, invitation.member)])
        if len(ballots) > FULL:
            half = len(ballots) // 2
            other = BallotBox(survey=self.survey)
            _fill(other, ballots[half:], tickets[half:])
            ballots, tickets = ballots[:half], tickets[:half]
        _fill(box, ballots, tickets)

    def own(self, invitation: Invitation) -> Answers | None:
        return None

    def withdraw(self, invitation: Invitation, *, at: dt.datetime) -> None:
        raise LookupError("An anonymous answer cannot be found again.")

    def number(self) -> int:
        return sum(map(len, self.survey.boxes.values_list("tickets", flat=True)))

    def empty(self, *, at: dt.datetime) -> list[Answers]:
        taken = [ballot for box in self.survey.boxes.all() for ballot in _ballots(box)]
        self.survey.boxes.update(ballots="", tickets=[])
        registry.destroy(Invitation, self.survey.invitations.all(), at)
        return shuffled(taken)


STORES: dict[Survey.Identifiability, type[Identifiable | Pseudonymous | Anonymous]] = {
    Survey.Identifiability.IDENTIFIABLE: Identifiable,
    Survey.Identifiability.PSEUDONYMOUS: Pseudonymous,
    Survey.Identifiability.ANONYMOUS: Anonymous,
}


def answered(invitations: Iterable[Invitation]) -> set[int]:
    """The keys of the invitations that have an answer, whatever the survey.

    Three queries; the invitations have their surveys and members at hand.
    """
    invitations = list(invitations)
    found: set[int] = set()
    for store in (Identifiable, Pseudonymous):
        replies = store.model._base_manager.filter(**{f"{store.path}__in": invitations})
        found |= set(replies.values_list(store.path, flat=True))
    boxes = BallotBox.objects.filter(survey__in={i.survey_id for i in invitations})
    spent = {ticket for tickets in boxes.values_list("tickets", flat=True) for ticket in tickets}
    return found | {i.pk for i in invitations if ticket(i.survey, i.member) in spent}


def ticket(survey: Survey, member: Member) -> str:
    """What keeps a member from answering twice. Without LOOKUP_KEY it leads to nobody, and after
    her erasure to nobody at all."""
    return keyed_hash(f"{survey.public_id}:{member.public_id}", of="ticket of a survey")[:32]


def shuffled(things: list[Any]) -> list[Any]:
    return chance.sample(things, len(things))


def _ballots(box: BallotBox) -> list[Answers]:
    return json.loads(box.ballots) if box.ballots else []


def _fill(box: BallotBox, ballots: list[Answers], tickets: list[str]) -> None:
    box.ballots, box.tickets = written(ballots), sorted(tickets)
    box.save()
