"""Who is asked, and the few mails that tell them so (P15, P32)."""

import datetime as dt

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from courses.models import Invitation, Registration, Survey
from courses.surveys import stores
from members import mail
from members.models import Member

CHUNK = 200


def asked(survey: Survey) -> QuerySet[Member]:
    """Those whom a survey asks: who had a place at the occasion, or every member."""
    people = Member.objects.filter(restricted_at=None)
    if survey.occasion_id is None:
        return people.current()
    there = [Registration.Status.REGISTERED, Registration.Status.ATTENDED]
    places = Registration.objects.filter(occasion=survey.occasion_id, status__in=there)
    return people.filter(pk__in=places.values("member"))


def carry_on(survey_id: int, *, at: dt.datetime) -> int:
    """Invite those who are asked, once, and send what is due, in chunks that each commit.

    A worker that dies is followed by another, which finds what is left. Gives how many mails.
    """
    on = timezone.localdate(at)
    survey = Survey.objects.open().filter(pk=survey_id).first()
    if survey is None or not survey.takes_answers(on):
        return 0
    _invite(survey_id, on=on)
    mails = 0
    while (sent := _send_some(survey_id, at=at)) is not None:
        mails += sent
    return mails


@transaction.atomic
def _invite(survey_id: int, *, on: dt.date) -> None:
    survey = Survey.objects.select_for_update(of=("self",)).get(pk=survey_id)
    if survey.asked_on is not None:
        return
    people = asked(survey).order_by("pk").values_list("pk", flat=True)
    Invitation.objects.bulk_create(
        (Invitation(survey=survey, member_id=key) for key in people), batch_size=2000
    )
    survey.asked_on = on
    survey.save(update_fields=["asked_on"])


@transaction.atomic
def _send_some(survey_id: int, *, at: dt.datetime) -> int | None:
    """Send to some of those who are due; None where nobody is.

    Each is looked at in the moment of sending: who has answered, declined, been restricted or is
    without an address gets nothing, and is marked like the others.
    """
    survey = Survey.objects.open().filter(pk=survey_id).first()
    if survey is None:
        return None
    waiting = survey.invitations.filter(round__lt=survey.rounds).order_by("pk")
    due = list(waiting.select_for_update(of=("self",)).select_related("member", "survey")[:CHUNK])
    if not due:
        return None
    done = stores.answered(due)
    survey.invitations.filter(pk__in=[i.pk for i in due]).update(round=survey.rounds)
    mails = 0
    for invitation in due:
        member = invitation.member
        silent = invitation.declined_on or invitation.pk in done or member.restricted_at
        if silent or not member.email:
            continue
        subject, body = letter(survey)
        mail.queue(member.email, subject, body, member=member, at=at)
        mails += 1
    return mails


def letter(survey: Survey) -> tuple[str, str]:
    """It names neither the survey nor the occasion: mail is read by more than its receiver."""
    is_reminder = survey.rounds > 1
    subject = _("A reminder of our questions") if is_reminder else _("We have some questions")
    body = _(
        "There are questions to you on My pages, under Surveys. You choose yourself whether to "
        "answer, and nothing in your membership depends on it.\n\n"
        "Log in to My pages to see what they are about and what the answers are used for. There "
        "you can also decline; then we do not remind you."
    )
    return subject, body
