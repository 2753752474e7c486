import os
import signal
import socket
import sys

import pytest
from django.core.management import CommandError, call_command

from tests.product import Product, own_engines, until

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="reads processes from /proc")
PARTS = ("gunicorn ledarna_gdpr.wsgi", "ledarna_gdpr --quiet worker", "ledarna_gdpr --quiet beat")


@pytest.fixture
def product(tmp_path):
    with own_engines() as environment:
        product = Product(tmp_path, environment)
        try:
            product.start()
            until(lambda: all(product.pid_of(part) for part in PARTS))
            yield product
        finally:
            product.stop()


def test_what_is_killed_is_started_again(product):
    printed = product.log.read_text()
    assert f"{product.address}/admin/" in printed
    assert f"{product.address}/mina-sidor/" in printed

    before = {part: product.pid_of(part) for part in PARTS}
    for pid in before.values():
        os.kill(pid, signal.SIGKILL)

    for part, pid in before.items():
        until(lambda part=part, pid=pid: product.pid_of(part) not in (0, pid))
    until(product.answers)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_stopping_leaves_no_process(product, number):
    product.process.send_signal(number)

    assert product.process.wait(60) == 0
    assert product.processes() == {}


def test_even_a_killed_supervisor_leaves_no_process(product):
    product.process.kill()
    product.process.wait()

    until(lambda: product.processes() == {})


def test_a_taken_port_is_told_in_plain_words():
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]

        with pytest.raises(CommandError, match=f"Porten {port} är upptagen"):
            call_command("up", port=port)
