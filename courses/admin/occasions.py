"""Occasions, and what their organisers do: publish, see who comes, print, mark, write."""

import datetime as dt
from collections import Counter
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import models
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls.resolvers import URLPattern
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from courses import joining, publishing, registering, tasks
from courses import messages as letters
from courses.models import Occasion, OccasionMessage, Registration, SpecialNeed
from ledarna_gdpr.privacy.words import Text
from members import readlog
from members.admin.base import DeskAdmin, posted
from members.models import User

Status = Registration.Status


class WhenFilter(admin.SimpleListFilter):
    """What is to come, unless one asks for what has been."""

    title, parameter_name = gettext_lazy("when"), "when"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Any:
        return [("ended", gettext_lazy("has been")), ("all", gettext_lazy("all"))]

    def choices(self, changelist: Any) -> Any:
        first, *others = list(super().choices(changelist))
        return [first | {"display": gettext_lazy("to come")}, *others]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        now = timezone.now()
        match self.value():
            case "all":
                return queryset
            case "ended":
                return queryset.filter(ends_at__lte=now)
        return queryset.to_come(now)


class OccasionForm(forms.ModelForm):
    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        platform, address = cleaned.get("platform"), cleaned.get("join_link")
        if platform and address:
            try:
                joining.check(address, platform.player)
            except joining.BadAddress as error:
                self.add_error("join_link", str(error))
        return cleaned

    def _post_clean(self) -> None:
        """What is published stays fit to be."""
        super()._post_clean()
        if self.instance.published_at and not self.errors:
            for obstacle in publishing.obstacles(self.instance, timezone.localdate()):
                self.add_error(None, str(obstacle))


class MessageForm(forms.Form):
    subject = forms.CharField(label=gettext_lazy("Subject"), max_length=120)
    body = forms.CharField(
        label=gettext_lazy("Text"),
        max_length=5000,
        widget=forms.Textarea,
        help_text=gettext_lazy("It is mailed: write nothing about any person."),
    )


