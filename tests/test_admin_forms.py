"""Each form of the admin can be filled in by somebody who hears it."""

from html.parser import HTMLParser

import pytest
from django.conf import settings
from django.contrib import admin
from django.urls import reverse

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

    assert response.status_code in (200, 403)  # some rows are made elsewhere
    assert Boxes(response.text).nameless == []


def test_every_table_that_scrolls_sideways_can_be_scrolled_by_key():
    templates = list((settings.BASE_DIR / "templates").rglob("*.html"))
    for template in templates:
        text = template.read_text()
        for name in ("scroll", "results"):
            assert text.count(f'class="{name}"') == text.count(f'class="{name}" tabindex="0"'), (
                template
            )
