"""What is received as a file, what is refused, and how it is given back. By HTTP alone: a member
attaches on Mina sidor."""

import re
import unicodedata
import zipfile

import pytest
from django.conf import settings
from django.core.cache import cache
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from hypothesis import HealthCheck, example, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from cases import attachments
from cases.models import Document, Message
from members.models import ReadLog
from tests.cases import files
from tests.factories.cases import CaseFactory
from tests.factories.members import UserFactory

pytestmark = pytest.mark.django_db

TURNED = "\u202e"
OVER = b"a" * (settings.ATTACHMENT_MAX_MB * 1024 * 1024 + 1)
#: What is told: a part of the Swedish sentence.
REFUSED = {
    "a page": ("avtal.html", b"<!doctype html><script>alert(1)</script>", "kan vi inte ta emot"),
    "a page called text": ("avtal.txt", b"\n <HTML><body>", "kan vi inte ta emot"),
    "a picture with scripts": ("bild.svg", b"<svg onload='alert(1)'/>", "kan vi inte ta emot"),
    "svg called png": ("bild.png", b"<svg onload='alert(1)'/>", "kan vi inte ta emot"),
    "a script": ("avtal.js", b"alert(1)", "kan vi inte ta emot"),
    "a shell script": ("avtal.txt", b"#!/bin/sh\nrm -rf ~", "kan vi inte ta emot"),
    "a program": ("avtal.pdf", b"MZ\x90\0\3\0\0\0", "kan vi inte ta emot"),
    "mail": ("avtal.eml", b"Subject: Hej\n\nHej", "kan vi inte ta emot"),
    "pdf and zip": ("avtal.pdf", files.PDF + files.docx(), "mer än en sorts innehåll"),
    "pdf and page": (
        "avtal.pdf",
        files.PDF.replace(b"endobj", b"endobj <ScRiPt>alert(1)</ScRiPt>"),
        "mer än en sorts innehåll",
    ),
    "script before pdf": ("avtal.pdf", b"/*" + files.PDF + b"*/", "mer än en sorts innehåll"),
    "OpenDocument and Word": (
        "avtal.odt",
        files.odt(files.TYPES, files.WORD),
        "mer än en sorts innehåll",
    ),
    "picture and zip": ("bild.jpg", files.jpeg() + files.docx(), "mer än en sorts innehåll"),
    "picture and pdf": (
        "bild.jpg",
        files.jpeg().replace(b"Hejsa", b"%PDF-"),
        "mer än en sorts innehåll",
    ),
    "zip bomb": (
        "avtal.docx",
        files.docx(("word/a.xml", "0" * 20_000_000)),
        "orimligt stort",
    ),
    "zip bomb in parts": (
        "avtal.docx",
        files.docx(*((f"word/{n}.xml", "") for n in range(2_000))),
        "orimligt stort",
    ),
    "lying zip bomb": ("avtal.docx", files.lying_docx(), "Filen är skadad"),
    "less in it than it says": ("avtal.docx", files.lying_docx(1_500, 1_000), "Filen är skadad"),
    "two parts of one name": (
        "avtal.docx",
        files.docx(("word/document.xml2", "x")).replace(b"document.xml2", b"document.xml\0"),
        "Filen är skadad",
    ),
    "cut off": ("avtal.docx", files.docx()[:-30], "Filen är skadad"),
    "mere archive": ("avtal.docx", files.archive(("a.txt", "Hej")), "kan vi inte ta emot"),
    "slides": (
        "avtal.docx",
        files.archive(files.TYPES, ("ppt/presentation.xml", "x")),
        "kan vi inte ta emot",
    ),
    "macros": ("avtal.docx", files.docx(("word/vbaProject.bin", "x")), "makron"),
    "macros by another name": (
        "avtal.docx",
        files.archive(
            ("[Content_Types].xml", '<Override ContentType="application/vnd.ms-word.document'
             '.macroEnabled.main+xml"/>'.encode("utf-16")),
            files.WORD,
        ),
        "makron",
    ),
    "macros written in other letters": (
        "avtal.docx",
        files.archive(
            ("[Content_Types].xml", '<Types><Override ContentType="macro&#69;nabled"/></Types>'),
            files.WORD,
        ),
        "makron",
    ),
    "macros a long way down": (
        "avtal.docx",
        files.archive(
            ("[Content_Types].xml", f"<Types>{'<a/>' * 400_000}<a b='macroEnabled'/></Types>"),
            files.WORD,
            packed=zipfile.ZIP_STORED,
        ),
        "orimligt stort",
    ),
    "two parts of one name but for its capitals": (
        "avtal.docx",
        files.docx(("word/Document.xml", "x")),
        "Filen är skadad",
    ),
    "macros in an open document": ("avtal.odt", files.odt(("Basic/a.xml", "x")), "makron"),
    "program in a document": ("avtal.docx", files.docx(("word/a.exe", "MZ")), "makron"),
    "an object of another program": (
        "avtal.docx",
        files.docx(("word/embeddings/oleObject1.bin", "x")),
        "makron",
    ),
    "macros in a sheet in a document": (
        "avtal.docx",
        files.docx(("word/embeddings/sheet.xlsm", "x")),
        "makron",
    ),
    "a template from elsewhere": (
        "avtal.docx",
        files.linked("attachedTemplate", "https://example.org/mall.dotm"),
        "hämtar delar av sig självt",
    ),
    "a template from another's server": (
        "avtal.docx",
        files.linked("attachedTemplate", r"file:///\\example.org\mall.dotm"),
        "hämtar delar av sig självt",
    ),
    "a picture that tells when it is opened": (
        "avtal.docx",
        files.linked("image", "&#104;ttp://example.org/1.png"),
        "hämtar delar av sig självt",
    ),
    "links that grow": (
        "avtal.docx",
        files.docx(("word/_rels/a.rels", '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>')),
        "Filen är skadad",
    ),
    "links that are none": ("avtal.docx", files.docx(("_rels/.rels", "x")), "Filen är skadad"),
    "links in letters that nobody knows": (
        "avtal.docx",
        files.docx(("_rels/.rels", '<?xml version="1.0" encoding="runes"?><a/>')),
        "Filen är skadad",
    ),
    "packed as no office program packs": (
        "avtal.docx",
        files.archive(files.TYPES, files.WORD, packed=zipfile.ZIP_LZMA),
        "Filen är skadad",
    ),
    "damaged inside": ("avtal.docx", files.damaged(zipfile.ZIP_DEFLATED), "Filen är skadad"),
    "damaged inside, packed tightly": (
        "avtal.docx",
        files.damaged(zipfile.ZIP_BZIP2),
        "Filen är skadad",
    ),
    "damaged inside, packed tighter": (
        "avtal.docx",
        files.damaged(zipfile.ZIP_LZMA),
        "Filen är skadad",
    ),
    "old Word": ("avtal.doc", bytes.fromhex("d0cf11e0a1b11ae1") + b"\0" * 512, "låst"),
    "docx called pdf": ("avtal.pdf", files.docx(), "Namnet slutar på .pdf"),
    "png called jpg": ("bild.jpg", files.png(), "Namnet slutar på .jpg"),
    "pdf called docm": ("avtal.docm", files.PDF, "kan vi inte ta emot"),
    "turned round": (f"avtal{TURNED}fdp.exe", files.PDF, "kan vi inte ta emot"),
    "huge picture": ("bild.png", files.png(60_000, 60_000), "miljoner bildpunkter"),
    "huge photograph": ("bild.jpg", files.jpeg(60_000, 60_000), "miljoner bildpunkter"),
    "no picture": ("bild.jpg", b"\xff\xd8\xff" + b"\xff" * 100, "Filen är skadad"),
    "nothing": ("avtal.pdf", b"", "Filen är tom"),
    "over the limit": ("avtal.txt", OVER, "Filen är större än 15 MB"),
}  # fmt: skip
RECEIVED = {
    "pdf": ("avtal.pdf", files.PDF, "application/pdf"),
    "png": ("bild.PNG", files.png(), "image/png"),
    "jpeg": ("bild.jpeg", files.jpeg(), "image/jpeg"),
    "photograph with something of the telephone's own": (
        "bild.jpg",
        files.jpeg() + b"\0\0\0\x18ftypmp42",
        "image/jpeg",
    ),
    "docx": (
        "avtal.docx",
        files.docx(),
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ),
    "docx with a link to click": (
        "avtal.docx",
        files.linked("hyperlink", "https://example.org/"),
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ),
    "docx with a template of the sender's own": (
        "avtal.docx",
        files.linked("attachedTemplate", r"file:///C:\Users\anna\Mallar\Avtal.dotx"),
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ),
    "docx with a picture inside": (
        "avtal.docx",
        files.linked("image", "media/image1.png", mode="Internal"),
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ),
    "xlsx": (
        "lön.xlsx",
        files.xlsx(),
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ),
    "odt": ("avtal.odt", files.odt(), "application/vnd.oasis.opendocument.text"),
    "text": ("dagbok.txt", "Måndag: möte".encode(), "text/plain; charset=utf-8"),
    "old text": (
        "dagbok.txt",
        "Måndag: möte – 5 €".encode("windows-1252"),
        "text/plain; charset=windows-1252",
    ),
    "as large as can be": ("dagbok.txt", OVER[:-1], "text/plain; charset=utf-8"),
}
#: As sent, and as kept.
NAMES = {
    "path": ("../../etc/passwd.pdf", "passwd.pdf"),
    "Windows path": (r"C:\Users\anna\avtal.pdf", "avtal.pdf"),
    "300 characters": ("ö" * 296 + ".pdf", "ö" * 116 + ".pdf"),
    "turned round": (f"avtal{TURNED}fdp.exe.pdf", "avtalfdp.exe.pdf"),
    "isolated": ("avtal\u2066\u2069.pdf", "avtal.pdf"),
    "in parts": ("anställning.pdf", "anställning.pdf"),
    "no ending": ("avtal", "avtal.pdf"),
    "wildcards": ('a:b*c?"<d>|.pdf', "a_b_c___d__.pdf"),
}