class AttendanceForm(forms.Form):
    """Who came: one choice for each who has a place."""

    CHOICES = [
        ("", gettext_lazy("not marked")),
        ("yes", gettext_lazy("came")),
        ("no", gettext_lazy("did not come")),
    ]
    MARKS = {Status.ATTENDED: "yes", Status.ABSENT: "no"}

    def __init__(self, *args: Any, registrations: list[Registration], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for registration in registrations:
            self.fields[f"r{registration.pk}"] = forms.ChoiceField(
                label=registration.member.label_with_name,
                choices=self.CHOICES,
                required=False,
                initial=self.MARKS.get(Status(registration.status), ""),
            )

    @property
    def came(self) -> dict[int, bool | None]:
        values = {"yes": True, "no": False}
        return {int(name[1:]): values.get(value) for name, value in self.cleaned_data.items()}


@admin.register(Occasion)
class OccasionAdmin(DeskAdmin):
    form = OccasionForm
    list_display = ["title", "kind", "starts_at", "platform", "taken", "waiting", "is_published"]
    list_filter = [WhenFilter, "kind"]
    list_select_related = ["platform"]
    ordering = ["starts_at", "pk"]
    formfield_overrides = {models.ManyToManyField: {"widget": forms.CheckboxSelectMultiple}}
    readonly_fields = ["published_at"]
    fieldsets = [
        (None, {"fields": ["kind", "title", "description", "organisers", "is_voting_meeting"]}),
        (gettext_lazy("When"), {"fields": ["starts_at", "ends_at"]}),
        (gettext_lazy("Where"), {"fields": ["venue", "platform", "join_link"]}),
        (
            gettext_lazy("Registration"),
            {"fields": ["places", "price", "registration_opens_at", "registration_closes_at"]},
        ),
        (gettext_lazy("Publication"), {"fields": ["published_at"]}),
    ]

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).for_user(request.user).with_counts()

    @admin.display(description=gettext_lazy("with a place"))
    def taken(self, occasion: Any) -> str:
        return f"{occasion.taken} / {occasion.places or '∞'}"

    @admin.display(description=gettext_lazy("waiting"))
    def waiting(self, occasion: Any) -> int:
        return occasion.waiting

    @admin.display(description=gettext_lazy("published"), boolean=True)
    def is_published(self, occasion: Occasion) -> bool:
        return occasion.published_at is not None

    def get_form(self, request: HttpRequest, obj: Any = None, *args: Any, **kwargs: Any) -> Any:
        form = super().get_form(request, obj, *args, **kwargs)
        for name in {"join_link"} & set(form.base_fields):
            form.base_fields[name].widget = forms.TextInput(attrs={"class": "vLargeTextField"})
        return form

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Organisers are chosen among those whose work it is."""
        may = Q(
            groups__permissions__codename="view_specialneed",
            groups__permissions__content_type__app_label="courses",
        )
        staff = User.objects.filter(may | Q(is_superuser=True), is_staff=True, is_active=True)
        kwargs["queryset"] = staff.distinct().order_by("name", "pk")
        field = super().formfield_for_manytomany(db_field, request, **kwargs)
        if field is not None:
            field.label_from_instance = lambda user: user.get_full_name()
        return field

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        return super().get_changeform_initial_data(request) | {"organisers": [request.user.pk]}

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        registering.move_up(form.instance, at=timezone.now())  # there may be more places now

    # --- pages about one occasion -------------------------------------------------------------

    def get_urls(self) -> list[URLPattern]:
        see = "courses.view_registration"
        return [
            self.object_url("publish", self.publish, permission="courses.publish_occasion"),
            self.object_url("participants", self.participants, permission=see),
            self.object_url("name-tags", self.name_tags, permission=see),
            self.object_url("venue", self.venue, permission="courses.view_specialneed"),
            self.object_url("needs", self.needs, permission="courses.view_specialneed"),
            self.object_url("attendance", self.attendance, permission="courses.mark_attendance"),
            self.object_url("message", self.message, permission="courses.add_occasionmessage"),
            *super().get_urls(),
        ]

    def publish(self, request: HttpRequest, occasion: Occasion) -> HttpResponse:
        form = forms.Form(posted(request))
        if request.method == "POST" and form.is_valid():
            try:
                publishing.publish(occasion, by=request.user, at=timezone.now())
            except publishing.CannotPublish as error:
                form.add_error(None, str(error))
            else:
                self.log_change(request, occasion, _("Published."))
                self.message_user(request, _("It is published."), messages.SUCCESS)
                return self.back_to(occasion)
        return self.ask(
            request,
            occasion,
            form,
            title=_("Publish"),
            text=_("Members see it on My pages and can register from the time that it says."),
            button=_("Publish"),
        )

    def participants(self, request: HttpRequest, occasion: Occasion) -> HttpResponse:
        rows = self._registrations(request, occasion)
        unseen = occasion.registrations.active().count() - len(rows)
        return self._page(request, occasion, "participants", _("Participants"), {
            "rows": rows, "unseen": unseen,
        })  # fmt: skip

    def name_tags(self, request: HttpRequest, occasion: Occasion) -> HttpResponse:
        """To print. Whoever has a protected identity gets hers by hand, whoever is looking."""
        rows = self._registrations(request, occasion, printed=True)
        left_out = occasion.registrations.with_a_place().count() - len(rows)
        return self._page(request, occasion, "name_tags", _("Name tags"), {
            "rows": rows, "left_out": left_out,
        })  # fmt: skip

    def venue(self, request: HttpRequest, occasion: Occasion) -> HttpResponse:
        """Numbers, for the kitchen and the room. It names nobody and quotes nobody."""
        counts: Counter[str] = Counter()
        for need in SpecialNeed.objects.to_meet(occasion, timezone.now()):
            counts.update(need.kind_labels)
        return self._page(request, occasion, "venue", _("List for the venue"), {
            "lines": sorted(counts.items()),
            "guests": occasion.registrations.with_a_place().count(),
            "over": occasion.has_ended(timezone.now()),
        })  # fmt: skip

    def needs(self, request: HttpRequest, occasion: Occasion) -> HttpResponse:
        """For the organisers alone, and only until it is over (P16)."""
        if not occasion.organisers.filter(pk=request.user.pk).exists():
            raise PermissionDenied
        visible = SpecialNeed.objects.for_user(request.user)
        found = list(
            visible.filter(registration__occasion=occasion)
            .exclude(registration__status=Status.CANCELLED)
            .select_related("registration__member")
            .order_by("registration__member__family_name", "pk")
        )
        self._log_read(request, [need.registration for need in found])
        unseen = SpecialNeed.objects.to_meet(occasion, timezone.now()).count() - len(found)
        return self._page(request, occasion, "needs", _("Special needs"), {
            "rows": found, "over": occasion.has_ended(timezone.now()), "unseen": max(unseen, 0),
        })  # fmt: skip

    def attendance(self, request: HttpRequest, occasion: Occasion) -> HttpResponse:
        rows = [row for row in self._registrations(request, occasion) if row.has_a_place]
        form = AttendanceForm(posted(request), registrations=rows)
        if request.method == "POST" and form.is_valid():
            now = timezone.now()
            try:
                changed = registering.mark(occasion, form.came, by=request.user, at=now)
            except registering.CannotRegister as error:
                form.add_error(None, str(error))
            else:
                self.log_change(request, occasion, _("Attendance marked."))
                told = ngettext("%d mark was changed.", "%d marks were changed.", changed)
                self.message_user(request, told % changed, messages.SUCCESS)
                return self.back_to(occasion)
        return self.ask(
            request,
            occasion,
            form,
            title=_("Mark who came"),
            text=_("The members see their own mark on My pages."),
            button=_("Save"),
        )

    def message(self, request: HttpRequest, occasion: Occasion) -> HttpResponse:
        form = MessageForm(posted(request))
        if request.method == "POST" and form.is_valid():
            try:
                made = letters.start(
                    occasion, **form.cleaned_data, by=request.user, at=timezone.now()
                )
            except letters.CannotSend as error:
                form.add_error(None, str(error))
            else:
                tasks.send_message.delay_on_commit(message_id=made.pk)
                return self.admin_site.get_model_admin(OccasionMessage).back_to(made)
        return self.ask(
            request,
            occasion,
            form,
            title=_("Write to the participants"),
            text=_(
                "Everyone who has a place gets it by mail, and reads it on My pages. Nobody sees "
                "who else got it, and no address is shown to you."
            ),
            button=_("Send"),
        )

    # --- what these pages share ---------------------------------------------------------------

    def _registrations(
        self, request: HttpRequest, occasion: Occasion, *, printed: bool = False
    ) -> list[Registration]:
        """The registrations to show, logged as read."""
        visible = Registration.objects.for_user(request.user).active().filter(occasion=occasion)
        if printed:
            visible = visible.with_a_place().filter(member__protection="")
        rows = list(
            visible.select_related("member").order_by(
                "member__family_name", "member__given_names", "pk"
            )
        )
        self._log_read(request, rows)
        return rows

    def _log_read(self, request: HttpRequest, rows: list[Registration]) -> None:
        view = request.resolver_match.view_name if request.resolver_match else ""
        members = {row.member_id: row.member for row in rows}
        readlog.record(
            request.user, members.values(), view=view, purpose=_("organising an occasion")
        )

    def _page(
        self,
        request: HttpRequest,
        occasion: Occasion,
        name: str,
        title: Text,
        context: dict[str, Any],
    ) -> HttpResponse:
        context |= {
            **self.admin_site.each_context(request),
            "title": title,
            "subtitle": f"{occasion.title}, {_when(occasion.starts_at)}",
            "original": occasion,
            "opts": self.opts,
        }
        return TemplateResponse(request, f"admin/courses/occasion/{name}.html", context)


def _when(at: dt.datetime) -> str:
    return timezone.localtime(at).strftime("%Y-%m-%d %H:%M")
