"""Mina sidor: what the register holds of the member, and the part that she changes herself (P5)."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.generic import FormView, View

from ledarna_gdpr.privacy import Source, registry
from ledarna_gdpr.privacy.declarations import follow
from members import personnummer, readlog, self_service
from members.accounts.views import account_of, member_of
from members.formats import country_name
from members.forms import OwnDataForm
from members.models import Member

#: In the order that a person tells them.
SHOWN = [
    "member_number",
    "given_names",
    "family_name",
    "preferred_name",
    "personnummer",
    "email",
    "phone",
    "care_of",
    "street_address",
    "postal_code",
    "city",
    "country",
    "employer",
    "job_title",
]
OWN_DATA = gettext_lazy("the member's own reading")


@dataclass(frozen=True)
class Fact:
    """A field as the person sees it: its value, where the value came from and when."""

    name: str
    label: str
    value: str
    source: str
    at: dt.datetime | None


def facts(member: Member, *, revealed: bool) -> list[Fact]:
    """The member's own data with source and time (Art. 15(1)(g)); empty fields are told, too."""
    return [_fact(member, name, revealed) for name in SHOWN]


def _fact(member: Member, name: str, revealed: bool) -> Fact:
    value = str(getattr(member, name))
    if name == "personnummer":
        value = personnummer.written(value) if revealed else member.personnummer_masked
    elif name == "country":
        value = country_name(value)
    source, at = member.provenance.get(name, (registry[Member].source, None))
    return Fact(
        name=name,
        label=str(follow(Member, name).verbose_name).capitalize(),
        value=value,
        source=str(Source(source).label),
        at=dt.datetime.fromisoformat(at) if at else None,
    )


@method_decorator(never_cache, name="dispatch")
class MyPagesView(View):
    """The member's own data. A POST shows the personnummer in full, this once."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.show(request, revealed=False)

    def post(self, request: HttpRequest) -> HttpResponse:
        return self.show(request, revealed=True)

    def show(self, request: HttpRequest, *, revealed: bool) -> HttpResponse:
        member = member_of(request)
        page = "my_personnummer" if revealed else "my_pages"
        readlog.record(request.user, [member], view=page, purpose=OWN_DATA)
        context = {
            "member": member,
            "facts": facts(member, revealed=revealed),
            "revealed": revealed,
            "periods": member.periods.all(),
            "fees": list(member.fees.all()),
            "payments": list(member.payments.all()),
        }
        return render(request, "members/my_pages.html", context)


@method_decorator(never_cache, name="dispatch")
class EditView(FormView):
    """The member changes how she is reached and where she works."""

    form_class = OwnDataForm
    template_name = "members/edit.html"

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.member = member_of(request)

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "instance": self.member}

    def form_valid(self, form: Form) -> HttpResponse:
        changed = self_service.change(
            self.member,
            form.cleaned_data,
            by=account_of(self.request),
            at=timezone.now(),
        )
        messages.success(self.request, _("Saved.") if changed else _("Nothing was changed."))
        return redirect("my_pages")

    def render_to_response(self, context: dict[str, Any], **kwargs: Any) -> HttpResponse:
        readlog.record(self.request.user, [self.member], view="edit_my_data", purpose=OWN_DATA)
        return super().render_to_response(context, **kwargs)
