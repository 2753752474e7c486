from django.contrib import admin

from dsar.models import DataProtectionOfficer, NoticeVersion
from members.admin.base import DeskAdmin, ReadOnly


@admin.register(NoticeVersion)
class NoticeVersionAdmin(ReadOnly, DeskAdmin):
    """What was published stays word for word as it was."""

    list_display = ["version", "language", "valid_from"]
    list_filter = ["language"]
    fields = ["version", "language", "valid_from", "sha256", "text"]


@admin.register(DataProtectionOfficer)
class DataProtectionOfficerAdmin(DeskAdmin):
    """Earlier officers stay: old letters bear their name."""

    list_display = ["name", "valid_from", "valid_to"]
    fields = list_display
