"""Mailings: written, looked at, sent, approved by another, followed, stopped (P45, P59)."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls.resolvers import URLPattern
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ledarna_gdpr import charts
from members import tasks
from members.admin.base import DeskAdmin, ReadOnly, posted
from members.mailings import lists, purposes, sending, texts
from members.models import Mailing
from members.models.mailings import ALONE

WRITE, SEND, APPROVE = (
    "members.add_mailing",
    "members.send_mailing",
    "members.approve_mailing",
)
RUNNING = (Mailing.Status.SENDING,)


class MailingForm(forms.ModelForm):
    purpose = forms.ChoiceField(
        label=gettext_lazy("Purpose"),
        help_text=gettext_lazy("Only what the privacy notice in force tells of can be chosen."),
    )

    class Meta:
        model = Mailing
        fields = ["purpose", "audience", "region", "subject", "body"]
        widgets = {
            "subject": forms.TextInput(attrs={"class": "vTextField", "size": 60}),
            "body": forms.Textarea(attrs={"rows": 14, "cols": 70}),
        }
        help_texts = {
            "body": gettext_lazy(
                "Plain text, the same to everyone. The link to say no is added by itself."
            ),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        found = purposes.published(timezone.localdate())
        self.fields["purpose"].choices = [(purpose.key, purpose.title) for purpose in found]
        self.fields["audience"].initial = Mailing.Audience.EVERYONE

    def clean_subject(self) -> str:
        subject = self.cleaned_data["subject"]
        texts.validate(subject)
        if "\n" in subject or "\r" in subject:
            raise forms.ValidationError(_("The subject is one line."))
        return subject

    def clean_body(self) -> str:
        body = self.cleaned_data["body"].replace("\r\n", "\n")
        texts.validate(body)
        return body


@admin.register(Mailing)
class MailingAdmin(ReadOnly, DeskAdmin):
    list_display = ["number", "purpose_title", "subject", "status", "listed", "created_at"]
    ordering = ["-pk"]
    sortable_by: list[str] = []

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).for_user(request.user)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm(WRITE)

    @admin.display(description=gettext_lazy("mailing"))
    def number(self, mailing: Mailing) -> str:
        return str(mailing).capitalize()

    @admin.display(description=gettext_lazy("purpose"))
    def purpose_title(self, mailing: Mailing) -> str:
        known = purposes.BY_KEY.get(mailing.purpose)
        return str(known.title) if known else mailing.purpose

    def get_urls(self) -> list[URLPattern]:
        return [
            self.object_url("edit", self.edit, permission=WRITE),
            self.object_url("send", self.send, permission=SEND),
            self.object_url("approve", self.approve, permission=APPROVE),
            self.object_url("stop", self.stop, permission=SEND),
            *super().get_urls(),
        ]

    # --- writing ------------------------------------------------------------------------------

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        if not self.has_add_permission(request):
            raise PermissionDenied
        return self._write(request, Mailing(created_by=request.user, created_at=timezone.now()))

    def edit(self, request: HttpRequest, mailing: Mailing) -> HttpResponse:
        if mailing.status != Mailing.Status.DRAFT:
            self.message_user(
                request, _("Only a draft can be changed. Write a new mailing."), messages.ERROR
            )
            return self.back_to(mailing)
        return self._write(request, mailing)

    def _write(self, request: HttpRequest, mailing: Mailing) -> HttpResponse:
        form = MailingForm(posted(request), instance=mailing, label_suffix="")
        if request.method == "POST" and form.is_valid():
            return self.back_to(form.save())
        context = {
            **self.admin_site.each_context(request),
            "title": _("Write a mailing"),
            "opts": self.opts,
            "form": form,
            "original": mailing if mailing.pk else None,
        }
        page = "admin/members/mailing/write.html"
        return TemplateResponse(request, page, context, status=422 if form.errors else 200)

    # --- looking ------------------------------------------------------------------------------

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: Any = None,
    ) -> HttpResponse:
        mailing = self.get_object(request, object_id)
        if mailing is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        if not self.has_view_permission(request, mailing):
            raise PermissionDenied
        user = request.user
        is_draft = mailing.status == Mailing.Status.DRAFT
        is_waiting = mailing.status == Mailing.Status.WAITING
        wrote_it = user.pk in (mailing.sent_by_id, mailing.created_by_id)
        context = {
            **self.admin_site.each_context(request),
            "title": f"{str(mailing).capitalize()}: {mailing.get_status_display()}",
            "opts": self.opts,
            "original": mailing,
            "mailing": mailing,
            "purpose": self.purpose_title(mailing),
            "alone": ALONE,
            "may_edit": is_draft and user.has_perm(WRITE),
            "may_send": is_draft and user.has_perm(SEND),
            "may_approve": is_waiting and user.has_perm(APPROVE) and not wrote_it,
            "may_stop": mailing.status in (Mailing.Status.WAITING, Mailing.Status.SENDING)
            and user.has_perm(SEND),
            **(_preview(mailing) if is_draft else _progress(mailing)),
        }
        response = TemplateResponse(request, "admin/members/mailing/mailing.html", context)
        if mailing.status in RUNNING:
            response["Refresh"] = "3"
        return response

    # --- deciding -----------------------------------------------------------------------------

    def send(self, request: HttpRequest, mailing: Mailing) -> HttpResponse:
        return self._decide(request, mailing, sending.send, by=request.user)

    def approve(self, request: HttpRequest, mailing: Mailing) -> HttpResponse:
        return self._decide(request, mailing, sending.approve, by=request.user)

    def stop(self, request: HttpRequest, mailing: Mailing) -> HttpResponse:
        return self._decide(request, mailing, sending.stop)

    def _decide(
        self, request: HttpRequest, mailing: Mailing, decision: Any, **kwargs: Any
    ) -> HttpResponse:
        if request.method == "POST":
            try:
                decision(mailing, at=timezone.now(), **kwargs)
            except sending.CannotSend as error:
                self.message_user(request, str(error), messages.ERROR)
            else:
                tasks.send_mailing.delay_on_commit(mailing_id=mailing.pk)
        return self.back_to(mailing)


def _preview(mailing: Mailing) -> dict[str, Any]:
    found = lists.preview(mailing, on=timezone.localdate())
    counts = [("new", _("would get it"), found.reached)]
    counts += [("bad", reason.label, count) for reason, count in found.fall_away]
    return charts.parts(counts) | {"total": found.considered, "reached": found.reached}


def _progress(mailing: Mailing) -> dict[str, Any]:
    states, reasons = sending.progress(mailing)
    counts = [
        ("new", _("have been sent"), states["sent"]),
        ("changed", _("on its way"), states["queued"]),
        ("same", _("waiting"), states["waiting"]),
    ]
    if states["unsure"]:
        counts.append(("bad", _("perhaps sent"), states["unsure"]))
    counts += [("bad", reason.label, count) for reason, count in reasons]
    return charts.parts(counts) | {
        "total": mailing.listed,
        "reached": states["sent"],
        "unsure": states["unsure"],
    }
