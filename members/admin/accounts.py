from typing import Any

from django import forms
from django.contrib import admin
from django.db import models
from django.db.models import OuterRef, Subquery
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from members.admin.base import DeskAdmin, ForUserAdmin, ReadOnly
from members.admin.paginator import RegisterPaginator
from members.models import LoginRecord, Member, ReadLog, User


class StaffForm(forms.ModelForm):
    def clean_email(self) -> str:
        return self.cleaned_data["email"].lower()


@admin.register(User)
class StaffAdmin(DeskAdmin):
    """Employees' accounts. A member's account is hers alone: it is neither shown nor changed.

    No password is set here: the employee logs in by a code to her address and chooses a second
    factor herself.
    """

    form = StaffForm
    list_display = ["name", "email", "role_names", "is_active", "last_login"]
    list_filter = ["is_active", "groups"]
    fields = ["name", "email", "groups", "is_active", "is_superuser", "last_login", "date_joined"]
    formfield_overrides = {models.ManyToManyField: {"widget": forms.CheckboxSelectMultiple}}
    ordering = ["name", "pk"]

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).filter(is_staff=True).prefetch_related("groups")

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> list[str]:
        readonly = ["last_login", "date_joined"]
        return readonly if request.user.is_superuser else [*readonly, "is_superuser"]

    def get_form(self, request: HttpRequest, obj: Any = None, *args: Any, **kwargs: Any) -> Any:
        form = super().get_form(request, obj, *args, **kwargs)
        for name in {"name", "email"} & set(form.base_fields):
            form.base_fields[name].required = True
        return form

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        if not change:
            obj.is_staff = True
            obj.set_unusable_password()
        super().save_model(request, obj, form, change)

    @admin.display(description=_("roles"))
    def role_names(self, user: User) -> str:
        return ", ".join(group.name for group in user.groups.all())


@admin.register(LoginRecord)
class LoginRecordAdmin(ReadOnly, ForUserAdmin):
    member_path = "user__member"
    read_purpose = _("security")
    list_display = ["at", "whose", "how", "ip_address", "succeeded"]
    list_filter = ["succeeded"]
    list_select_related = ["user__member"]
    fields = ["at", "whose", "how", "ip_address", "succeeded"]
    ordering = ["-pk"]
    sortable_by: list[str] = []

    @admin.display(description=_("account"))
    def whose(self, record: LoginRecord) -> str:
        if record.user is None:
            return "–"
        return str(record.user.member or record.user.get_full_name())

    @admin.display(description=_("method"))
    def how(self, record: LoginRecord) -> str:
        return record.method_in_words


@admin.register(ReadLog)
class ReadLogAdmin(ReadOnly, DeskAdmin):
    """Keys and purposes alone; looking here is not looking at a member."""

    paginator = RegisterPaginator
    list_display = ["at", "actor", "subject", "view", "purpose"]
    list_filter = ["is_protected"]
    fields = list_display
    ordering = ["-pk"]
    sortable_by: list[str] = []

    def get_queryset(self, request: HttpRequest) -> Any:
        accounts = User.objects.filter(pk=OuterRef("actor_id"), is_staff=True)
        rows = super().get_queryset(request).for_user(request.user)
        return rows.annotate(actor_name=Subquery(accounts.values("name")[:1]))

    @admin.display(description=_("read by"))
    def actor(self, row: Any) -> str:
        return row.actor_name or f"{User._meta.verbose_name} {row.actor_id or '–'}"

    @admin.display(description=_("member"))
    def subject(self, row: ReadLog) -> str:
        return f"{Member._meta.verbose_name} {row.subject_id}"
