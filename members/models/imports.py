import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from ledarna_gdpr.privacy import Source


def upload_path(job: "BackgroundImport", filename: str) -> str:
    """A name of our own: the uploaded file's may tell about people."""
    return f"imports/{uuid.uuid4()}"


class BackgroundImport(models.Model):
    """A file on its way in: uploaded, checked, approved by a person, carried out."""

    class Status(models.TextChoices):
        UPLOADED = "uploaded", _("waiting to be checked")
        CHECKING = "checking", _("being checked")
        CHECKED = "checked", _("checked, waiting for your decision")
        APPROVED = "approved", _("waiting to be imported")
        IMPORTING = "importing", _("being imported")
        DONE = "done", _("imported")
        REFUSED = "refused", _("refused")
        CANCELLED = "cancelled", _("cancelled")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    #: Encrypted; removed when the file has been checked.
    file = models.FileField(_("file"), upload_to=upload_path, blank=True)
    #: What the checked file would change; encrypted, removed when the job is over.
    plan = models.FileField(_("plan"), upload_to=upload_path, blank=True)
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.UPLOADED)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        related_name="+",
        verbose_name=_("started by"),
    )
    created_at = models.DateTimeField(_("started at"), db_index=True)
    heartbeat_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(_("finished at"), null=True)
    rows = models.PositiveIntegerField(_("rows"), null=True)

    class Meta:
        abstract = True
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {self.pk}"

    @property
    def is_at_work(self) -> bool:
        """Whether a worker has it, or should."""
        at_work = self.Status.UPLOADED, self.Status.CHECKING
        return self.status in (*at_work, self.Status.APPROVED, self.Status.IMPORTING)


class ImportJob(BackgroundImport):
    """A register file."""

    class Mode(models.TextChoices):
        ALL_OR_NOTHING = "all", _("all rows or none")
        GOOD_ROWS = "good", _("the good rows, with a report of the bad ones")

    source = models.CharField(_("source"), max_length=20, choices=Source, default=Source.IMPORT)
    mode = models.CharField(_("mode"), max_length=4, choices=Mode, default=Mode.ALL_OR_NOTHING)
    rows_done = models.PositiveIntegerField(_("rows done"), default=0)
    new = models.PositiveIntegerField(_("new"), default=0)
    changed = models.PositiveIntegerField(_("changed"), default=0)
    unchanged = models.PositiveIntegerField(_("unchanged"), default=0)
    bad = models.PositiveIntegerField(_("faulty"), default=0)
    #: How many rows change each column; no values.
    changes_by_column = models.JSONField(default=dict)

    class Meta(BackgroundImport.Meta):
        verbose_name = _("import")
        verbose_name_plural = _("imports")


class ImportIssue(models.Model):
    """What is wrong with a row: where and why, never the value."""

    job = models.ForeignKey(ImportJob, models.PROTECT, related_name="issues")
    row = models.PositiveIntegerField(_("row"), null=True)
    column = models.CharField(_("column"), max_length=80, blank=True)
    message = models.CharField(_("problem"), max_length=300)

    class Meta:
        verbose_name = _("import problem")
        verbose_name_plural = _("import problems")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(name="one_issue_per_cell", fields=["job", "row", "column"]),
        ]

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {self.pk}"
