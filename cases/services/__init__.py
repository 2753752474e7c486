"""One function for each decision about a case. Each locks the case, raises ``CannotDo`` with a
sentence for the screen, and leaves its line in the trail."""

from cases.services.access import break_glass, end_grant, follow_up, grant
from cases.services.disclosing import approve_disclosure, disclose
from cases.services.protection import announce_lift, awaiting_review, lift, mark_reviewed, restrict
from cases.services.trail import CannotDo
from cases.services.work import (
    assign,
    close,
    escalate,
    hand_over,
    open_case,
    reopen,
    schedule,
    take,
)
from cases.services.writing import (
    add_participant,
    attach,
    correct,
    edit_draft,
    finalise,
    record_occurrence,
    send_message,
    update_participant,
    write_note,
)

__all__ = [
    "CannotDo",
    "add_participant",
    "announce_lift",
    "approve_disclosure",
    "assign",
    "attach",
    "awaiting_review",
    "break_glass",
    "close",
    "correct",
    "disclose",
    "edit_draft",
    "end_grant",
    "escalate",
    "finalise",
    "follow_up",
    "grant",
    "hand_over",
    "lift",
    "mark_reviewed",
    "open_case",
    "record_occurrence",
    "reopen",
    "restrict",
    "schedule",
    "send_message",
    "take",
    "update_participant",
    "write_note",
]
