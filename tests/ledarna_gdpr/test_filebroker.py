import os
import signal
import stat
import subprocess
import sys
import threading
from contextlib import suppress

import pytest
from kombu import Connection, Queue

from ledarna_gdpr import filebroker
from ledarna_gdpr.filebroker import Transport

CLAIM_AND_WAIT = """
import os, sys, time
from kombu import Connection
from ledarna_gdpr.filebroker import Transport
connection = Connection(transport=Transport, transport_options={"folder": sys.argv[1]})
message = connection.SimpleQueue("work").get(block=True, timeout=10)
# Forking comes here.
print(message.payload["id"], flush=True)
time.sleep(60)
"""


@pytest.fixture
def connect(tmp_path):
    """New connections to one and the same folder."""
    opened = []

    def connect():
        opened.append(
            Connection(
                transport=Transport,
                transport_options={"folder": str(tmp_path / "queue"), "polling_interval": 0.01},
            )
        )
        return opened[-1]

    yield connect
    for connection in opened:
        connection.release()


def send(connection, *ids):
    queue = Queue("work")
    with connection.Producer() as producer:
        for number in ids:
            producer.publish({"id": number}, routing_key="work", declare=[queue])


def take(connection):
    """The next message, or None."""
    return Queue("work")(connection.default_channel).get()


def taken(connection):
    ids = []
    while message := take(connection):
        message.ack()
        ids.append(message.payload["id"])
    return ids


def test_messages_come_in_the_order_they_were_sent(connect):
    send(connect(), 1, 2, 3)

    assert taken(connect()) == [1, 2, 3]


def test_a_claimed_message_is_not_given_to_another_consumer(connect):
    send(connect(), 1)

    assert take(connect()).payload == {"id": 1}
    assert take(connect()) is None


def test_two_busy_consumers_never_take_the_same_message(connect):
    send(connect(), *range(300))
    results = {}

    def consume(name, connection):
        results[name] = taken(connection)

    threads = [threading.Thread(target=consume, args=(n, connect())) for n in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(results[0] + results[1]) == list(range(300))


def test_threads_that_start_at_once_share_their_process_claims(connect, tmp_path, monkeypatch):
    """Each of two would take the other for a dead process's, and give its messages away."""
    together = threading.Barrier(8)
    make = filebroker.Claims.__init__

    def slowly(self, root):
        make(self, root)
        with suppress(threading.BrokenBarrierError):  # nobody else comes: there is one
            together.wait(timeout=0.2)

    monkeypatch.setattr(filebroker.Claims, "__init__", slowly)
    threads = [threading.Thread(target=take, args=(connect(),)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(list((tmp_path / "queue" / "claimed").iterdir())) == 1


def test_an_acknowledged_message_leaves_nothing_on_disk(connect, tmp_path):
    send(connect(), 1)

    take(connect()).ack()

    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == ["lock"]


def test_a_rejected_message_is_removed_and_a_requeued_one_comes_back(connect):
    connection = connect()
    send(connection, 1, 2)

    take(connection).reject()
    take(connection).requeue()

    assert taken(connect()) == [2]


def test_what_was_not_acknowledged_comes_back_when_the_consumer_closes(connect):
    send(connect(), 1)
    consumer = connect()
    take(consumer)

    consumer.release()

    assert taken(connect()) == [1]


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"{}", b"\xff\xfe"])
def test_an_unreadable_message_is_set_aside_and_the_next_one_is_served(
    connect, tmp_path, caplog, content
):
    send(connect(), 1)
    broken = tmp_path / "queue" / "waiting" / "0.work"
    broken.write_bytes(content)

    assert taken(connect()) == [1]
    assert [path.name for path in (tmp_path / "queue" / "unreadable").iterdir()] == ["0.work"]
    assert "A message could not be read and was set aside: 0.work" in caplog.text


def test_a_killed_consumers_messages_come_back(connect, tmp_path):
    send(connect(), 1, 2)
    command = [sys.executable, "-c", CLAIM_AND_WAIT, str(tmp_path / "queue")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as consumer:
        assert consumer.stdout.readline() == "1\n"
        assert taken(connect()) == [2]  # while it lives, its message is its own
        consumer.send_signal(signal.SIGKILL)
        consumer.wait()

    assert taken(connect()) == [1]


def test_a_forked_child_does_not_keep_its_dead_parents_messages(connect, tmp_path):
    send(connect(), 1)
    forking = CLAIM_AND_WAIT.replace("# Forking comes here.", "os.fork() or time.sleep(60)")
    command = [sys.executable, "-c", forking, str(tmp_path / "queue")]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, text=True, start_new_session=True
    ) as consumer:
        assert consumer.stdout.readline() == "1\n"
        consumer.kill()
        consumer.wait()
        try:
            assert taken(connect()) == [1]
        finally:
            os.killpg(consumer.pid, signal.SIGKILL)


def test_the_folders_are_closed_to_other_users(connect, tmp_path):
    send(connect(), 1)
    take(connect())

    folders = [tmp_path / "queue", *(p for p in (tmp_path / "queue").rglob("*") if p.is_dir())]
    assert {stat.S_IMODE(path.stat().st_mode) for path in folders} == {0o700}
