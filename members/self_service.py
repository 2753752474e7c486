"""What a member does herself on Mina sidor (P5)."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from ledarna_gdpr.privacy import Source
from members.models import Member

#: What a member changes herself. Name and personnummer are corrected by staff (Art. 16), and an
#: e-mail address counts when a code sent to it has been returned.
EDITABLE = [
    "preferred_name",
    "phone",
    "care_of",
    "street_address",
    "postal_code",
    "city",
    "country",
    "employer",
    "job_title",
]


@transaction.atomic
def change(member: Member, values: Mapping[str, str], *, by: Any, at: dt.datetime) -> list[str]:
    """Write the member's own changes and give the names of the fields that changed.

    Only these get a new source and time; the old values stay in the history.
    """
    member = Member.objects.select_for_update().get(pk=member.pk)
    changed = [name for name in EDITABLE if values[name] != getattr(member, name)]
    if not changed:
        return []
    for name in changed:
        setattr(member, name, values[name])
    member.note_source(changed, Source.SELF_SERVICE, at)
    member._history_user = by  # type: ignore[attr-defined]
    member._change_reason = str(_("changed by the member on My pages"))  # type: ignore[attr-defined]
    member.save(update_fields=[*changed, "provenance"])
    return changed
