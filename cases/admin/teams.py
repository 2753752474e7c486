from typing import Any

from django import forms
from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.urls.resolvers import URLPattern
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cases import services, staff
from cases.admin.forms import EmployeeField
from cases.kinds import KINDS, Kind
from cases.models import Team, TeamMembership
from ledarna_gdpr.privacy import registry
from members.admin.base import DeskAdmin, NamedBoxes, NoDeletion, name_of, posted


class TeamForm(forms.ModelForm):
    kinds = forms.MultipleChoiceField(
        label=_("Kinds of case"), choices=Kind, widget=forms.CheckboxSelectMultiple
    )


class PlaceForm(forms.ModelForm):
    """Only those are offered whose roles handle one of the unit's kinds."""

    team: Team | None = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "user" in self.fields:
            kinds = self.team.kinds if self.team else list(Kind)
            permissions = {KINDS[Kind(kind)].permission for kind in kinds}
            self.fields["user"] = EmployeeField(
                staff.may_handle_any_of(permissions), label=_("Employee")
            )


class PlaceInline(NoDeletion, admin.TabularInline):
    model = TeamMembership
    form = PlaceForm
    formset = NamedBoxes
    readonly_fields = ["employee"]
    extra = 0
    show_change_link = False

    def get_queryset(self, request: HttpRequest) -> Any:
        places = super().get_queryset(request).for_user(request.user)
        return places.select_related("user").order_by("user__name", "pk")

    def get_fields(self, request: HttpRequest, obj: Team | None = None) -> list[str]:
        return ["user" if leads(request.user, obj) else "employee", "is_lead"]

    @admin.display(description=_("employee"))
    def employee(self, place: TeamMembership) -> str:
        return name_of(place.user)

    def get_formset(self, request: HttpRequest, obj: Team | None = None, **kwargs: Any) -> Any:
        kwargs["form"] = type("PlaceFormOfUnit", (PlaceForm,), {"team": obj})
        return super().get_formset(request, obj, **kwargs)

    def has_add_permission(self, request: HttpRequest, obj: Team | None = None) -> bool:
        return super().has_add_permission(request, obj) and leads(request.user, obj)

    def has_change_permission(self, request: HttpRequest, obj: Team | None = None) -> bool:
        return super().has_change_permission(request, obj) and leads(request.user, obj)


def leads(user: Any, team: Team | None) -> bool:
    """Who is in a unit is decided by its leads, and by those who make units."""
    if user.has_perm("cases.change_team") or team is None:
        return user.has_perm("cases.change_team")
    return team.memberships.leads().filter(user=user.pk).exists()


@admin.register(Team)
class TeamAdmin(DeskAdmin):
    """Units: what they take and who is in them. Roles say what anyone may handle at all."""

    change_form_template = "admin/cases/team/change_form.html"
    list_display = ["name", "takes", "is_active"]
    ordering = ["name"]
    inlines = [PlaceInline]
    refusal = services.CannotDo

    def has_change_permission(self, request: HttpRequest, obj: Team | None = None) -> bool:
        """A lead changes who is in her unit, and nothing else of it."""
        if super().has_change_permission(request, obj):
            return True
        may = request.user.has_perm("cases.change_teammembership")
        return may and obj is not None and leads(request.user, obj)

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> Any:
        form = TeamForm if request.user.has_perm("cases.change_team") else forms.ModelForm
        return super().get_form(request, obj, change, **{"form": form, **kwargs})

    def get_fields(self, request: HttpRequest, obj: Team | None = None) -> list[str]:
        makes_units = request.user.has_perm("cases.change_team")
        return ["name", "kinds" if makes_units else "takes", "is_active"]

    def get_readonly_fields(self, request: HttpRequest, obj: Team | None = None) -> list[str]:
        makes_units = request.user.has_perm("cases.change_team")
        return [] if makes_units else self.get_fields(request, obj)

    @admin.display(description=_("kinds of case"))
    def takes(self, team: Team) -> str:
        return ", ".join(team.kind_labels)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        team = Team.objects.filter(pk=object_id).first() if object_id.isdecimal() else None
        context = {"leads": team is not None and leads(request.user, team)} | (extra_context or {})
        return super().change_view(request, object_id, form_url, context)

    def get_urls(self) -> list[URLPattern]:
        permission = "cases.change_teammembership"
        return [
            self.object_url("leave", self.leave, permission=permission),
            *super().get_urls(),
        ]

    def leave(self, request: HttpRequest, team: Team) -> HttpResponse:
        """Take an employee out of the unit. What she handles stays hers until handed over."""
        form = LeaveForm(posted(request), team=team)
        if request.method == "POST" and form.is_valid() and leads(request.user, team):
            place = form.cleaned_data["place"]
            gone = TeamMembership.objects.filter(pk=place.pk)
            registry.destroy(TeamMembership, gone, timezone.now())
            self.log_change(request, team, str(_("An employee left the unit.")))
            self.message_user(request, _("The employee has left the unit."), messages.SUCCESS)
            return self.back_to(team)
        if request.method == "POST" and form.is_valid():
            form.add_error(None, _("Only the unit's lead decides who is in it."))
        return self.ask(
            request,
            team,
            form,
            title=_("Take somebody out of the unit"),
            text=_(
                "They no longer see the unit's cases. Cases they handle themselves stay theirs."
            ),
            button=_("Take out of the unit"),
        )


class LeaveForm(forms.Form):
    def __init__(self, *args: Any, team: Team, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        places = team.memberships.select_related("user").order_by("user__name", "pk")
        self.fields["place"] = PlaceField(places, label=_("Employee"))


class PlaceField(forms.ModelChoiceField):
    def label_from_instance(self, obj: Any) -> str:
        return name_of(obj.user)
