import os
import signal
import socket
import sys

import pytest
from django.core.management import CommandError, call_command

from tests.product import Product, own_engines, until

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="reads processes from /proc")


@pytest.fixture
def product(tmp_path):
    with own_engines() as environment:
        product = Product(tmp_path, environment)
        product.start()
        try:
            yield product
        finally:
            product.stop()


@pytest.mark.parametrize("words", ["celery --app=ledarna_gdpr --quiet worker", "gunicorn", "beat"])
def test_a_killed_process_is_started_again(product, words):
    pid = product.pid_of(words)
    assert pid

    os.kill(pid, signal.SIGKILL)

    until(lambda: product.pid_of(words) > pid and pid not in product.processes())


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_stopping_leaves_no_process(product, number):
    until(lambda: product.pid_of("celery --app=ledarna_gdpr --quiet worker"))

    product.process.send_signal(number)

    assert product.process.wait(60) == 0
    assert product.processes() == {}


def test_even_a_killed_supervisor_leaves_no_process(product):
    product.process.kill()
    product.process.wait()

    until(lambda: product.processes() == {})


def test_it_prints_where_to_go(product):
    printed = product.log.read_text()
    assert f"{product.address}/admin/" in printed
    assert f"{product.address}/mina-sidor/" in printed


def test_a_taken_port_is_told_in_plain_words():
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]

        with pytest.raises(CommandError, match=f"Porten {port} är upptagen"):
            call_command("up", port=port)
