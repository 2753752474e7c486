import ctypes
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from contextlib import suppress
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management import BaseCommand, CommandError, call_command
from django.core.management.base import CommandParser
from django.urls import reverse
from django.utils.translation import gettext as _

from ledarna_gdpr import arguments
from members.demo import logins

HOST = "127.0.0.1"
SECONDS_TO_STOP = 20.0
SECONDS_BETWEEN_STARTS = 3.0


def end_with_parent() -> None:
    """Even a supervisor killed with SIGKILL leaves nothing running. Linux only."""
    if sys.platform == "linux":
        pr_set_pdeathsig = 1
        ctypes.CDLL(None).prctl(pr_set_pdeathsig, signal.SIGTERM)


class Child:
    """A process that is started again whenever it ends."""

    def __init__(self, *arguments: str) -> None:
        self.command = [sys.executable, "-m", *arguments]
        self.start()

    def start(self) -> None:
        self.started = time.monotonic()
        # A session of its own: Ctrl-C in the terminal reaches the supervisor alone, and what
        # the process leaves behind when it is killed can be found by its group.
        self.process = subprocess.Popen(  # noqa: S603 - the commands below
            self.command,
            cwd=settings.BASE_DIR,
            start_new_session=True,
            preexec_fn=end_with_parent,
        )

    def keep_alive(self) -> None:
        if self.process.poll() is None:
            return
        self.end_group()
        if time.monotonic() - self.started > SECONDS_BETWEEN_STARTS:
            self.start()

    def stop(self, deadline: float) -> None:
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(max(0.0, deadline - time.monotonic()))
        self.end_group()
        self.process.wait()

    def end_group(self) -> None:
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)


class Command(BaseCommand):
    help = (
        "Bring the database up to date and run web server, worker and scheduler until Ctrl-C. "
        "For one machine; larger installations run the three as services (see deploy/)."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--port", type=arguments.number, default=8000)

    def handle(self, *args: Any, port: int, **options: Any) -> None:
        os.umask(0o077)
        self.refuse_taken(port)
        settings.DATA_DIR.mkdir(parents=True, exist_ok=True)
        call_command("migrate", interactive=False, verbosity=0)
        stop = threading.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: stop.set())
        children = [
            Child(
                *("gunicorn", "ledarna_gdpr.wsgi", f"--bind={HOST}:{port}"),
                *("--workers=2", "--threads=4", "--no-control-socket", "--log-level=warning"),
            ),
            Child(
                *("celery", "--app=ledarna_gdpr", "--quiet", "worker", "--concurrency=2"),
                *("--without-gossip", "--without-mingle", "--without-heartbeat"),
            ),
            Child("celery", "--app=ledarna_gdpr", "--quiet", "beat", "--pidfile="),
        ]
        self.tell(port)
        while not stop.wait(0.5):
            for child in children:
                child.keep_alive()
        for child in children:
            child.process.terminate()
        deadline = time.monotonic() + SECONDS_TO_STOP
        for child in children:
            child.stop(deadline)

    def refuse_taken(self, port: int) -> None:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((HOST, port))
            except OSError:
                raise CommandError(
                    _("Port %(port)d is taken. Choose another one: make run PORT=%(other)d")
                    % {"port": port, "other": port + 1}
                ) from None

    def tell(self, port: int) -> None:
        address = f"http://{HOST}:{port}"
        lines = [
            "",
            _("My pages:      %s") % (address + reverse("my_pages")),
            _("The work desk: %s") % (address + reverse("admin:index")),
        ]
        emails = [login.email for login in logins.STAFF]
        if get_user_model().objects.filter(email__in=emails).exists():
            lines += [_("Mail:          %s") % f"{address}/demo/mail/", "", *logins.lines()]
        lines += ["", _("Stop with Ctrl-C."), ""]
        self.stdout.write("\n".join(lines))
        self.stdout.flush()
