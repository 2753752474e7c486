from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from members.admin.base import WithHistoryAdmin
from members.models import Fee, Payment


class SettledFilter(admin.SimpleListFilter):
    title, parameter_name = _("settled"), "settled"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Any:
        return [("no", _("still owed"))]

    def queryset(self, request: HttpRequest, queryset: Any) -> QuerySet[Fee]:
        return queryset.outstanding() if self.value() == "no" else queryset


class AccountingAdmin(WithHistoryAdmin):
    """Accounting information: corrected by those who keep the books, found by member number."""

    read_purpose = _("accounting")
    list_select_related = ["member"]
    search_fields = ["member__member_number"]
    search_help_text = _("Member number.")
    ordering = ["-pk"]
    sortable_by: list[str] = []

    @admin.display(description=_("member number"))
    def number(self, row: Any) -> int:
        return row.member.member_number

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return ["number"] if obj else []

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return ["number" if obj else "member", *self.details]


@admin.register(Fee)
class FeeAdmin(AccountingAdmin):
    list_display = ["__str__", "number", "covers_from", "covers_to", "amount", "settled_on"]
    list_filter = [SettledFilter]
    details = [
        ("covers_from", "covers_to"),
        "amount",
        "due_on",
        "settled_on",
        "fiscal_year_ends_on",
    ]


@admin.register(Payment)
class PaymentAdmin(AccountingAdmin):
    list_display = ["__str__", "number", "paid_on", "amount", "reference"]
    details = ["paid_on", "amount", "reference", "fiscal_year_ends_on"]
