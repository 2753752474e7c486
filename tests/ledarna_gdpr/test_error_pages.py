"""What people see when something is wrong: Swedish, helpful, and nothing about the fault."""

import pytest
from django.test import Client, override_settings
from django.urls import path, reverse

from ledarna_gdpr.urls import urlpatterns as product_urls
from tests.factories.members import StaffFactory, UserFactory

pytestmark = pytest.mark.django_db

SECRET = "19121212-1212"


def fails(request):
    raise RuntimeError(SECRET)


urlpatterns = [*product_urls, path("fails/", fails)]


def page(response):
    return response.content.decode()


def test_a_page_that_does_not_exist_is_told_in_swedish(client):
    response = client.get("/finns-inte/")

    assert response.status_code == 404
    assert "<h1>Sidan finns inte</h1>" in page(response)


def test_whoever_may_not_see_a_page_is_told_in_swedish(client):
    client.force_login(StaffFactory())

    response = client.get(reverse("admin:members_member_changelist"))

    assert response.status_code == 403
    assert "<h1>Du får inte se den här sidan</h1>" in page(response)


def test_a_form_without_its_token_is_refused_in_swedish():
    client = Client(enforce_csrf_checks=True)

    response = client.post(reverse("account_login"), {"email": "anna@example.org"})

    assert response.status_code == 403
    assert "<h1>Sidan var för gammal</h1>" in page(response)
    assert "anna" not in page(response)


@override_settings(ROOT_URLCONF=__name__)
def test_a_fault_of_ours_tells_nothing_of_itself():
    client = Client(raise_request_exception=False)
    client.force_login(UserFactory())

    response = client.get("/fails/")

    assert response.status_code == 500
    assert "<h1>Något gick fel</h1>" in page(response)
    assert SECRET not in page(response)
    assert "Traceback" not in page(response)


@pytest.mark.parametrize("address", ["/", "/konto/logga-in/", "/finns-inte/", "/mina-sidor/"])
def test_no_page_is_kept_or_indexed(client, address):
    response = client.get(address)

    assert response.headers["X-Robots-Tag"] == "noindex, nofollow"
    assert "no-store" in response.headers["Cache-Control"]
    assert "private" in response.headers["Cache-Control"]


def test_nor_is_a_page_of_the_admin(client):
    client.force_login(StaffFactory())

    response = client.get(reverse("admin:index"))

    assert "no-store" in response.headers["Cache-Control"]
