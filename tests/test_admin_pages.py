"""The pages of the admin can be read by people, also by somebody who hears them."""

import datetime as dt
from html.parser import HTMLParser

import pytest
from django.conf import settings
from django.contrib import admin
from django.urls import reverse

from dsar import notice, roles
from tests.factories.choices import ConsentFactory, WithdrawalFactory
from tests.factories.members import StaffFactory

pytestmark = pytest.mark.django_db


class Boxes(HTMLParser):
    """What can be filled in on a page, and what names it."""

    def __init__(self, text):
        super().__init__()
        self.boxes, self.named, self.in_label = [], set(), False
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        if tag == "label":
            self.named.add(attrs.get("for"))
            self.in_label = True
        elif tag in ("input", "select", "textarea"):
            if attrs.get("type") in ("hidden", "submit", "button"):
                return
            self.boxes.append((attrs.get("id"), attrs.get("name")))
            if self.in_label or attrs.get("aria-label") or attrs.get("aria-labelledby"):
                self.named.add(attrs.get("id"))

    def handle_endtag(self, tag):
        if tag == "label":
            self.in_label = False

    @property
    def nameless(self):
        return [name for key, name in self.boxes if key not in self.named]


@pytest.mark.parametrize("model", admin.site._registry, ids=lambda model: model._meta.label)
def test_every_box_of_a_form_has_a_name(client, model):
    client.force_login(StaffFactory(is_superuser=True))
    name = f"admin:{model._meta.app_label}_{model._meta.model_name}"

    response = client.get(reverse(f"{name}_add"))

    assert response.status_code in (200, 302, 403)  # some rows are made elsewhere
    assert Boxes(response.text).nameless == []


def test_a_consent_is_told_in_words(client):
    client.force_login(StaffFactory(roles=[roles.MEMBER_SERVICE]))
    standing, withdrawn = ConsentFactory(), WithdrawalFactory().consent

    texts = [
        client.get(reverse("admin:members_consent_change", args=[consent.pk])).text
        for consent in (standing, withdrawn)
    ]

    for text in texts:
        assert "Medlemserbjudanden med e-post" in text
        assert "None" not in text
        assert "offers.email" not in text


def test_a_published_notice_is_shown_as_people_read_it(client):
    client.force_login(StaffFactory(roles=[roles.DATA_PROTECTION_OFFICER]))
    for version in notice.publish("2026-1", valid_from=dt.date(2026, 1, 1)):
        address = reverse("admin:dsar_noticeversion_change", args=[version.pk])

        text = client.get(address).text

        assert f'<div lang="{version.language}">' in text
        assert "&lt;p&gt;" not in text
        assert text.count("<h1") == 1


def test_every_table_that_scrolls_sideways_can_be_scrolled_by_key():
    templates = list((settings.BASE_DIR / "templates").rglob("*.html"))
    for template in templates:
        text = template.read_text()
        for name in ("scroll", "results"):
            assert text.count(f'class="{name}"') == text.count(f'class="{name}" tabindex="0"'), (
                template
            )
