"""Stored files and the records that name them: the sweep finds what is without the other."""

import datetime as dt
import io
import logging
import os
import time
from dataclasses import replace

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from cases.attachments import Attachment
from cases.models import Document
from cases.services import attach
from dsar import files, roles, tasks
from dsar.models import SweepRun
from ledarna_gdpr.privacy import registry
from tests.factories.cases import CaseFactory, DocumentFactory
from tests.factories.members import StaffFactory

pytestmark = pytest.mark.django_db

AGREEMENT = Attachment(
    content=b"an agreement", name="avtal.pdf", content_type="application/pdf", size=12, sha256="x"
)


def attached():
    """A document as the product stores one."""
    return attach(CaseFactory(), AGREEMENT, at=timezone.now())


def stray(folder="cases", name="stray"):
    return default_storage.save(f"{folder}/{name}", ContentFile(b"x"))


def aged(path, **age):
    """The file was stored so long ago."""
    then = time.time() - dt.timedelta(**age).total_seconds()
    os.utime(default_storage.path(path), (then, then))
    return path


def swept():
    """As the scheduler does every night."""
    tasks.sweep.delay()
    return SweepRun.objects.get(on=timezone.localdate())


def test_a_file_whose_upload_was_undone_goes_and_a_named_one_stays():
    with pytest.raises(IntegrityError), transaction.atomic():
        attach(CaseFactory(), replace(AGREEMENT, sha256=""), at=timezone.now())
    (name,) = default_storage.listdir("cases")[1]
    left = f"cases/{name}"
    kept = aged(attached().file.name, days=9)
    aged(left, days=2)

    run = swept()

    assert not default_storage.exists(left)
    assert default_storage.exists(kept)
    assert (run.files_removed, run.files_unnamed, run.files_missing) == (1, 0, 0)


@pytest.mark.parametrize(("hours", "is_there"), [(23, True), (25, False)])
def test_an_upload_that_may_be_under_way_is_left_alone(hours, is_there):
    path = aged(stray(), hours=hours)

    swept()

    assert default_storage.exists(path) is is_there


@pytest.mark.parametrize(
    "place", [(d.label, name) for d in registry for name in d.file_fields], ids="-".join
)
def test_each_field_that_holds_files_is_looked_after(place):
    """Wherever a declaration keeps files, what nobody names goes."""
    label, name = place
    model = registry.labelled(label).model
    path = model._meta.get_field(name).generate_filename(model(), "x")
    path = aged(default_storage.save(path, ContentFile(b"x")), days=2)

    swept()

    assert not default_storage.exists(path)


def test_what_lies_beside_the_folders_of_the_product_is_somebody_elses():
    path = aged(stray(folder="backup"), days=900)

    swept()

    assert default_storage.exists(path)


def test_many_at_once_wait_for_a_person(client, monkeypatch):
    monkeypatch.setattr(files, "MANY", 1)
    paths = [aged(stray(name=f"stray{n}"), days=2) for n in range(2)]
    client.force_login(StaffFactory(roles=[roles.DATA_PROTECTION_OFFICER]))

    assert swept().files_unnamed == 2
    assert all(map(default_storage.exists, paths))
    assert "2 lagrade filer hör inte till någon post" in client.get(reverse("admin:index")).text

    call_command("sweep", "--unnamed-files", stdout=io.StringIO())
    assert not any(map(default_storage.exists, paths))


def test_a_record_whose_file_is_gone_is_told_of_without_its_name(client, caplog):
    caplog.set_level(logging.INFO)
    lost = attached()
    default_storage.delete(lost.file.name)
    client.force_login(StaffFactory(roles=[roles.DATA_PROTECTION_OFFICER]))

    assert swept().files_missing == 1

    assert f"The file of cases.Document {lost.pk} is missing" in caplog.text
    assert lost.name not in caplog.text
    assert "1 post har mist sin fil" in client.get(reverse("admin:index")).text
    assert Document.objects.filter(pk=lost.pk).exists()


def test_a_dry_run_counts_and_touches_nothing():
    path = aged(stray(), days=2)
    default_storage.delete(attached().file.name)
    out = io.StringIO()

    call_command("sweep", "--dry-run", stdout=out)

    assert "som ingen post nämner: 1. Filer som saknas: 1." in out.getvalue()
    assert default_storage.exists(path)


def test_the_questions_asked_do_not_grow_with_the_files():
    def queries():
        with CaptureQueriesContext(connection) as captured:
            files.compare(timezone.now())
        return len(captured)

    attached()
    before = queries()
    for _ in range(5):
        attached()
        aged(stray(), days=2)
    DocumentFactory()

    assert queries() == before
