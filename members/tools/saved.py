"""Results that members keep: saved, opened and deleted by their member alone (P29, P30)."""

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext as _

from ledarna_gdpr.privacy import registry
from members.models import Member, ToolResult
from members.tools import tools
from members.tools.forms import Undeclared
from members.tools.registry import Inputs, Saving


class CannotSave(Exception):
    """The message is written for the member and is shown as it is."""


class CannotForget(Exception):
    """The message is written for the member and is shown as it is."""


def save(member: Member, key: str, inputs: Inputs, *, at: dt.datetime) -> ToolResult:
    """Keep the answers exactly as the member sent them, and the result worked out anew from them.

    Raises ``UnknownTool`` for a tool that is not registered, ``Undeclared`` for answers that are
    not the tool's, ``CannotSave`` where its results are not for saving.
    """
    tool = tools[key]
    if set(inputs) != tool.names:
        raise Undeclared
    if tool.saving == Saving.NEVER:
        raise CannotSave(_("Results of this tool cannot be saved."))
    return ToolResult.objects.create(
        member=member,
        tool=tool.key,
        inputs=inputs,
        result=tool.work_out(inputs),
        saved_at=at,
        last_opened_at=at,
    )


def opened(result: ToolResult, *, at: dt.datetime) -> None:
    """It is in use: the time after which what nobody opens goes begins again (R20)."""
    ToolResult.objects.filter(pk=result.pk).update(last_opened_at=at)


@transaction.atomic
def forget(result: ToolResult, *, at: dt.datetime) -> None:
    """Gone at once, without waiting for the night. Raises ``CannotForget`` under a legal hold."""
    if not registry.destroy(ToolResult, ToolResult.objects.filter(pk=result.pk), at):
        raise CannotForget(
            _("We may not delete anything of yours while a legal hold is set. Contact us.")
        )