@pytest.fixture
def case(client):
    user = UserFactory()
    client.force_login(user)
    return CaseFactory(member=user.member)


def attach(client, case, name, content):
    upload = SimpleUploadedFile("x", content)
    upload._name = name  # its own setter would clean it before it is sent
    return client.post(
        reverse("my_case", args=[case.public_id]), {"body": "Här är den.", "file": upload}
    )


def stored_files():
    try:
        return sorted(default_storage.listdir("cases")[1])
    except FileNotFoundError:
        return []


@pytest.mark.parametrize(("name", "content", "told"), REFUSED.values(), ids=REFUSED.keys())
def test_what_is_hostile_is_refused_in_swedish_and_changes_nothing(
    client, case, name, content, told
):
    kept = stored_files()

    response = attach(client, case, name, content)

    assert response.status_code == 200
    errors = response.content.decode().split('id="id_file_error"')[1].split("</ul>")[0]
    assert told in errors
    assert not Message.objects.exists()
    assert not Document.objects.exists()
    assert stored_files() == kept
    assert client.get(reverse("my_case", args=[case.public_id])).status_code == 200


@pytest.mark.parametrize(("name", "content", "kind"), RECEIVED.values(), ids=RECEIVED.keys())
def test_what_people_send_is_received_and_given_back(client, case, name, content, kind):
    attach(client, case, name, content)
    document = Document.objects.get()

    response = client.get(reverse("my_document", args=[document.public_id]))

    assert response.content == content
    assert response.headers["Content-Type"] == kind
    assert (document.case, document.is_from_member) == (case, True)


