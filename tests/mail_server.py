"""A mail server that keeps what it gets."""

import os
import signal
import socketserver
import threading
from collections import Counter
from concurrent.futures import Future
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage


class Conversation(socketserver.StreamRequestHandler):
    def handle(self):
        self.say("220 ready")
        while line := self.rfile.readline().strip():
            verb = line.split()[0].upper().decode()
            if self.kills_at(verb) or self.server.falls_silent_at == verb:
                return
            if verb == "DATA":
                self.say("354 go on")
                text = self.read_mail()
                if text is None:
                    return
                self.server.mails.append(message_from_bytes(text, policy=policy.default))
                if self.kills_at("accepted") or self.server.falls_silent_at == "accepted":
                    return
            if verb == "RCPT" and self.server.refuses:
                self.say("451 not now")
            else:
                self.say("221 bye" if verb == "QUIT" else "250 ok")

    def read_mail(self):
        """None where the sender hung up before the end: then nothing has been taken."""
        lines = []
        while (line := self.rfile.readline()) != b".\r\n":
            if not line:
                return None
            lines.append(line)
        return b"".join(lines)

    def kills_at(self, point):
        """Whether this is where the sender dies: as it waits for an answer that never comes."""
        self.server.reached[point] += 1
        if f"{point} {self.server.reached[point]}" != self.server.kills_at:
            return False
        os.kill(self.server.sender.result(), signal.SIGKILL)
        return True

    def say(self, text):
        self.wfile.write(text.encode() + b"\r\n")


class MailServer(socketserver.ThreadingTCPServer):
    allow_reuse_address = daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Conversation)
        self.mails: list[EmailMessage] = []
        self.refuses = False
        #: Hangs up without a word: at a command, or when it has "accepted" a mail.
        self.falls_silent_at = ""
        #: Where the sending process is killed: "RCPT 3", say, or "accepted 3".
        self.kills_at = ""
        self.reached: Counter[str] = Counter()
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
