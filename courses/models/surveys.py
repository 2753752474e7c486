"""Surveys, and the places where their answers lie until they are counted.

While a survey is open each kind of answer has a table of its own, and the table of the anonymous
ones has no column that could lead to anybody. When it closes the answers are counted, the tables
are emptied, and what is left are numbers and texts without an owner (docs/decisions/0007).
"""

import datetime as dt
import uuid
from typing import Any, Self

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from courses.models.occasions import Occasion
from ledarna_gdpr.fields import EncryptedTextField
from members.models import Member

#: No group is so small that its answers are shown.
SMALLEST_GROUP = 5
MOST_REMINDERS = 3
SCALE = range(1, 6)


class SurveyQuerySet(models.QuerySet["Survey"]):
    def for_user(self, user: Any) -> Self:
        """Staff see the evaluations of occasions that they see, and opinion surveys where those
        are their work; a member the open ones that she is invited to."""
        if user.is_staff and user.has_perm("courses.view_survey"):
            visible = Q(occasion__in=Occasion.objects.for_user(user))
            if user.has_perm("courses.run_opinion_survey"):
                visible |= Q(kind=Survey.Kind.OPINION)
            return self.filter(visible)
        if not user.is_authenticated or not user.member_id:
            return self.none()
        invited = Invitation.objects.filter(member=user.member_id)
        return self.open().filter(pk__in=invited.values("survey"))

    def open(self) -> Self:
        return self.filter(opened_on__isnull=False, closed_on=None)

    def closed(self) -> Self:
        return self.exclude(closed_on=None)


