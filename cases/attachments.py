"""Files that people attach: received by their content, under a name that fools nobody."""

import hashlib
import re
import unicodedata
from dataclasses import dataclass
from pathlib import PurePath

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _

from cases.contents import KINDS, Kind, Refused, recognise, unknown
from ledarna_gdpr import crypto

__all__ = ["ACCEPTED", "Attachment", "Refused", "examine", "sealed"]

LONGEST_NAME = 120
LONGEST_SUFFIX = 12
#: What a file chooser offers first.
ACCEPTED = ",".join(suffix for kind in KINDS for suffix in kind.suffixes)
#: Letters that one system or another reads as a path, a stream or a wildcard.
RESERVED = re.compile(r'[<>:"|?*]')


@dataclass(frozen=True)
class Attachment:
    """A file that has been looked through and may be kept."""

    content: bytes
    name: str
    content_type: str
    size: int
    sha256: str


def examine(upload: UploadedFile) -> Attachment:
    """Look a file through. Raises ``Refused``, whose message is for the sender."""
    limit = settings.ATTACHMENT_MAX_MB
    size = upload.size or 0
    if size > limit * 1024 * 1024:
        raise Refused(
            _("The file is larger than %(limit)s MB. Divide it, or save it smaller.")
            % {"limit": limit}
        )
    content = upload.read()
    if not content:
        raise Refused(_("The file is empty. Save it anew and attach it again."))
    kind = recognise(content)
    return Attachment(
        content=content,
        name=_named(clean_name(upload.name or ""), kind),
        content_type=kind.content_type,
        size=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
    )


def clean_name(name: str) -> str:
    """The name as it is shown: no path, nothing invisible, nothing that turns the direction of
    writing and so lets ``exe`` be read as ``pdf``."""
    name = re.split(r"[/\\]", name)[-1]
    name = unicodedata.normalize("NFC", name)
    name = "".join(" " if c.isspace() else c for c in name)
    name = "".join(c for c in name if not unicodedata.category(c).startswith("C"))
    name = RESERVED.sub("_", " ".join(name.split())).strip(" .")
    suffix = PurePath(name).suffix
    if len(suffix) > LONGEST_SUFFIX:
        suffix = ""
    stem = name.removesuffix(suffix)[: LONGEST_NAME - len(suffix)]
    return stem.rstrip(" .") + suffix


def _named(name: str, kind: Kind) -> str:
    """The name with an ending that is true. Raises ``Refused`` where it has another."""
    path = PurePath(name)
    if not path.suffix:
        stem = name[: LONGEST_NAME - len(kind.suffixes[0])] or _("attachment")
        return stem + kind.suffixes[0]
    suffix = path.suffix.lower()
    if not any(suffix in known.suffixes for known in KINDS):
        raise unknown()
    if suffix not in kind.suffixes:
        raise Refused(
            _(
                "The name ends in %(suffix)s, but the content is of another kind (%(kind)s). Open "
                "the file in its own program, save it anew and attach that."
            )
            % {"suffix": suffix, "kind": kind.title}
        )
    return name


def sealed(attachment: Attachment) -> ContentFile:
    """The content as it is stored."""
    return ContentFile(crypto.encrypt(attachment.content))