@pytest.mark.parametrize(("sent", "kept"), NAMES.values(), ids=NAMES.keys())
def test_a_name_is_shown_without_what_deceives(client, case, sent, kept):
    attach(client, case, sent, files.PDF)

    assert Document.objects.get().name == unicodedata.normalize("NFC", kept)
    shown = client.get(reverse("my_case", args=[case.public_id])).content.decode()
    assert TURNED not in shown


@hypothesis_settings(deadline=None)
@given(name=st.text(max_size=300))
@example(name=f"a{TURNED}\u2067\u200b\0\n.pdf")
@example(name="a." * 150)
@example(name="a/../\\b")
def test_no_name_keeps_what_deceives_or_leads_elsewhere(name):
    kept = attachments.clean_name(name)

    assert kept.isprintable()
    assert len(kept) <= attachments.LONGEST_NAME
    assert not set(kept) & set('/\\<>:"|?*')
    assert kept == kept.strip(" .")
    assert attachments.clean_name(kept) == kept


def test_a_file_is_given_out_so_that_no_browser_runs_it(client, case):
    attach(client, case, "anställningsavtal.pdf", files.PDF)
    document = Document.objects.get()

    response = client.get(reverse("my_document", args=[document.public_id]))

    headers = response.headers
    disposition = "attachment; filename*=utf-8''anst%C3%A4llningsavtal.pdf"
    assert headers["Content-Disposition"] == disposition
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert "no-store" in headers["Cache-Control"]