class Survey(models.Model):
    """Questions to those who were at an occasion, or to the members at large.

    What members are told beforehand (purpose, who decides, whether answers can be linked to them
    and until when) cannot be changed once the survey has opened.
    """

    class Kind(models.TextChoices):
        EVALUATION = "evaluation", _("evaluation of an occasion")
        OPINION = "opinion", _("opinion survey")

    class Identifiability(models.TextChoices):
        IDENTIFIABLE = "identifiable", _("linked to the member until it closes")
        PSEUDONYMOUS = "pseudonymous", _("under a code until it closes")
        ANONYMOUS = "anonymous", _("anonymous from the start")

    class Role(models.TextChoices):
        CONTROLLER = "controller", _("we decide why and how: controller")
        PROCESSOR = "processor", _("we ask on behalf of another: processor")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(_("kind"), max_length=12, choices=Kind, default=Kind.EVALUATION)
    occasion = models.ForeignKey(
        Occasion,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="surveys",
        verbose_name=_("occasion"),
        help_text=_("Only for an evaluation. Only those who had a place are asked."),
    )
    title = models.CharField(_("title"), max_length=160)
    purpose = models.TextField(
        _("purpose"),
        blank=True,
        help_text=_("What the answers are for, in words to those who are asked."),
    )
    role = models.CharField(_("our role"), max_length=12, choices=Role, default=Role.CONTROLLER)
    commissioned_by = models.CharField(
        _("on behalf of"),
        max_length=160,
        blank=True,
        help_text=_("The controller's name, where we only ask on behalf of another."),
    )
    identifiability = models.CharField(
        _("can answers be linked to who gave them?"),
        max_length=12,
        choices=Identifiability,
        default=Identifiability.ANONYMOUS,
    )
    minimum_group = models.PositiveSmallIntegerField(
        _("smallest group"),
        default=SMALLEST_GROUP,
        validators=[MinValueValidator(SMALLEST_GROUP)],
        help_text=_("Results of fewer answers than these are neither shown nor kept."),
    )
    max_reminders = models.PositiveSmallIntegerField(
        _("reminders at most"), default=1, validators=[MaxValueValidator(MOST_REMINDERS)]
    )
    closes_on = models.DateField(
        _("last day to answer"),
        null=True,
        blank=True,
        db_index=True,
        help_text=_("After this day nothing leads from an answer to who gave it."),
    )
    results_until = models.DateField(
        _("results are kept until"), null=True, blank=True, db_index=True
    )
    opened_on = models.DateField(_("opened on"), null=True, editable=False)
    #: Whom it asks is written down once: who has been erased since is not asked anew.
    asked_on = models.DateField(_("invitations made on"), null=True, editable=False)
    closed_on = models.DateField(_("closed on"), null=True, editable=False, db_index=True)
    #: How many mails each who has not answered is to have had: the invitation and reminders.
    rounds = models.PositiveSmallIntegerField(_("mailings"), default=0, editable=False)
    #: Counted when it closes.
    invited = models.PositiveIntegerField(_("invited"), null=True, editable=False)
    answered = models.PositiveIntegerField(_("answers"), null=True, editable=False)

    objects = SurveyQuerySet.as_manager()

    class Meta:
        verbose_name = _("survey")
        verbose_name_plural = _("surveys")
        ordering = ["-pk"]
        permissions = [
            ("run_survey", _("Can open, remind of and close surveys")),
            ("see_results", _("Can see the results of surveys")),
            ("run_opinion_survey", _("Can work with opinion surveys")),
        ]
        constraints = [
            models.CheckConstraint(
                name="survey_evaluates_an_occasion_or_asks_for_opinions",
                condition=Q(kind="evaluation", occasion__isnull=False)
                | Q(kind="opinion", occasion=None),
                violation_error_message=_(
                    "An evaluation is of an occasion; an opinion survey is of none."
                ),
            ),
            models.CheckConstraint(
                name="survey_on_behalf_of_another_names_it",
                condition=Q(role="controller", commissioned_by="")
                | Q(role="processor") & ~Q(commissioned_by=""),
                violation_error_message=_(
                    "Name the controller where we ask on behalf of another, and only then."
                ),
            ),
            models.CheckConstraint(
                name="survey_opens_with_purpose_and_retention",
                condition=Q(opened_on=None)
                | ~Q(purpose="") & Q(closes_on__isnull=False, results_until__isnull=False),
            ),
            models.CheckConstraint(
                name="survey_results_are_kept_past_the_last_answer",
                condition=Q(results_until=None)
                | Q(closes_on=None)
                | Q(results_until__gt=F("closes_on")),
                violation_error_message=_(
                    "The results must be kept for some time after the last day to answer."
                ),
            ),
            models.CheckConstraint(
                name="survey_closes_after_it_opened",
                condition=Q(closed_on=None) | Q(closed_on__gte=F("opened_on")),
            ),
            models.CheckConstraint(
                name="survey_is_counted_when_it_closes",
                condition=Q(closed_on=None, answered=None, invited=None)
                | Q(closed_on__isnull=False, answered__isnull=False, invited__isnull=False),
            ),
            models.CheckConstraint(
                name="survey_hides_small_groups",
                condition=Q(minimum_group__gte=SMALLEST_GROUP),
                violation_error_message=_("The smallest group has at least five answers."),
            ),
            models.CheckConstraint(
                name="survey_mails_no_more_than_it_says",
                condition=Q(rounds__lte=F("max_reminders") + 1)
                & Q(max_reminders__lte=MOST_REMINDERS),
                violation_error_message=_("There are at most three reminders."),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_draft(self) -> bool:
        return self.opened_on is None

    @property
    def is_closed(self) -> bool:
        return self.closed_on is not None

    @property
    def is_running(self) -> bool:
        return not self.is_draft and not self.is_closed

    @property
    def needs_consent(self) -> bool:
        """Opinions are asked for with consent; evaluations rest on our interest in good courses."""
        return self.kind == self.Kind.OPINION

    @property
    def can_be_withdrawn(self) -> bool:
        """Whether a given answer can be found again, as long as the survey is open."""
        return self.identifiability != self.Identifiability.ANONYMOUS

    def takes_answers(self, on: dt.date) -> bool:
        return self.is_running and self.closes_on is not None and on <= self.closes_on


class QuestionQuerySet(models.QuerySet["Question"]):
    def for_user(self, user: Any) -> Self:
        return self.filter(survey__in=Survey.objects.for_user(user))


class Question(models.Model):
    class Kind(models.TextChoices):
        SINGLE = "single", _("one of several")
        MULTIPLE = "multiple", _("any of several")
        SCALE = "scale", _("scale from 1 to 5")
        TEXT = "text", _("own words")

    CHOICES = (Kind.SINGLE, Kind.MULTIPLE)

    survey = models.ForeignKey(
        Survey, models.PROTECT, related_name="questions", verbose_name=_("survey")
    )
    position = models.PositiveSmallIntegerField(_("order"), default=1)
    kind = models.CharField(_("kind of answer"), max_length=8, choices=Kind)
    text = models.CharField(_("question"), max_length=200)
    options = models.TextField(
        _("choices"),
        blank=True,
        help_text=_("One on each line. For a scale: what 1 means and what 5 means."),
    )
    is_required = models.BooleanField(_("must be answered"), default=False)

    objects = QuestionQuerySet.as_manager()

    class Meta:
        verbose_name = _("question")
        verbose_name_plural = _("questions")
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(
                name="survey_asks_each_question_once",
                fields=["survey", "text"],
                violation_error_message=_("The survey asks this already."),
            ),
            models.CheckConstraint(
                name="question_with_choices_has_them_and_others_do_not",
                condition=Q(kind="scale")
                | Q(kind="text", options="")
                | Q(kind__in=["single", "multiple"]) & ~Q(options=""),
                violation_error_message=_(
                    "Write the choices, one on each line; a question to answer in own words has "
                    "none."
                ),
            ),
        ]

    def __str__(self) -> str:
        return self.text

    @property
    def choices(self) -> list[str]:
        """What can be answered, where that is given beforehand."""
        if self.kind == self.Kind.SCALE:
            return [str(grade) for grade in SCALE]
        return [line.strip() for line in self.options.splitlines() if line.strip()]

    @property
    def ends(self) -> tuple[str, str]:
        """What the lowest and the highest grade of a scale mean."""
        lines = [line.strip() for line in self.options.splitlines() if line.strip()]
        return (lines[0], lines[1]) if len(lines) == len(("lowest", "highest")) else ("", "")

    def clean(self) -> None:
        if self.kind in self.CHOICES:
            if len(self.choices) < 2 or len(set(self.choices)) < len(self.choices):
                raise ValidationError(
                    {"options": _("Write at least two choices, each on its own line, and all "
                                  "different.")}
                )  # fmt: skip
        elif self.kind == self.Kind.SCALE and self.options and not any(self.ends):
            raise ValidationError(
                {"options": _("Write two lines, what 1 means and what 5 means, or none.")}
            )


class ResultQuerySet(models.QuerySet["Result"]):
    def for_user(self, user: Any) -> Self:
        if not user.is_staff or not user.has_perm("courses.see_results"):
            return self.none()
        return self.filter(question__survey__in=Survey.objects.for_user(user))


class Result(models.Model):
    """What was answered to one question, by all together: numbers, and texts in random order.

    It comes into being when the survey closes, and nothing in it belongs to anybody.
    """

    question = models.OneToOneField(
        Question,
        models.PROTECT,
        primary_key=True,
        related_name="result",
        verbose_name=_("question"),
    )
    counts = models.JSONField(_("number of each"), default=dict)
    texts = EncryptedTextField(_("texts"), blank=True)

    objects = ResultQuerySet.as_manager()

    class Meta:
        verbose_name = _("result")
        verbose_name_plural = _("results")

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {self.pk}"


class InvitationQuerySet(models.QuerySet["Invitation"]):
    def for_user(self, user: Any) -> Self:
        """A member's own. Whom a survey has asked is no employee's business."""
        return self.filter(member=user.member_id) if user.member_id else self.none()

    def open(self) -> Self:
        return self.filter(survey__in=Survey.objects.open())


class Invitation(models.Model):
    """That a member is asked. It does not say whether she has answered, and goes on closing."""

    member = models.ForeignKey(
        Member, models.PROTECT, related_name="invitations", verbose_name=_("member")
    )
    survey = models.ForeignKey(
        Survey, models.PROTECT, related_name="invitations", verbose_name=_("survey")
    )
    #: The last mailing that was dealt with, whether it gave a mail or, to one who had answered,
    #: none. The same for both: otherwise it would tell them apart.
    round = models.PositiveSmallIntegerField(_("mailings"), default=0)
    declined_on = models.DateField(_("declined on"), null=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        verbose_name = _("invitation to a survey")
        verbose_name_plural = _("invitations to surveys")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                name="one_invitation_per_member_and_survey", fields=["survey", "member"]
            )
        ]

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {self.pk}"


