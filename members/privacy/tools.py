"""What a member chose to keep of a tool."""

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from ledarna_gdpr import privacy
from ledarna_gdpr.privacy import After, Category, PersonalData, Source
from members import purposes, rules
from members.models import SalaryTable, ToolResult


@privacy.register(ToolResult)
class ToolResultData(PersonalData):
    """The member's own: no agreement needs it, so it goes whenever she says so."""

    purpose = purposes.TOOLS
    subject = "member"
    fields = {
        "member": Category.MEMBERSHIP,
        "tool": Category.ACTIVITY,
        "inputs": Category.OPINION,
        "result": Category.OPINION,
        "saved_at": Category.ACTIVITY,
        "last_opened_at": Category.ACTIVITY,
    }
    technical = {"id", "public_id"}
    provided = {"tool", "inputs"}
    source = Source.SUBJECT
    retention = (
        After("last_opened_at", rules.R20),
        After("member__left_on", rules.R20_EXIT),
    )
    needed = Q(pk__in=[])


privacy.not_personal(
    SalaryTable, because=_("Figures about groups, each too large to tell of anyone in it."),
)  # fmt: skip
