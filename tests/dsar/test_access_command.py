"""``manage.py access``: the officer's own way to everything about a person."""

import io
import stat
import zipfile

import pytest
from django.core.management import CommandError, call_command

from members.models import ReadLog
from tests.factories.members import MemberFactory

pytestmark = pytest.mark.django_db


def run(person, folder, *options):
    out = io.StringIO()
    call_command(
        "access", str(person), "--to", folder, "--purpose", "Granskning", *options, stdout=out
    )
    return out.getvalue()


@pytest.mark.parametrize("name", ["member_number", "public_id"])
def test_it_writes_the_answer_for_its_owner_alone_and_logs_the_reading(name, tmp_path):
    member = MemberFactory()

    told = run(getattr(member, name), tmp_path)

    (path,) = tmp_path.iterdir()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert "Åberg" in zipfile.ZipFile(path).read("index.html").decode()
    assert str(member.member_number) not in path.name
    assert "sha256" in told
    log = ReadLog.objects.get()
    assert (log.subject_id, log.actor_id, log.purpose) == (member.pk, None, "Granskning")


@pytest.mark.parametrize("person", ["999999", "inget", "6e8bc430-9c3a-11d9-9669-0800200c9a66", "0"])
def test_nobody_is_a_sentence(person, tmp_path):
    with pytest.raises(CommandError, match="Det finns ingen"):
        run(person, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_missing_folder_is_a_sentence_and_nothing_is_read(tmp_path):
    with pytest.raises(CommandError, match="Mappen finns inte"):
        run(MemberFactory().member_number, tmp_path / "nowhere")
    assert ReadLog.objects.count() == 0


def test_a_file_is_never_overwritten(tmp_path):
    member = MemberFactory()
    run(member.member_number, tmp_path)

    with pytest.raises(CommandError, match="finns redan"):
        run(member.member_number, tmp_path)
