"""Mail that came back for good: read from delivery reports (RFC 3464), and remembered."""

import datetime as dt
import mailbox
from collections.abc import Iterable, Iterator
from contextlib import closing
from email import message_from_bytes, policy
from email.message import Message
from pathlib import Path

from members.models import Bounce, Member


def read(path: Path) -> Iterator[str]:
    """The dead addresses that a file tells of: a mailbox, one mail, or a list of addresses.

    Raises ``OSError`` where it cannot be read.
    """
    content = path.read_bytes()
    if content.startswith(b"From "):
        with closing(mailbox.mbox(str(path), create=False)) as box:
            for message in box:
                yield from failed(message)
        return
    mail = message_from_bytes(content, policy=policy.compat32)
    if mail.get_content_type() == "multipart/report":
        yield from failed(mail)
        return
    for line in content.decode("utf-8", "replace").splitlines():
        if "@" in line and " " not in line.strip():
            yield line.strip().lower()


def failed(message: Message) -> Iterator[str]:
    """The addresses for which a delivery report says: failed, and not only for now."""
    for part in message.walk():
        if part.get_content_type() != "message/delivery-status":
            continue
        groups = part.get_payload()
        for recipient in groups if isinstance(groups, list) else []:
            if not isinstance(recipient, Message):
                continue
            is_final = str(recipient.get("Action", "")).strip().lower() == "failed"
            is_permanent = str(recipient.get("Status", "")).strip().startswith("5")
            told = recipient.get("Original-Recipient") or recipient.get("Final-Recipient") or ""
            kind, _semicolon, address = str(told).partition(";")
            if is_final and is_permanent and kind.strip().lower() == "rfc822":
                yield address.strip().strip("<>").lower()


def remember(addresses: Iterable[str], *, at: dt.datetime) -> int:
    """Stop mailings to these addresses; gives how many belong to somebody whom we write to."""
    members = Member.objects.filter(email__in={address for address in addresses if address})
    found = [
        Bounce(member_id=pk, address=email, at=at)
        for pk, email in members.order_by("pk").values_list("pk", "email")
    ]
    Bounce.objects.bulk_create(found, ignore_conflicts=True)
    return len(found)
