"""A mail server that keeps what it gets."""

import os
import signal
import socketserver
import threading
from concurrent.futures import Future
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage


class Conversation(socketserver.StreamRequestHandler):
    def handle(self):
        self.say("220 ready")
        while line := self.rfile.readline().strip():
            verb = line.split()[0].upper()
            if verb == b"DATA":
                self.say("354 go on")
                lines = iter(self.rfile.readline, b".\r\n")
                self.server.mails.append(message_from_bytes(b"".join(lines), policy=policy.default))
                if len(self.server.mails) == self.server.kills_at:
                    self.accept_and_kill(self.server.sender.result())
                    return
                if self.server.falls_silent:
                    return
            if verb == b"RCPT" and self.server.refuses:
                self.say("451 not now")
            else:
                self.say("221 bye" if verb == b"QUIT" else "250 ok")

    def accept_and_kill(self, pid):
        """The sender is stopped before it can read the answer, and so never acts on it."""
        os.kill(pid, signal.SIGSTOP)
        self.say("250 ok")
        os.kill(pid, signal.SIGKILL)

    def say(self, text):
        self.wfile.write(text.encode() + b"\r\n")


class MailServer(socketserver.ThreadingTCPServer):
    allow_reuse_address = daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Conversation)
        self.mails: list[EmailMessage] = []
        self.refuses = False
        #: Takes a mail and hangs up without a word.
        self.falls_silent = False
        #: The sending process is killed when the server has accepted so many mails.
        self.kills_at = 0
        self.sender: Future[int] = Future()

    @property
    def delivery(self):
        """The setting that delivers here."""
        host, port = self.server_address
        return {
            "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
            "EMAIL_HOST": host,
            "EMAIL_PORT": port,
        }


@contextmanager
def running():
    with MailServer() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server
        server.shutdown()
        thread.join()
