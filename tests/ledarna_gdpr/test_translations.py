"""Every screen text has its Swedish. Needs no gettext programs: the texts are read with Python."""

import ast
import gettext
import re
from pathlib import Path

import allauth
import django
import polib
import pytest
from django.conf import settings
from django.utils.translation.template import templatize

CATALOG = settings.BASE_DIR / "locale" / "sv" / "LC_MESSAGES" / "django.po"
SOURCES = ("ledarna_gdpr", "members", "cases", "courses", "dsar", "templates")
#: Function -> positions of context, message and plural among its arguments.
CALLS = {
    "_": (None, 0, None),
    "gettext": (None, 0, None),
    "gettext_lazy": (None, 0, None),
    "gettext_noop": (None, 0, None),
    "ngettext": (None, 0, 1),
    "ngettext_lazy": (None, 0, 1),
    "pgettext": (0, 1, None),
    "pgettext_lazy": (0, 1, None),
    "npgettext": (0, 1, 2),
    "npgettext_lazy": (0, 1, 2),
}
#: Catalogs of others that come with the product.
OTHERS = (
    Path(django.__file__).parent / "conf" / "locale",
    *Path(django.__file__).parent.glob("contrib/*/locale"),
    Path(allauth.__file__).parent / "locale",
)


def texts():
    """Each text to translate: where, context, message, plural."""
    for folder in SOURCES:
        for path in sorted((settings.BASE_DIR / folder).rglob("*")):
            if path.suffix == ".py":
                yield from in_python(path, path.read_text())
            elif path.suffix in (".html", ".txt") and "templates" in path.parts:
                source = templatize(path.read_text(), origin=str(path))
                yield from in_python(path, as_python(source))


def as_python(templatized):
    """The calls in what Django makes of a template for xgettext."""
    string = r"""'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*\""""
    call = rf"""(?:_|n?p?gettext)\((?:[^()'"]|{string})*\)"""
    return "\n".join(re.findall(call, templatized, re.DOTALL))


def in_python(path, source):
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call):
            continue
        name = getattr(node.func, "id", getattr(node.func, "attr", ""))
        if name in CALLS and node.args:
            yield (
                path.relative_to(settings.BASE_DIR).as_posix(),
                *(
                    literal(node.args[at]) if at is not None and at < len(node.args) else None
                    for at in CALLS[name]
                ),
            )


def literal(node):
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def ours():
    return {
        (entry.msgctxt, entry.msgid): entry
        for entry in polib.pofile(str(CATALOG))
        if not entry.obsolete
    }


def is_translated(entry):
    if entry is None or entry.fuzzy:
        return False
    return all(entry.msgstr_plural.values()) if entry.msgid_plural else bool(entry.msgstr)


def theirs():
    """What Django's and allauth's own catalogs translate; their .mo is what is used."""
    known = set()
    for folder in OTHERS:
        if (folder / "sv" / "LC_MESSAGES" / "django.mo").exists():
            known |= set(gettext.translation("django", folder, ["sv"])._catalog)
    return {key[0] if isinstance(key, tuple) else key for key in known if key}


def key_of(context, message):
    return f"{context}\x04{message}" if context else message


@pytest.mark.parametrize(
    ("template", "found"),
    [
        ("{% load i18n %}{% translate 'One' %}", ["One"]),
        ('{% translate "It\'s (one) %" %}', ["It's (one) %%"]),
        ("{% blocktranslate trimmed %}\n  One\n  two\n{% endblocktranslate %}", ["One two"]),
        (
            "{% blocktranslate count n=n %}{{ n }} row"
            "{% plural %}{{ n }} rows{% endblocktranslate %}",
            ["%(n)s row"],
        ),
        ('{{ _("One") }} <p title="_(none)">', ["One"]),
    ],
)
def test_texts_are_found_in_templates(template, found):
    source = as_python(templatize(template))
    assert [text[2] for text in in_python(CATALOG, source)] == found


def test_every_text_has_its_swedish():
    catalog, elsewhere = ours(), theirs()
    missing = sorted(
        {
            f"{path}: {message!r}"
            for path, context, message, _plural in texts()
            if message
            and not is_translated(catalog.get((context, message)))
            and key_of(context, message) not in elsewhere
        }
    )
    assert not missing, "\n".join(missing)


def test_enough_texts_were_found_to_mean_something():
    found = {message for *_where, message, _plural in texts()}
    assert len(found) > 300
    assert any(path.startswith("templates/") for path, *_ in texts())


def test_no_text_is_assembled_inside_the_call():
    """``_(f"…")`` is translated never."""
    unreadable = sorted({path for path, _context, message, _ in texts() if message is None})
    assert unreadable == []


def test_plurals_are_plurals_in_the_catalog_too():
    catalog = ours()
    for path, context, message, plural in texts():
        if plural and (entry := catalog.get((context, message))):
            assert entry.msgid_plural == plural, path


def test_placeholders_survive_translation():
    placeholder = re.compile(r"%\(\w+\)[sd]|%[sd]|\{\w*\}")
    for entry in ours().values():
        for swedish in [entry.msgstr, *entry.msgstr_plural.values()]:
            expected = placeholder.findall(entry.msgid_plural or entry.msgid)
            if swedish and not entry.msgid_plural:
                assert sorted(placeholder.findall(swedish)) == sorted(expected), entry.msgid


def test_the_compiled_catalog_is_in_step():
    compiled = {
        (entry.msgctxt, entry.msgid): (entry.msgstr, dict(entry.msgstr_plural))
        for entry in polib.mofile(str(CATALOG.with_suffix(".mo")))
    }
    written = {
        key: (entry.msgstr, {int(n): text for n, text in entry.msgstr_plural.items()})
        for key, entry in ours().items()
        if is_translated(entry)
    }
    assert compiled == written
