import io
import logging

import pytest
from django.contrib.auth.decorators import login_not_required
from django.db import IntegrityError
from django.http import HttpResponse
from django.urls import path

from ledarna_gdpr import urls
from ledarna_gdpr.celery import app
from ledarna_gdpr.logging import LineFormatter, MaskPersonalData
from members.models import Member
from tests.factories.members import MemberFactory

SECRETS = ("anna.hemlig@example.org", "Annika Hemlig", "+46701740699")


@login_not_required
def duplicate(request):
    """Breaks a unique constraint, whose text quotes the address."""
    member = MemberFactory(email=SECRETS[0], given_names=SECRETS[1], phone=SECRETS[2])
    Member.objects.create(
        member_number=member.member_number + 1,
        given_names=SECRETS[1],
        email=SECRETS[0],
        phone=SECRETS[2],
    )
    return HttpResponse()


@login_not_required
def chained(request):
    try:
        raise ValueError(f"no such member: {SECRETS[0]}")
    except ValueError as error:
        raise RuntimeError(f"while greeting {SECRETS[1]}") from error


urlpatterns = [
    path("test/duplicate/", duplicate),
    path("test/chained/", chained),
    *urls.urlpatterns,
]


@pytest.fixture
def log():
    """What the console handler of the settings would print."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.addFilter(MaskPersonalData())
    handler.setFormatter(LineFormatter())
    logging.getLogger().addHandler(handler)
    yield stream.getvalue
    logging.getLogger().removeHandler(handler)


@pytest.mark.parametrize(
    "personal",
    [
        "19900101-2389",
        "199001012389",
        "900101-2389",
        "9001012389",
        "19010101+2389",
        "anna.aberg@example.org",
        "Anna+Bokning@mail.example.co.uk",
        "åsa.öberg@exempel.se",
        "+46701740605",
        "+46 70 174 06 05",
        "0701740605",
        "070-174 06 05",
        "08-465 00 42",
    ],
)
@pytest.mark.parametrize("form", ["message", "argument"])
def test_what_looks_like_personal_data_is_masked(log, personal, form):
    if form == "message":
        logging.getLogger("members").warning(f"Import: row with {personal} refused")
    else:
        logging.getLogger("members").warning("Import: row with %s refused", personal)

    assert log().endswith("WARNING members Import: row with ••• refused\n")


@pytest.mark.parametrize(
    "harmless",
    [
        "Sweep of 2026-11-23 finished",
        "Erased 12345 members in 1.5 s",
        "Erasure request 4711: done",
        "Task 0e2a8a9c-3f3b-4a57-9d4a-5f1a2b3c4d5e took 10.0.0.1",
    ],
)
def test_ids_counts_and_dates_stay_readable(log, harmless):
    logging.getLogger("dsar").warning(harmless)

    assert log().endswith(f"WARNING dsar {harmless}\n")


def test_an_error_is_one_line_that_tells_its_type_and_place_but_not_its_text(log):
    try:
        raise ValueError("Annika Hemlig")
    except ValueError:
        logging.getLogger("members").exception("Import %d failed", 7)

    lines = log().splitlines()
    assert "Hemlig" not in log()
    assert lines[0].endswith("ERROR members Import 7 failed")
    assert "ValueError at " in lines[1]
    assert "test_logging.py" in lines[1]


@pytest.mark.django_db
@pytest.mark.urls(__name__)
@pytest.mark.parametrize("page", ["duplicate", "chained"])
def test_a_page_that_breaks_shows_and_logs_no_value(client, log, page):
    client.raise_request_exception = False

    response = client.get(f"/test/{page}/")

    assert response.status_code == 500
    assert "Internal Server Error" in log()
    for secret in SECRETS:
        assert secret not in log()
        assert secret not in response.text
    for sign_of_a_trace in ("Traceback", "IntegrityError", "RuntimeError", ".py", "DEBUG"):
        assert sign_of_a_trace not in response.text


def test_a_failed_task_logs_its_type_and_place_but_not_its_text(log):
    @app.task(name="tests.fails")
    def fails():
        raise IntegrityError("Key (email)=(Annika Hemlig) already exists")

    fails.apply(throw=False)

    assert "tests.fails" in log()
    assert "IntegrityError at " in log()
    assert "Hemlig" not in log()


@pytest.mark.parametrize("arguments", [(ValueError("Annika Hemlig"),), ({"exc": "Annika Hemlig"},)])
def test_an_error_among_the_arguments_is_only_named(log, arguments):
    form = "failed: %s" if isinstance(arguments[0], Exception) else "failed: %(exc)s"
    logging.getLogger("celery").warning(form, *arguments)

    assert "failed: " in log()
    assert "Hemlig" not in log()


def test_an_argument_that_does_not_fit_stops_no_work(log):
    logging.getLogger("members").warning("50 % of %s", "anna@example.org")

    assert log().endswith("50 % of %s\n")