class OwnQuerySet(models.QuerySet[Any]):
    """A member's own answers; nobody else reads them, and staff see them counted."""

    path = ""

    def for_user(self, user: Any) -> Self:
        return self.filter(**{self.path: user.member_id}) if user.member_id else self.none()


class ReplyQuerySet(OwnQuerySet):
    path = "invitation__member"


class Reply(models.Model):
    """Answers to an identifiable survey, until it closes. ``contents`` maps question to answer."""

    invitation = models.OneToOneField(
        Invitation,
        models.PROTECT,
        primary_key=True,
        related_name="reply",
        verbose_name=_("invitation to a survey"),
    )
    contents = EncryptedTextField(_("answers"))

    objects = ReplyQuerySet.as_manager()

    class Meta:
        verbose_name = _("answers to a survey")
        verbose_name_plural = _("answers to surveys")

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {self.pk}"


class PseudonymQuerySet(OwnQuerySet):
    path = "invitation__member"


class Pseudonym(models.Model):
    """The list that tells which code is whose (Art. 4(5)). It burns when the survey closes."""

    code = models.UUIDField(_("code"), primary_key=True, default=uuid.uuid4, editable=False)
    invitation = models.OneToOneField(
        Invitation,
        models.PROTECT,
        related_name="pseudonym",
        verbose_name=_("invitation to a survey"),
    )

    objects = PseudonymQuerySet.as_manager()

    class Meta:
        verbose_name = _("code of a survey")
        verbose_name_plural = _("codes of surveys")

    def __str__(self) -> str:
        return str(self._meta.verbose_name)


