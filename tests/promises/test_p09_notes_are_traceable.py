"""P9: what is noted has author, time, channel and service, is in an access answer, and is
corrected without being changed."""

import datetime as dt
import json

import pytest
from django.utils import timezone

from cases import services
from cases.models import FinalNote
from dsar import access
from tests.factories.cases import CaseFactory, NoteFactory, ParticipantFactory
from tests.factories.members import StaffFactory

pytestmark = pytest.mark.django_db

NOW = timezone.make_aware(dt.datetime(2026, 11, 23, 12))
HOUR = dt.timedelta(hours=1)


@pytest.fixture
def case():
    return CaseFactory(kind="leadership_coaching")


def answer(case, at=NOW):
    found = access.collect([case.member_id], at=at)[case.member_id]
    return json.dumps(found, ensure_ascii=False, default=str)


def test_a_telephone_note_tells_who_when_how_and_of_what_and_is_in_the_answer(case):
    author = StaffFactory(name="Cai Coach")

    note = services.write_note(
        case, body="Vill öva på svåra samtal.", channel="phone", by=author, at=NOW,
        happened_at=NOW - HOUR, final=True,
    )  # fmt: skip

    assert (note.author, note.at, note.get_channel_display()) == (author, NOW - HOUR, "telefon")
    assert note.get_service_display() == "chefscoachning"
    told = answer(case)
    assert "Vill öva på svåra samtal." in told
    assert "telefon" in told
    assert "Cai Coach" not in told  # C-579/21


def test_a_correction_is_linked_and_the_original_stays(case):
    note = NoteFactory(case=case, body="Samtalet var i mars.")

    correction = services.correct(note, body="Samtalet var i april.", by=StaffFactory(), at=NOW)

    assert list(note.corrections.all()) == [correction]
    told = answer(case)
    assert "Samtalet var i mars." in told
    assert "Samtalet var i april." in told
    note.body = "Annat"
    with pytest.raises(FinalNote):
        note.save()


def test_others_and_legal_strategy_are_masked_in_the_answer(case):
    ParticipantFactory(case=case, number=1, name="Gunnel Törnqvist", contact="gunnel@example.org")
    services.write_note(
        case, body="Gunnel Törnqvist ljuger. [[Vi väntar ut dem.]] Hon vet det.", channel="phone",
        by=StaffFactory(), at=NOW, final=True,
    )  # fmt: skip

    told = answer(case)

    assert "[annan person 1] ljuger. [utelämnat: juridisk strategi] Hon vet det." in told
    for secret in ("Gunnel", "Törnqvist", "gunnel@", "väntar ut"):
        assert secret not in told


def test_a_draft_is_counted_until_it_is_a_year_old_and_then_shown(case):
    NoteFactory(case=case, draft=True, body="Bara ett utkast.", created_at=NOW)

    assert "Bara ett utkast." not in answer(case, at=NOW + dt.timedelta(days=364))
    assert "Bara ett utkast." in answer(case, at=NOW + dt.timedelta(days=366))