def test_the_member_is_told_that_a_photo_may_tell_where_it_was_taken(client, case):
    """It stays in the photo: evidence that has been altered proves nothing."""
    shown = client.get(reverse("my_case", args=[case.public_id])).text

    assert "Ett foto kan innehålla uppgift om var det togs." in shown


def test_it_lies_encrypted_under_a_name_that_tells_nothing(client, case):
    attach(client, case, "anställningsavtal.pdf", files.PDF)
    stored = Document.objects.get().file

    assert re.fullmatch(r"cases/[0-9a-f-]{36}", stored.name)
    assert b"PDF" not in stored.read()
    stored.close()


def test_fetching_is_logged_before_it_is_served(client, case, monkeypatch):
    attach(client, case, "avtal.pdf", files.PDF)
    address = reverse("my_document", args=[Document.objects.get().public_id])
    client.get(address)
    assert ReadLog.objects.filter(view="my_document", subject_id=case.member_id).count() == 1

    def fail(*args, **kwargs):
        raise OSError

    monkeypatch.setattr(ReadLog.objects, "bulk_create", fail)
    client.raise_request_exception = False
    response = client.get(address)

    assert response.status_code == 500
    assert files.PDF not in response.content


def test_a_file_that_is_gone_is_a_page_that_is(client, case):
    attach(client, case, "avtal.pdf", files.PDF)
    document = Document.objects.get()
    default_storage.delete(document.file.name)

    assert client.get(reverse("my_document", args=[document.public_id])).status_code == 404


BEGINNINGS = st.sampled_from(
    [b"", b"%PDF-", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"PK\x03\x04", files.docx(), files.PDF]
)


@hypothesis_settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    name=st.text(min_size=1, max_size=300),
    content=st.builds(bytes.__add__, BEGINNINGS, st.binary(max_size=300)),
)
@example(name="a.pdf\0", content=files.PDF)
@example(name="..", content=files.PDF)
def test_no_bytes_and_no_name_break_anything(case, client, name, content):
    cache.clear()  # the brake on forms is not what is tried here
    before = (Message.objects.count(), Document.objects.count(), stored_files())

    response = attach(client, case, name, content)

    assert response.status_code in (200, 302)
    if response.status_code == 200:
        assert (Message.objects.count(), Document.objects.count(), stored_files()) == before