class CodedReplyQuerySet(OwnQuerySet):
    path = "pseudonym__invitation__member"


class CodedReply(models.Model):
    """Answers to a pseudonymous survey, under a code."""

    pseudonym = models.OneToOneField(
        Pseudonym,
        models.PROTECT,
        primary_key=True,
        related_name="reply",
        verbose_name=_("code of a survey"),
    )
    contents = EncryptedTextField(_("answers"))

    objects = CodedReplyQuerySet.as_manager()

    class Meta:
        verbose_name = _("answers under a code")
        verbose_name_plural = _("answers under codes")

    def __str__(self) -> str:
        return str(self._meta.verbose_name)


class BallotBox(models.Model):
    """Answers to an anonymous survey, many in one row, shaken whenever one is put in.

    A row for each answer would have a place in the table, a number and an age, and each of them
    would tell in which order people answered. ``tickets`` are keyed hashes that keep a member from
    answering twice; without the key they lead to nobody, with it not to an answer.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    survey = models.ForeignKey(
        Survey, models.PROTECT, related_name="boxes", verbose_name=_("survey")
    )
    ballots = EncryptedTextField(_("answers"), blank=True)
    tickets = models.JSONField(_("spent tickets"), default=list)

    class Meta:
        verbose_name = _("ballot box")
        verbose_name_plural = _("ballot boxes")

    def __str__(self) -> str:
        return str(self._meta.verbose_name)


class SurveyConsentQuerySet(models.QuerySet["SurveyConsent"]):
    def for_user(self, user: Any) -> Self:
        return self.filter(member=user.member_id) if user.member_id else self.none()


class SurveyConsent(models.Model):
    """That a member consented to having her answers stored: to which words, and on which day
    (Art. 7(1)). Of an anonymous survey there is none: it would name who took part."""

    member = models.ForeignKey(
        Member, models.PROTECT, related_name="survey_consents", verbose_name=_("member")
    )
    survey = models.ForeignKey(
        Survey, models.PROTECT, related_name="consents", verbose_name=_("survey")
    )
    wording = models.TextField(_("wording"))
    notice_version = models.CharField(_("version of the notice"), max_length=20, blank=True)
    given_on = models.DateField(_("given on"))
    withdrawn_on = models.DateField(_("withdrawn on"), null=True, db_index=True)

    objects = SurveyConsentQuerySet.as_manager()

    class Meta:
        verbose_name = _("consent to a survey")
        verbose_name_plural = _("consents to surveys")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                name="one_consent_in_force_per_member_and_survey",
                fields=["member", "survey"],
                condition=Q(withdrawn_on=None),
            ),
            models.CheckConstraint(
                name="consent_is_withdrawn_after_it_was_given",
                condition=Q(withdrawn_on=None) | Q(withdrawn_on__gte=F("given_on")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {self.pk}"
