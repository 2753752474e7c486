"""A mail backend that remembers when it was handed which address."""

import threading
import time

from django.core.mail.backends.base import BaseEmailBackend

DELIVERY = {"EMAIL_BACKEND": "tests.recording_mail.Recorder"}
#: The moments at which each address was handed over.
handed_over: dict[str, list[float]] = {}


#: Clear it to let a mail hang in the middle of being handed over.
may_go = threading.Event()
may_go.set()
is_handing_over = threading.Event()


class Recorder(BaseEmailBackend):
    def __init__(self, *args, **kwargs):
        super().__init__()

    def send_messages(self, email_messages):
        is_handing_over.set()
        may_go.wait(30)
        for message in email_messages:
            for address in message.recipients():
                handed_over.setdefault(address, []).append(time.monotonic())
        return len(email_messages)
