"""The answer to a request for data: one zip for the person and her machines alike.

``index.html`` is to be read, ``data.json`` with its schema and the CSV files are to be used. The
zip is encrypted at rest; it leaves the house once, to the person herself while she is logged in.
"""

import datetime as dt
import hashlib
import io
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.text import slugify

from dsar import access, letters
from dsar.models import AccessPackage, Masking, SubjectRequest
from dsar.sheets import Document, place_of
from ledarna_gdpr import crypto, spreadsheets
from ledarna_gdpr.privacy import registry
from members import mail

SCHEMA = Path(__file__).with_name("schema") / f"{access.SCHEMA}.json"


def make(request_id: int, *, at: dt.datetime) -> AccessPackage | None:
    """Answer an approved request. Gives None where there is nothing (more) to answer.

    The package, the state of the request and the mail that tells of it are one transaction.
    """
    request = SubjectRequest.objects.ready_to_answer().filter(pk=request_id).first()
    if request is None or request.member_id is None:
        return None
    content = build(request.member_id, portable=_is_portable(request), at=at)
    package = AccessPackage(
        request=request,
        member_id=request.member_id,
        sha256=hashlib.sha256(content).hexdigest(),
        made_at=at,
    )
    package.file.save("package", ContentFile(crypto.encrypt(content)), save=False)
    try:
        with transaction.atomic():
            return _answer(request, package, at)
    except Exception:
        package.file.delete(save=False)
        raise


def _answer(
    request: SubjectRequest, package: AccessPackage, at: dt.datetime
) -> AccessPackage | None:
    waiting = SubjectRequest.objects.ready_to_answer().filter(pk=request.pk)
    answered = waiting.update(
        status=SubjectRequest.Status.ANSWERED, closed_at=at, package_sha256=package.sha256
    )
    if not answered:  # another worker was faster
        package.file.delete(save=False)
        return None
    package.save()
    Masking.objects.bulk_create(
        Masking(
            request=request,
            model=passage.declaration.label,
            record=passage.record,
            field=passage.column.name,
            ground=ground,
            count=count,
        )
        for passage in _masked(request, at)
        for ground, count in passage.masked.grounds.items()
    )
    if address := package.member.email:
        subject, body = letters.answer_is_waiting()
        mail.queue(address, subject, body, member=package.member, at=at)
    return package


def _masked(request: SubjectRequest, at: dt.datetime) -> list[access.Passage]:
    return [] if _is_portable(request) else access.masked_passages(request.member_id, at=at)


def _is_portable(request: SubjectRequest) -> bool:
    return request.kind == SubjectRequest.Kind.PORTABILITY


def read(package: AccessPackage) -> bytes:
    """The zip itself."""
    with package.file.open("rb") as file:
        return crypto.decrypt(file.read())


def build(subject_id: Any, *, portable: bool, at: dt.datetime) -> bytes:
    """The zip of one person's data."""
    document = access.collect([subject_id], at=at, portable=portable)[subject_id]
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("index.html", render_to_string("dsar/package/index.html", document))
        package.writestr("data.json", json.dumps(document, ensure_ascii=False, indent=2))
        package.writestr("schema.json", SCHEMA.read_text())
        for section in document["sections"]:
            name = slugify(section["title"]) or section["model"]
            package.writestr(f"csv/{name}.csv", as_csv(section))
        for path, content in _files(subject_id, portable, timezone.localdate(at)):
            package.writestr(path, content)
    return buffer.getvalue()


def _files(subject_id: Any, portable: bool, on: dt.date) -> Iterator[tuple[str, bytes]]:
    """The files of the records in the answer: where they lie in it, and what they hold.

    What is kept about people is encrypted at rest, so every file is.
    """
    for declaration in registry.children_first():
        wanted = declaration.provided if portable else declaration.file_fields
        for name in declaration.file_fields:
            if name in declaration.withheld or name not in wanted:
                continue
            called = declaration.file_names.get(name, name)
            records = access.inside(declaration, [subject_id], portable, on)
            for path, title in records.values_list(name, called):
                if path:
                    with default_storage.open(path, "rb") as file:
                        content = crypto.decrypt(file.read())
                    yield f"{place_of(path)}/{Path(title).name or name}", content


def as_csv(section: Document) -> str:
    """A section as a table."""
    labels = list(
        dict.fromkeys(field["label"] for record in section["records"] for field in record["fields"])
    )
    values = (
        {field["label"]: field["value"] for field in record["fields"]}
        for record in section["records"]
    )
    return spreadsheets.table(
        [labels, *([row.get(label, "") for label in labels] for row in values)]
    )
