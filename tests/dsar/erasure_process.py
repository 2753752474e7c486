"""Erasures in a process of their own, which can be killed: what test_killed_worker runs.

``prepare NUMBER`` makes so many former members with something in many tables and an approved
request each; ``execute REQUEST POINT`` carries one out and dies at the point; ``resume`` tells the
state, carries it out and tells the state again.
"""

import datetime as dt
import json
import os
import signal
import sys

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ledarna_gdpr.settings")
django.setup()

from django.core.files.base import ContentFile  # noqa: E402 - needs the set-up above
from django.core.files.storage import default_storage  # noqa: E402
from django.utils import timezone  # noqa: E402

from dsar import erasure, ledger  # noqa: E402
from dsar.destroyer import Destroyer  # noqa: E402
from dsar.models import AccessPackage, FileRemoval, SubjectRequest  # noqa: E402
from ledarna_gdpr.privacy import registry  # noqa: E402
from members.models import OutgoingMail  # noqa: E402
from tests.factories.dsar import SubjectRequestFactory  # noqa: E402
from tests.factories.members import (  # noqa: E402
    FeeFactory,
    MemberFactory,
    OutgoingMailFactory,
    PaymentFactory,
    UserFactory,
)


def prepare(number):
    return [prepare_one(n) for n in range(int(number))]


def prepare_one(number):
    member = MemberFactory(
        left=dt.date(2014, 6, 30),
        member_number=500000 + number,
        email=f"slutet{number}@example.org",
    )
    old = dt.date(2014, 12, 31)
    UserFactory(member=member)
    OutgoingMailFactory(member=member)
    for month in range(1, 4):
        first = dt.date(2014, month, 1)
        fee = FeeFactory(member=member, covers_from=first, fiscal_year_ends_on=old)
        PaymentFactory(member=member, fee=fee, fiscal_year_ends_on=old)
    access = SubjectRequestFactory(member=member, status="answered", closed_at=timezone.now())
    package = AccessPackage(request=access, member=member, sha256="x", made_at=timezone.now())
    package.file.save("x", ContentFile(b"encrypted"))
    request = SubjectRequestFactory(kind="erasure", member=member, status="approved")
    return {
        "request": request.pk,
        "member": member.pk,
        "email": member.email,
        "file": package.file.name,
        "token": ledger.tokens_of([member.pk])[0],
    }


def execute(request_id, point):
    die_at(point)
    erasure.execute(int(request_id), at=timezone.now())


def resume(request_id, *rest):
    before = state(request_id, *rest)
    erasure.execute(int(request_id), at=timezone.now())
    return {"before": before, "after": state(request_id, *rest)}


def die():
    os.kill(os.getpid(), signal.SIGKILL)


def die_at(point):
    """``before/in/after STEP``, or ``destroyed N``: after the Nth act inside the transaction."""
    when, what = point.split()
    if when == "destroyed":
        original, left = Destroyer.carry_out, int(what)

        def carry_out(self, *args, **kwargs):
            nonlocal left
            original(self, *args, **kwargs)
            left -= 1
            if left == 0:
                die()

        Destroyer.carry_out = carry_out
        return
    step = erasure.Step(what)
    if when == "in":
        journal = erasure._journal

        def journal_and_die(request, found):
            journal(request, found)
            if found == step:
                die()

        erasure._journal = journal_and_die
        return
    carry_out_step = erasure.STEPS[step]

    def around(request, on, at):
        if when == "before":
            die()
        carry_out_step(request, on, at)
        die()

    erasure.STEPS[step] = around


def state(request_id, member_id, email, file, token):
    request = SubjectRequest.objects.get(pk=request_id)
    return {
        "status": request.status,
        "is_linked": request.member_id is not None,
        "contact": request.contact,
        "journal": list(request.journal.values_list("step", flat=True)),
        "receipts": sorted(request.receipts.values_list("model", "outcome", "count")),
        "left": {
            declaration.label: count
            for declaration in registry.children_first()
            if (count := declaration.records_of([int(member_id)]).count())
        },
        "notices": sum(mail.to == email for mail in OutgoingMail.objects.all()),
        "file": default_storage.exists(file),
        "files_waiting": FileRemoval.objects.count(),
        "is_in_ledger": any(token in entry.tokens for entry in ledger.entries()),
        "database_is_behind": ledger.database_is_behind(),
    }


if __name__ == "__main__":
    command = {"prepare": prepare, "execute": execute, "resume": resume}[sys.argv[1]]
    json.dump(command(*sys.argv[2:]), sys.stdout)
