"""A worker killed anywhere in a mailing: each address gets its mail exactly once (law 6). Whether
the mail server took the one that was on its way in that moment, staff are told to be unsure."""

import json
import os
import signal
import subprocess
import sys
from collections import Counter

import pytest
from django.conf import settings

from tests import mail_server
from tests.product import own_engines

PEOPLE = 100
#: Before the mail server can have taken the mail; see ``mailing_process.die_at``.
BEFORE = [
    "in 1", "in 2", "after 1", "after 3", "delivering 1", "delivering 37", "allowed 1",
    "allowed 37", "RCPT 1", "RCPT 37", "DATA 1", "DATA 37",
]  # fmt: skip
ONE_UNSURE = {
    "mails": {"delivered": PEOPLE - 2, "unsure": 1},
    "recipients": {"sent": PEOPLE - 2, "fell_away": 1, "unsure": 1},
    "status": "done",
    "orphans": 0,
}


class Mailings:
    """Mailings sent by processes of their own on one database of their own."""

    server = None

    def __init__(self, environment):
        self.environment = os.environ | environment
        self.run("manage.py", "migrate", "-v0")

    def run(self, *arguments, ends=0):
        with subprocess.Popen(
            [sys.executable, *arguments],
            env=self.environment,
            cwd=settings.BASE_DIR,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        ) as process:
            if self.server and self.server.kills_at:
                self.server.sender.set_result(process.pid)
            out, errors = process.communicate()
        assert process.returncode == ends, errors
        return out

    def call(self, *arguments, ends=0):
        out = self.run("-m", "tests.members.mailing_process", *map(str, arguments), ends=ends)
        return json.loads(out) if ends == 0 else None


@pytest.fixture(scope="module")
def product(tmp_path_factory):
    with own_engines() as environment:
        data = tmp_path_factory.mktemp("killed")
        yield Mailings(environment | {"DATA_DIR": str(data)})


@pytest.fixture
def server():
    with mail_server.running() as server:
        yield server


@pytest.fixture
def mailings(product, server):
    host, port = server.server_address
    product.environment["DELIVERY_URL"] = f"smtp://{host}:{port}"
    product.server = server
    return product


def killed(mailings, point, *, purpose="newsletter", cache="kept"):
    """What has become of a mailing whose worker was killed, and which addresses got it."""
    made = mailings.call("prepare", PEOPLE, purpose)
    mailings.server.kills_at = point
    mailings.call("send", made["mailing"], point, ends=-signal.SIGKILL)
    mailings.server.kills_at = ""
    state = mailings.call("resume", made["mailing"], cache)
    return made, state, Counter(mail["To"] for mail in mailings.server.mails)


@pytest.mark.parametrize("point", BEFORE)
def test_a_mailing_killed_anywhere_reaches_each_address_once_and_an_objector_never(mailings, point):
    made, state, received = killed(mailings, point)

    assert state == {
        "mails": {"delivered": PEOPLE - 1},
        "recipients": {"sent": PEOPLE - 1, "fell_away": 1},
        "status": "done",
        "orphans": 0,
    }
    assert list(received.values()) == [1] * (PEOPLE - 1)
    assert made["objector"] not in received


@pytest.mark.parametrize("point", ["accepted 1", "accepted 37"])
def test_what_had_been_handed_over_is_not_sent_again_and_counted_as_unsure(mailings, point):
    """The server had taken it, but nobody here can know that."""
    made, state, received = killed(mailings, point)

    assert state == ONE_UNSURE
    assert list(received.values()) == [1] * (PEOPLE - 1)
    assert made["objector"] not in received


@pytest.mark.parametrize(
    ("point", "reached"), [("allowed 37", PEOPLE - 2), ("accepted 37", PEOPLE - 1)]
)
def test_with_the_cache_lost_one_is_unsure_and_none_is_sent_twice(mailings, point, reached):
    _made, state, received = killed(mailings, point, cache="lost")

    assert state == ONE_UNSURE
    assert list(received.values()) == [1] * reached


def test_a_necessary_notice_is_rather_sent_twice_than_not_at_all(mailings):
    _made, state, received = killed(mailings, "accepted 37", purpose="notices")

    assert state["recipients"] == {"sent": PEOPLE}
    assert sorted(received.values()) == [1] * (PEOPLE - 1) + [2]
    names = Counter(mail["Message-ID"] for mail in mailings.server.mails)
    assert sorted(names.values()) == sorted(received.values())  # so that its reader gets one
