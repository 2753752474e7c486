"""Mailings in a process of their own, which can be killed: what test_killed_mailing runs.

``prepare NUMBER PURPOSE`` makes so many members and a mailing to them that is being sent; ``send
MAILING POINT`` sends it and dies at the point; ``resume MAILING CACHE`` does what beat does until
nothing is left, with the cache kept or lost, and tells what the database says of it.
"""

import datetime as dt
import json
import os
import signal
import sys
from collections import Counter

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ledarna_gdpr.settings")
django.setup()

from django.core.cache import cache  # noqa: E402 - needs the set-up above
from django.utils import timezone  # noqa: E402

from ledarna_gdpr.celery import app  # noqa: E402
from members import delivery, tasks  # noqa: E402
from members.mailings import sending  # noqa: E402
from members.models import MailingRecipient, Member, OutgoingMail  # noqa: E402
from tests.factories.choices import MailingFactory, ObjectionFactory  # noqa: E402
from tests.factories.members import MemberFactory  # noqa: E402

app.conf.task_always_eager = True
app.conf.task_eager_propagates = True
sending.CHUNK = 40
LATER = dt.timedelta(minutes=10)


def prepare(number, purpose):
    """Members of this mailing alone, told from others by where they live."""
    region = str(10 + Member.objects.values("postal_code").distinct().count())
    for n in range(int(number)):
        MemberFactory(
            postal_code=f"{region}000",
            email=f"m{region}.{n}@example.org",
            member_number=int(region) * 1000 + n,
        )
    mailing = MailingFactory(
        purpose=purpose, region=region, status="sending", listed=100, created_by=None,
        heartbeat_at=timezone.now(),
    )  # fmt: skip
    MailingRecipient.objects.bulk_create(
        MailingRecipient(mailing=mailing, member=member)
        for member in Member.objects.filter(postal_code=f"{region}000")
    )
    ObjectionFactory(member=Member.objects.get(email=f"m{region}.0@example.org"))
    return {"mailing": mailing.pk, "objector": f"m{region}.0@example.org"}


def send(mailing_id, point):
    die_at(point)
    tasks.send_mailing(mailing_id=int(mailing_id))


def die():
    os.kill(os.getpid(), signal.SIGKILL)


def die_at(point):
    """``in N``: in the Nth chunk before it commits; ``after N``: when it has; ``delivering N``:
    when the Nth mail is claimed, before it is asked about; ``allowed N``: when it may be sent. At
    any other point the mail server kills it."""
    when, number = point.split()
    left = int(number)

    def counting(original, *, dies_first):
        def counted(*args, **kwargs):
            nonlocal left
            left -= 1
            if left == 0 and dies_first:
                die()
            result = original(*args, **kwargs)
            if left == 0:
                die()
            return result

        return counted

    if when == "in":
        sending._queue = counting(sending._queue, dies_first=False)
    elif when == "after":
        sending.send_chunk = counting(sending.send_chunk, dies_first=False)
    elif when == "delivering":
        delivery.choices.why_not = counting(delivery.choices.why_not, dies_first=True)
    elif when == "allowed":
        delivery.choices.why_not = counting(delivery.choices.why_not, dies_first=False)


def resume(mailing_id, cache_is):
    """As beat does, ten minutes later: wake dead mailings and forgotten mail."""
    if cache_is == "lost":
        cache.key_prefix = "new"  # not cleared: that would take the mark that the Redis is in use
    later = timezone.now() + LATER
    for found in sending.stale(later):
        tasks.send_mailing(mailing_id=found)
    while waiting := delivery.overdue(at=later):
        for mail_id in waiting:
            delivery.deliver(mail_id, at=later)
    mailing = MailingRecipient.objects.filter(mailing=mailing_id)
    mails = OutgoingMail.objects.filter(recipient__mailing=mailing_id)
    return {
        "mails": Counter(mails.values_list("status", flat=True)),
        "recipients": Counter(mailing.values_list("status", flat=True)),
        "status": mailing[0].mailing.status,
        "orphans": OutgoingMail.objects.filter(recipient=None).count(),
    }


if __name__ == "__main__":
    command = {"prepare": prepare, "send": send, "resume": resume}[sys.argv[1]]
    json.dump(command(*sys.argv[2:]), sys.stdout)
