"""A mail backend that remembers when it was handed which address."""

import time

from django.core.mail.backends.base import BaseEmailBackend

DELIVERY = {"EMAIL_BACKEND": "tests.recording_mail.Recorder"}
#: The moments at which each address was handed over.
handed_over: dict[str, list[float]] = {}


class Recorder(BaseEmailBackend):
    def __init__(self, *args, **kwargs):
        super().__init__()

    def send_messages(self, email_messages):
        for message in email_messages:
            for address in message.recipients():
                handed_over.setdefault(address, []).append(time.monotonic())
        return len(email_messages)
