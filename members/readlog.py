"""Every page or file that shows a member's data is logged before it is shown (law 8)."""

from collections.abc import Iterable
from typing import Any

from django.utils import timezone

from ledarna_gdpr.privacy.words import Text
from members.models import Member, ReadLog


def record(actor: Any, members: Iterable[Member], *, view: str, purpose: Text) -> None:
    """Write one row for each member whose data a page or file is about to show.

    Call it before the response is made and let its errors pass: a read that cannot be logged
    must not happen. ``view`` is the page's URL name; ``purpose`` is why, never a value. A command
    has no ``actor``.
    """
    at = timezone.now()
    ReadLog.objects.bulk_create(
        ReadLog(
            at=at,
            actor_id=actor.pk if actor else None,
            subject_id=member.pk,
            view=view,
            purpose=str(purpose),
            is_protected=member.is_protected,
        )
        for member in members
    )
