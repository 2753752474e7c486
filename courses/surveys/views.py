"""Surveys on Mina sidor.

The addresses name the survey and never the member. Of an anonymous survey the read log is told
only what the list shows, that she was asked: when she opened the form is half of which answer is
hers, and the form shows nothing of her.
"""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST
from django.views.generic import FormView, View

from courses.models import Invitation, Survey
from courses.surveys import answering, stores
from courses.surveys.forms import SurveyForm
from members import readlog
from members.accounts.views import member_of

OWN_SURVEYS = gettext_lazy("the member's own reading")


def survey_of(request: HttpRequest, public_id: UUID) -> Survey:
    """An open survey that the member is asked to answer; any other is as absent as none."""
    visible = Survey.objects.for_user(request.user).select_related("occasion")
    return get_object_or_404(visible, public_id=public_id)


def invitation_to(request: HttpRequest, survey: Survey) -> Invitation:
    own = Invitation.objects.for_user(request.user).select_related("member", "survey")
    return own.get(survey=survey)


def own_answers(invitation: Invitation, survey: Survey) -> list[tuple[str, str]]:
    """Question and answer as the member reads them; none where they cannot be found."""
    answers = stores.of(survey).own(invitation) or {}
    return [
        (question, ", ".join(answer) if isinstance(answer, list) else answer)
        for question, answer in answers.items()
    ]


@never_cache
@require_GET
def my_surveys(request: HttpRequest) -> HttpResponse:
    """The surveys that the member is asked to answer, and what she has done with each."""
    member = member_of(request)
    readlog.record(request.user, [member], view="my_surveys", purpose=OWN_SURVEYS)
    today = timezone.localdate()
    own = Invitation.objects.for_user(request.user).open().select_related("survey", "member")
    open_ones = own.filter(survey__closes_on__gte=today).order_by("survey__closes_on", "pk")
    answered = stores.answered(open_ones)
    rows = [(invitation, invitation.pk in answered) for invitation in open_ones]
    return render(request, "courses/surveys/my_surveys.html", {"rows": rows})


@method_decorator(never_cache, name="dispatch")
class SurveyView(FormView):
    """The questions; after the answer, what was answered, where that can be found."""

    form_class = SurveyForm
    template_name = "courses/surveys/survey.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        self.member = member_of(request)
        self.survey = survey_of(request, kwargs["public_id"])
        if not self.survey.takes_answers(timezone.localdate()):
            raise Http404
        self.invitation = invitation_to(request, self.survey)
        return super().dispatch(request, *args, **kwargs)

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "survey": self.survey}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        if self.survey.can_be_withdrawn:
            readlog.record(self.request.user, [self.member], view="my_survey", purpose=OWN_SURVEYS)
        answered = bool(stores.answered([self.invitation]))
        return super().get_context_data(**kwargs) | {
            "survey": self.survey,
            "invitation": self.invitation,
            "answered": answered,
            "own": own_answers(self.invitation, self.survey) if answered else [],
        }

    def form_valid(self, form: SurveyForm) -> HttpResponse:
        try:
            answering.answer(
                self.survey,
                self.member,
                form.answers,
                consents=form.consents,
                at=timezone.now(),
            )
        except answering.CannotAnswer as error:
            form.add_error(None, str(error))
            return self.form_invalid(form)
        return redirect("survey_thanks", self.survey.public_id)


@never_cache
@require_GET
def thanks(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """It says the same to whoever comes, and so tells nothing of her."""
    member_of(request)
    survey = survey_of(request, public_id)
    return render(request, "courses/surveys/thanks.html", {"survey": survey})


@require_POST
def decline(request: HttpRequest, public_id: UUID) -> HttpResponse:
    survey = survey_of(request, public_id)
    answering.decline(survey, member_of(request), at=timezone.now())
    messages.success(request, _("You get no more mail about this survey."))
    return redirect("my_surveys")


@method_decorator(never_cache, name="dispatch")
class WithdrawView(View):
    """Asks once more, since what is erased is gone; then it is."""

    template_name = "courses/surveys/withdraw.html"

    def get(self, request: HttpRequest, public_id: UUID) -> HttpResponse:
        member_of(request)
        survey = self._withdrawable(request, public_id)
        return render(request, self.template_name, {"survey": survey})

    def post(self, request: HttpRequest, public_id: UUID) -> HttpResponse:
        survey = self._withdrawable(request, public_id)
        try:
            answering.withdraw(survey, member_of(request), at=timezone.now())
        except answering.CannotAnswer as error:
            messages.error(request, str(error))
        else:
            messages.success(request, _("Your answers have been erased."))
        return redirect("my_surveys")

    def _withdrawable(self, request: HttpRequest, public_id: UUID) -> Survey:
        survey = survey_of(request, public_id)
        if not survey.can_be_withdrawn:
            raise Http404
        return survey
