"""A broker of plain files, for one machine without Redis: each message is a file in a folder.

A message is never lost and never handed to two workers:

- it is written under another name and renamed into ``waiting/`` when it is whole;
- a worker claims it by renaming it into a folder of its own under ``claimed/``, which only one
  worker can succeed in, and removes it when the task is acknowledged;
- a worker holds a lock in its folder for as long as it lives. What lies in a folder that nobody
  locks goes back to ``waiting/``, so a killed worker's tasks are started again;
- what cannot be read is set aside in ``unreadable/`` instead of stopping the worker.

Messages hold task names and ids. The folders are still closed to other users (0700).
"""

import fcntl
import logging
import os
import threading
import time
import uuid
from collections import defaultdict
from collections.abc import Iterator
from contextlib import suppress
from functools import cache
from pathlib import Path
from queue import Empty
from typing import Any

from kombu.transport import virtual
from kombu.utils.json import dumps, loads

logger = logging.getLogger(__name__)

SECONDS_BETWEEN_RESCUES = 10.0

making_claims = threading.Lock()


def folder(path: Path) -> Path:
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    return path


def lock(path: Path) -> int | None:
    """A descriptor of the file, locked by this process, or None while another one holds it.

    Record locks, not ``flock``: a forked child does not inherit them, so the orphans of a killed
    worker do not keep its messages.
    """
    descriptor = os.open(path, os.O_RDWR)
    try:
        fcntl.lockf(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(descriptor)
        return None
    return descriptor


class Claims:
    """The messages that this process has taken and not yet acknowledged."""

    def __init__(self, root: Path) -> None:
        self.all = folder(root / "claimed")
        # Locked before it gets its name, so that nobody takes it for a dead process's.
        unnamed = folder(root / "writing" / uuid.uuid4().hex)
        (unnamed / "lock").touch()
        lock(unnamed / "lock")  # until this process ends
        self.mine = unnamed.rename(self.all / unnamed.name)

    def dead(self) -> Iterator[Path]:
        """The folders of processes that are gone."""
        for other in self.all.iterdir():
            if other == self.mine:
                continue
            try:
                held = lock(other / "lock")
            except FileNotFoundError:  # another worker was faster
                continue
            if held is not None:
                yield other
                os.close(held)


@cache
def _claims(root: Path, pid: int) -> Claims:
    return Claims(root)


def claims(root: Path) -> Claims:
    """This process's, one for all its threads: a record lock does not keep a process out of its own
    files, so two of them would take each other for dead."""
    with making_claims:
        return _claims(root, os.getpid())


class QoS(virtual.QoS):
    def ack(self, delivery_tag: str) -> None:
        super().ack(delivery_tag)
        self.channel.forget(delivery_tag)

    def reject(self, delivery_tag: str, requeue: bool = False) -> None:
        super().reject(delivery_tag, requeue=requeue)
        self.channel.forget(delivery_tag)


class Channel(virtual.Channel):
    QoS = QoS

    def __init__(self, connection: Any, **kwargs: Any) -> None:
        super().__init__(connection, **kwargs)
        self.root = folder(Path(connection.client.transport_options["folder"]))
        self.waiting = folder(self.root / "waiting")
        self.listed: dict[str, list[str]] = defaultdict(list)
        self.claimed: dict[str, Path] = {}
        self.rescued_at = -SECONDS_BETWEEN_RESCUES

    def _put(self, queue: str, message: dict[str, Any], **kwargs: Any) -> None:
        # Ordered by time; unique by the tag.
        name = f"{time.time_ns():020d}-{uuid.uuid4().hex}.{queue}"
        unfinished = folder(self.root / "writing") / name
        with unfinished.open("x") as file:
            file.write(dumps(message))
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(self.waiting / name)

    def _get(self, queue: str, timeout: float | None = None) -> dict[str, Any]:
        own = claims(self.root)
        self._rescue(own)
        for name in self._names(queue):
            path = own.mine / name
            try:
                (self.waiting / name).rename(path)
            except FileNotFoundError:  # another worker was faster
                continue
            try:
                message = loads(path.read_bytes())
                tag = message["properties"]["delivery_tag"]
            except (ValueError, TypeError, KeyError):
                logger.error("A message could not be read and was set aside: %s", name)
                path.rename(folder(self.root / "unreadable") / name)
                continue
            self.claimed[tag] = path
            return message
        raise Empty

    def _names(self, queue: str) -> Iterator[str]:
        """Oldest first. The folder is listed once for many messages."""
        listed = self.listed[queue]
        if not listed:
            listed.extend(sorted(self._waiting(queue), reverse=True))
        while listed:
            yield listed.pop()

    def _waiting(self, queue: str) -> list[str]:
        return [name for name in os.listdir(self.waiting) if name.endswith(f".{queue}")]

    def _rescue(self, own: Claims) -> None:
        if time.monotonic() - self.rescued_at < SECONDS_BETWEEN_RESCUES:
            return
        self.rescued_at = time.monotonic()
        for dead in own.dead():
            with suppress(FileNotFoundError):  # another worker had just finished
                for path in dead.iterdir():
                    if path.name != "lock":
                        path.rename(self.waiting / path.name)
                (dead / "lock").unlink()
                dead.rmdir()

    def _restore(self, message: Any) -> None:
        path = self.claimed.pop(message.delivery_tag)
        path.rename(self.waiting / path.name)

    def forget(self, delivery_tag: str) -> None:
        path = self.claimed.pop(delivery_tag, None)
        if path:
            path.unlink()

    def _size(self, queue: str) -> int:
        return len(self._waiting(queue))

    def _purge(self, queue: str) -> int:
        names = self._waiting(queue)
        for name in names:
            (self.waiting / name).unlink(missing_ok=True)
        return len(names)


class Transport(virtual.Transport):
    Channel = Channel
    driver_type = driver_name = "file"

    def driver_version(self) -> str:
        return "1"
