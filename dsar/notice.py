"""The privacy notice: made from the declarations, published in versions, never typed (Art. 13).

A purpose names the heading under which the notice tells of it. Headings and purposes must meet:
what the public is not told of is not done, and what it is told of is really there.
"""

import datetime as dt
import re

from django.conf import settings
from django.db import transaction
from django.db.models import Max
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dsar import controller, periods, recipients
from dsar.models import NoticeVersion
from ledarna_gdpr.privacy import Purpose, registry
from members.formats import country_name

LANGUAGES = [code for code, _name in settings.LANGUAGES]

HEADINGS = {
    "register": gettext_lazy("Your membership"),
    "support": gettext_lazy("Union support"),
    "coaching": gettext_lazy("Coaching"),
    "service": gettext_lazy("Membership service"),
    "courses": gettext_lazy("Courses, webinars and digital meetings"),
    "surveys": gettext_lazy("Evaluations and surveys"),
    "tools": gettext_lazy("Digital tools"),
    "mailings": gettext_lazy("What we send you, and your choices"),
    "after_exit": gettext_lazy("After you have left"),
    "retention": gettext_lazy("Fees, accounts and proof of erasure"),
    "security": gettext_lazy("How your data are protected"),
    "rights": gettext_lazy("Your rights"),
}


class CannotPublish(Exception):
    """The message is written for the one who publishes and is shown as it is."""


def purposes_under(heading: str) -> list[Purpose]:
    return [purpose for purpose in registry.purposes if purpose.heading == heading]


def undeclared() -> list[Purpose]:
    """Purposes that no heading of the notice tells of."""
    return [purpose for purpose in registry.purposes if purpose.heading not in HEADINGS]


def empty_headings() -> list[str]:
    """Headings that no purpose stands behind."""
    return [heading for heading in HEADINGS if not purposes_under(heading)]


def broken_references(text: str) -> set[str]:
    """Anchors that the text refers to and does not have."""
    return set(re.findall(r'href="#([^"]*)"', text)) - set(re.findall(r'\bid="([^"]*)"', text))


def render(on: dt.date, language: str) -> str:
    """The notice as the declarations, the periods and the officer of a day make it, in HTML."""
    in_force = periods.in_force()
    with translation.override(language):
        sections = [
            {
                "heading": heading,
                "title": title,
                "purposes": [_told(purpose, in_force) for purpose in purposes_under(heading)],
            }
            for heading, title in HEADINGS.items()
        ]
        context = {
            "sections": sections,
            "headings": HEADINGS,
            "controller": controller.identity(),
            "officer": controller.officer(on),
            "authority": controller.authority(),
        }
        return render_to_string("dsar/notice/text.html", context)


def _told(purpose: Purpose, in_force: periods.Periods) -> dict:
    declarations = registry.serving(purpose)
    return {
        "purpose": purpose,
        "categories": [category.label for category in registry.categories(purpose)],
        "sources": list(dict.fromkeys(d.source.label for d in declarations)),
        "rules": [
            (d.title, periods.in_words(anchor, d, in_force), anchor.rule)
            for d in declarations
            for anchor in d.anchors_for(purpose)
        ],
        "recipients": [
            told | {"country": country_name(told["country"])} for told in recipients.known(purpose)
        ],
        "rights": controller.rights(purpose),
    }


def publish(version: str, *, valid_from: dt.date) -> list[NoticeVersion]:
    """Publish the notice in every language, from a day on. What was published before stays.

    Raises ``CannotPublish`` where headings and purposes do not meet, a reference is broken, or
    the version or its day has been taken.
    """
    if missing := undeclared():
        titles = ", ".join(str(purpose.title) for purpose in missing)
        raise CannotPublish(
            _("No heading of the notice tells of: %(titles)s.") % {"titles": titles}
        )
    if unused := empty_headings():
        titles = ", ".join(str(HEADINGS[heading]) for heading in unused)
        raise CannotPublish(
            _("Nothing stands behind the heading: %(titles)s.") % {"titles": titles}
        )
    latest = NoticeVersion.objects.aggregate(latest=Max("valid_from"))["latest"]
    if latest is not None and valid_from <= latest:
        raise CannotPublish(_("A later version is valid already. Choose a later day."))
    if NoticeVersion.objects.filter(version=version).exists():
        raise CannotPublish(_("There is a version with that name. Choose another."))
    texts = {language: render(valid_from, language) for language in LANGUAGES}
    for text in texts.values():
        if broken := broken_references(text):
            raise CannotPublish(
                _("The notice refers to headings that it does not have: %(names)s.")
                % {"names": ", ".join(sorted(broken))}
            )
    with transaction.atomic():
        return NoticeVersion.objects.bulk_create(
            NoticeVersion(
                version=version,
                language=language,
                valid_from=valid_from,
                text=text,
                sha256=NoticeVersion.hash_of(text),
            )
            for language, text in texts.items()
        )


def in_force(on: dt.date, language: str) -> NoticeVersion | None:
    """The notice that applied on a day, or None before the first."""
    versions = NoticeVersion.objects.filter(language=language, valid_from__lte=on)
    return versions.order_by("-valid_from").first()


def published_on(on: dt.date) -> set[str]:
    """The keys of the purposes that the notice in force on a day tells of (P45)."""
    found = in_force(on, settings.LANGUAGE_CODE)
    return set(re.findall(r'id="purpose-([^"]*)"', found.text)) if found else set()


def version_in_force(on: dt.date) -> str:
    """The version that applied on a day, or empty before the first."""
    found = in_force(on, settings.LANGUAGE_CODE)
    return found.version if found else ""
