"""P50: what the notice refers to is there, by the words that it has there."""

import re

import pytest
from django.utils import timezone
from django.utils.html import escape
from django.utils.text import slugify

from dsar import notice

pytestmark = pytest.mark.django_db

#: The published text of 2025, where it refers to a heading of its own, and its headings.
REFERENCE = (
    "Mer information hittar du under rubriken Kurser och seminarier och digitala möten högre upp "
    "på sidan."
)
HEADINGS = ["Medlemsregister", "Fackligt stöd", "Kurser och webbinarier och digitala möten"]


def linked(text, headings):
    """A plain text with its headings and references marked up, each by its own words."""
    marked = "".join(f'<h2 id="{slugify(title)}">{escape(title)}</h2>' for title in headings)
    refer = re.compile(r"under rubriken (.+?)(?= högre upp|\.)")
    return marked + refer.sub(
        lambda found: f'<a href="#{slugify(found[1])}">{escape(found[1])}</a>', text
    )


def test_the_broken_reference_of_the_published_text_is_reported():
    broken = notice.broken_references(linked(REFERENCE, HEADINGS))
    assert broken == {"kurser-och-seminarier-och-digitala-moten"}


def test_the_same_reference_by_the_headings_own_words_is_not():
    right = REFERENCE.replace("seminarier", "webbinarier")
    assert notice.broken_references(linked(right, HEADINGS)) == set()


@pytest.mark.parametrize("language", ["sv", "en"])
def test_our_notice_refers_to_the_courses_by_their_heading(language):
    text = notice.render(timezone.localdate(), language)
    assert notice.broken_references(text) == set()
    title = re.search(r'id="courses">\s*<h2>(.*?)</h2>', text)[1]
    assert f'<a href="#courses">{title}</a>' in text


def test_a_notice_with_a_broken_reference_is_not_published(monkeypatch):
    render = notice.render
    monkeypatch.setattr(
        notice, "render", lambda *args: render(*args) + '<a href="#kurser-och-seminarier">x</a>'
    )
    with pytest.raises(notice.CannotPublish, match="kurser-och-seminarier"):
        notice.publish("1", valid_from=timezone.localdate())
