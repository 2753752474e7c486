import datetime as dt

from dsar.models import NoticeVersion


def version_in_force(on: dt.date) -> str:
    """The version of the Swedish notice that applied on a day, or empty before the first."""
    versions = NoticeVersion.objects.filter(language="sv", valid_from__lte=on)
    return versions.order_by("-valid_from").values_list("version", flat=True).first() or ""
