"""Register files."""

from django.utils.translation import gettext_lazy as _

from ledarna_gdpr import privacy
from ledarna_gdpr.privacy import After, Category, PersonalData, Source, With
from members import purposes, rules
from members.models import ImportIssue, ImportJob


@privacy.register(ImportJob)
class ImportJobData(PersonalData):
    """The job tells about the employee who ran it; its file, about everyone in it."""

    purpose = purposes.REGISTER
    subject = "created_by__member"
    fields = {
        "file": Category.MEMBERSHIP,
        "plan": Category.MEMBERSHIP,
        "created_by": Category.PROCESSING,
        "created_at": Category.PROCESSING,
        "finished_at": Category.PROCESSING,
    }
    technical = {
        "id",
        "public_id",
        "source",
        "status",
        "mode",
        "heartbeat_at",
        "rows",
        "rows_done",
        "new",
        "changed",
        "unchanged",
        "bad",
        "changes_by_column",
    }
    withheld = dict.fromkeys(("file", "plan"), _("It holds other people's data (Art. 15(4))."))
    source = Source.IMPORT
    retention = (After("created_at", rules.IMPORT_FILE),)


@privacy.register(ImportIssue)
class ImportIssueData(PersonalData):
    purpose = purposes.REGISTER
    subject = "job__created_by__member"
    fields = {"message": Category.PROCESSING}
    technical = {"id", "job", "row", "column"}
    source = Source.SYSTEM
    retention = (With("job"),)
