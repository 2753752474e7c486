"""Surveys: built, opened, reminded of, closed and read. Who was asked is on no page."""

import datetime as dt
from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls.resolvers import URLPattern
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from courses import tasks
from courses.models import Occasion, Question, Survey
from courses.surveys import mailing, results, running, stores
from ledarna_gdpr.privacy.words import Text
from members.admin.base import DeskAdmin, posted


class SurveyForm(forms.ModelForm):
    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("kind") == Survey.Kind.OPINION and not self.may_ask_for_opinions:
            self.add_error("kind", _("Opinion surveys are not among your tasks."))
        return cleaned

    may_ask_for_opinions = False


class OccasionField(forms.ModelChoiceField):
    """Told by title and day: many courses are held again and again."""

    def label_from_instance(self, occasion: Any) -> str:
        return f"{occasion.title}, {date_format(timezone.localdate(occasion.starts_at))}"


class QuestionInline(admin.StackedInline):
    """Written, changed and taken away until the survey opens, and then no more."""

    model = Question
    extra = 1
    fields = ["position", "kind", "text", "options", "is_required"]
    formfield_overrides = {models.TextField: {"widget": forms.Textarea(attrs={"rows": 4})}}

    def _is_draft(self, request: HttpRequest, survey: Survey | None) -> bool:
        may = request.user.has_perm("courses.change_survey")
        return may and (survey is None or survey.is_draft)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm("courses.view_survey")

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._is_draft(request, obj)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._is_draft(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._is_draft(request, obj)


class StateFilter(admin.SimpleListFilter):
    title, parameter_name = _("state"), "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Any:
        return [("draft", _("being written")), ("open", _("open")), ("closed", _("closed"))]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        match self.value():
            case "draft":
                return queryset.filter(opened_on=None)
            case "open":
                return queryset.open()
            case "closed":
                return queryset.closed()
        return queryset


@admin.register(Survey)
class SurveyAdmin(DeskAdmin):
    form = SurveyForm
    inlines = [QuestionInline]
    list_display = ["title", "kind", "occasion", "state", "closes_on"]
    list_filter = [StateFilter, "kind"]
    list_select_related = ["occasion"]
    fieldsets = [
        (None, {"fields": ["kind", "occasion", "title", "state"]}),
        (
            _("What those who are asked are told"),
            {
                "fields": [
                    "purpose",
                    "role",
                    "commissioned_by",
                    "identifiability",
                    "closes_on",
                    "results_until",
                    "minimum_group",
                    "max_reminders",
                ]
            },
        ),
    ]
    readonly_fields = ["state"]

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).for_user(request.user)

    @admin.display(description=_("state"))
    def state(self, survey: Survey) -> str:
        if survey.is_closed:
            return gettext("closed %(day)s") % {"day": survey.closed_on}
        if survey.is_running:
            return gettext("open since %(day)s") % {"day": survey.opened_on}
        return gettext("being written")

    def has_change_permission(self, request: HttpRequest, obj: Survey | None = None) -> bool:
        """What members have been told is not rewritten."""
        may = super().has_change_permission(request, obj)
        return may and (obj is None or obj.is_draft)

    def get_form(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        form = super().get_form(request, obj, **kwargs)
        form.may_ask_for_opinions = request.user.has_perm("courses.run_opinion_survey")
        return form

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "occasion":
            visible = Occasion.objects.for_user(request.user)
            kwargs |= {"queryset": visible.order_by("-starts_at"), "form_class": OccasionField}
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def get_urls(self) -> list[URLPattern]:
        run = "courses.run_survey"
        return [
            self.object_url("open", self.open, permission=run),
            self.object_url("remind", self.remind, permission=run),
            self.object_url("close", self.close, permission=run),
            self.object_url("results", self.results, permission="courses.see_results"),
            *super().get_urls(),
        ]

    # --- pages about one survey ---------------------------------------------------------------

    def open(self, request: HttpRequest, survey: Survey) -> HttpResponse:
        n = mailing.asked(survey).count()
        text = ngettext(
            "%(n)d member is asked, gets a mail and finds the survey on My pages. From then on "
            "neither the questions nor what is told about them can be changed.",
            "%(n)d members are asked, get a mail and find the survey on My pages. From then on "
            "neither the questions nor what is told about them can be changed.",
            n,
        )
        return self._decide(
            request,
            survey,
            running.open_survey,
            title=_("Open the survey"),
            text=text % {"n": n},
            done=_("The survey is open. The invitations are being sent."),
        )

    def remind(self, request: HttpRequest, survey: Survey) -> HttpResponse:
        left = survey.max_reminders + 1 - survey.rounds
        text = ngettext(
            "Those who have neither answered nor declined get a mail. %(n)d reminder is left.",
            "Those who have neither answered nor declined get a mail. %(n)d reminders are left.",
            left,
        )
        return self._decide(
            request,
            survey,
            running.remind,
            title=_("Send a reminder"),
            text=text % {"n": left},
            done=_("The reminders are being sent."),
        )

    def close(self, request: HttpRequest, survey: Survey) -> HttpResponse:
        return self._decide(
            request,
            survey,
            self._close,
            title=_("Close the survey"),
            text=_(
                "The answers are counted, and everything that leads from an answer to a member is "
                "destroyed. Fewer answers than the smallest group are not kept. That cannot be "
                "undone."
            ),
            done=_("The survey is closed and counted."),
        )

    def _close(self, survey: Survey, *, by: Any, at: dt.datetime) -> None:
        running.close(survey, at=at)

    def _decide(
        self,
        request: HttpRequest,
        survey: Survey,
        decision: Callable[..., None],
        *,
        title: Text,
        text: Text,
        done: Text,
    ) -> HttpResponse:
        form = forms.Form(posted(request))
        if request.method == "POST" and form.is_valid():
            try:
                decision(survey, by=request.user, at=timezone.now())
            except running.CannotRun as error:
                form.add_error(None, str(error))
            else:
                tasks.carry_on_survey.delay_on_commit(survey_id=survey.pk)
                self.log_change(request, survey, str(title))
                self.message_user(request, str(done), messages.SUCCESS)
                return self.back_to(survey)
        return self.ask(request, survey, form, title=title, text=text, button=title)

    def results(self, request: HttpRequest, survey: Survey) -> HttpResponse:
        """The sums of a closed survey. While it is open two looks would give the answer that
        came between them."""
        context = {
            **self.admin_site.each_context(request),
            "title": _("Results"),
            "subtitle": survey.title,
            "original": survey,
            "opts": self.opts,
            "shown": results.of(survey, request.user),
            "number": self._number(survey),
        }
        return TemplateResponse(request, "admin/courses/survey/results.html", context)

    def _number(self, survey: Survey) -> int | None:
        """How many have answered; None where they are fewer than the smallest group."""
        number = survey.answered if survey.is_closed else stores.of(survey).number()
        return number if number and number >= survey.minimum_group else None
