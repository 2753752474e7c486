"""What a member does with a survey: answers it, declines it, takes her answers back (P32, P33)."""

import datetime as dt

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from courses.models import Invitation, Survey, SurveyConsent
from courses.surveys import stores
from courses.surveys.stores import Answers
from ledarna_gdpr.privacy import registry
from members.models import Member


class CannotAnswer(Exception):
    """The message is written for the member and is shown as it is."""


def consent_wording(survey: Survey) -> str:
    """What a member says yes to."""
    return _("I consent to %(controller)s storing my answers for the purpose stated above.") % {
        "controller": survey.commissioned_by or settings.CONTROLLER["name"],
    }


@transaction.atomic
def answer(
    survey: Survey, member: Member, answers: Answers, *, consents: bool, at: dt.datetime
) -> None:
    """Store a member's answers, and before them her consent where the survey rests on it.

    Nothing else is written, and no time: not on the invitation either, whose row would then have
    been changed in the same transaction. Raises ``CannotAnswer``.
    """
    survey = _locked(survey)
    invitation = _invitation(survey, member)
    if not survey.takes_answers(timezone.localdate(at)):
        raise CannotAnswer(_("The survey has closed. Nothing was stored."))
    if stores.answered([invitation]):
        raise CannotAnswer(_("You have answered this survey already."))
    if survey.needs_consent:
        if not consents:
            raise CannotAnswer(_("Your answers cannot be stored without your consent."))
        if survey.can_be_withdrawn:
            _record_consent(survey, member, timezone.localdate(at))
    stores.of(survey).put(invitation, answers)


def _record_consent(survey: Survey, member: Member, on: dt.date) -> None:
    SurveyConsent.objects.get_or_create(
        member=member,
        survey=survey,
        withdrawn_on=None,
        defaults={
            "wording": consent_wording(survey),
            "notice_version": registry.notice_in_force(on),
            "given_on": on,
        },
    )


@transaction.atomic
def decline(survey: Survey, member: Member, *, at: dt.datetime) -> None:
    """No more mail about this survey. She may still answer it while it is open."""
    invitations = Invitation.objects.filter(survey=survey, member=member, declined_on=None)
    invitations.update(declined_on=timezone.localdate(at))


@transaction.atomic
def withdraw(survey: Survey, member: Member, *, at: dt.datetime) -> None:
    """Erase a member's answers, and note that her consent has ended. Raises ``CannotAnswer``
    where they cannot be found."""
    survey = _locked(survey)
    invitation = _invitation(survey, member)
    if not survey.can_be_withdrawn or not survey.is_running:
        raise CannotAnswer(_("Nothing leads from an answer to you any more: it cannot be found."))
    stores.of(survey).withdraw(invitation, at=at)
    given = SurveyConsent.objects.filter(survey=survey, member=member, withdrawn_on=None)
    given.update(withdrawn_on=timezone.localdate(at))


def _locked(survey: Survey) -> Survey:
    """Held until the answer is in: whoever counts waits, and then counts it, too."""
    return Survey.objects.select_for_update(of=("self",)).get(pk=survey.pk)


def _invitation(survey: Survey, member: Member) -> Invitation:
    invitation = survey.invitations.filter(member=member).select_related("member", "survey").first()
    if invitation is None:
        raise CannotAnswer(_("The survey has closed. Nothing was stored."))
    return invitation
