"""What the database and the models refuse, whoever asks."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from cases.kinds import KINDS, Kind
from cases.models import Case, FinalNote, Note
from tests.factories.cases import (
    CaseDisclosureFactory,
    CaseEventFactory,
    CaseFactory,
    DocumentFactory,
    EmergencyAccessFactory,
    GrantFactory,
    MessageFactory,
    NoteFactory,
    OccurrenceFactory,
    ParticipantFactory,
    TeamMembershipFactory,
)
from tests.factories.members import StaffFactory

pytestmark = pytest.mark.django_db

NOW = timezone.make_aware(dt.datetime(2026, 11, 23, 12))
DAY = dt.date(2026, 11, 23)
HOUR = dt.timedelta(hours=1)


def twice(factory, **fields):
    """The same row twice."""
    first = factory(**fields)
    same = {name.partition("__")[0]: getattr(first, name) for name in fields if "__" not in name}
    factory(case=first.case, **same)


BROKEN = {
    "case_kind_is_known": lambda: CaseFactory() and Case.objects.update(kind="gossip"),
    "case_status_is_known": lambda: CaseFactory() and Case.objects.update(status="lost"),
    "case_tells_of_health_only_where_its_kind_may": lambda: CaseFactory(
        kind="leadership_coaching", concerns_health=True
    ),
    "case_is_closed_with_its_time": lambda: CaseFactory(status="closed"),
    "case_closes_after_it_opens": lambda: CaseFactory(
        closed=DAY, opened_at=NOW + dt.timedelta(days=2)
    ),
    "case_is_closed_with_the_date_its_clock_counts_from": lambda: CaseFactory(
        kind="negotiation", closed=DAY, concluded_on=None
    ),
    "case_concludes_when_it_closes": lambda: CaseFactory(kind="negotiation", concluded_on=DAY),
    "case_is_reviewed_when_closed": lambda: CaseFactory(kind="sick_pay", erasure_reviewed_at=NOW),
    "case_is_restricted_on_a_ground": lambda: CaseFactory(restricted_at=NOW),
    "case_whose_erasure_waits_has_its_date": lambda: CaseFactory(
        restricted_at=NOW, restriction_ground="erasure"
    ),
    "note_is_final_since_a_time": lambda: NoteFactory(finalised_at=None),
    "note_does_not_correct_itself": lambda: Note._base_manager.filter(
        pk=(note := NoteFactory()).pk
    ).update(corrects=note),
    "message_from_the_member_has_no_employee": lambda: MessageFactory(author=StaffFactory()),
    "document_knows_its_hash": lambda: DocumentFactory(sha256=""),
    "document_is_not_empty": lambda: DocumentFactory(size=0),
    "document_from_the_member_has_no_employee": lambda: DocumentFactory(is_privileged=True),
    "participants_are_counted_from_one": lambda: ParticipantFactory(number=0),
    "one_participant_per_case_and_number": lambda: twice(ParticipantFactory, number=1),
    "one_occurrence_per_case_kind_and_day": lambda: twice(OccurrenceFactory, on=DAY),
    "one_place_per_user_and_team": lambda: TeamMembershipFactory(
        user=(place := TeamMembershipFactory()).user, team=place.team
    ),
    "grant_ends_after_it_begins": lambda: GrantFactory(granted_at=NOW, until=NOW),
    "emergency_lasts_at_most_an_hour": lambda: EmergencyAccessFactory(
        at=NOW, until=NOW + HOUR + dt.timedelta(seconds=1)
    ),
    "emergency_is_followed_up_by_another": lambda: EmergencyAccessFactory(
        user=(someone := StaffFactory()), followed_up_by=someone, followed_up_at=NOW
    ),
    "event_tells_of_kinds_and_rules_when_it_escalates": lambda: CaseEventFactory(
        kind="escalated", old_kind="advice", new_kind="negotiation"
    ),
    "disclosure_outside_the_eea_has_a_safeguard": lambda: CaseDisclosureFactory(country="US"),
    "disclosure_names_its_recipient_when_it_has_left": lambda: CaseDisclosureFactory(
        disclosed_at=None
    ),
    "disclosure_is_approved_by_another": lambda: CaseDisclosureFactory(
        requested_by=(someone := StaffFactory()), approved_by=someone, approved_at=NOW
    ),
    "disclosure_has_basis_and_condition": lambda: CaseDisclosureFactory(basis=""),
}


@pytest.mark.parametrize("constraint", BROKEN)
def test_the_database_refuses(constraint):
    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        BROKEN[constraint]()
    # SQLite tells of a unique constraint by its columns.
    assert constraint in str(refused.value) or "UNIQUE constraint failed" in str(refused.value)


def test_every_constraint_of_the_app_is_broken_above():
    models = {
        relation.related_model
        for relation in Case._meta.related_objects
        if relation.related_model._meta.app_label == "cases"
    } | {Case, TeamMembershipFactory._meta.model}
    named = {c.name for m in models for c in m._meta.constraints}
    assert named == set(BROKEN)


@pytest.mark.parametrize("kind", [k for k in Kind if not KINDS[k].has_health])
def test_only_social_insurance_has_somewhere_to_say_that_it_concerns_health(kind):
    with pytest.raises(IntegrityError, match="health"), transaction.atomic():
        CaseFactory(kind=kind, concerns_health=True)
    for other in Kind:
        if KINDS[other].has_health:
            CaseFactory(kind=other, concerns_health=True)


def test_a_final_note_is_saved_no_more():
    note = NoteFactory(body="Så var det.")

    note.body = "Så var det inte."
    with pytest.raises(FinalNote):
        note.save()
    with pytest.raises(FinalNote):
        note.save(update_fields=["body"])
    with pytest.raises(FinalNote):
        Note.objects.filter(pk=note.pk).update(body="Annat")
    with pytest.raises(FinalNote), transaction.atomic():
        Note.objects.bulk_update([note], ["body"])

    note.refresh_from_db()
    assert note.body == "Så var det."


def test_a_draft_is_saved_until_it_is_final():
    note = NoteFactory(draft=True)

    note.body = "Bättre."
    note.save()
    note.status, note.finalised_at = "final", NOW
    note.save()

    with pytest.raises(FinalNote):
        note.save()


def test_what_is_told_is_stored_encrypted(db):
    case = CaseFactory(subject="Kränkt av sin chef")
    stored = Case.objects.extra(select={"raw": "subject"}).values_list("raw", flat=True).get()
    assert "Kränkt" not in stored
    assert Case.objects.get(pk=case.pk).subject == "Kränkt av sin chef"


def test_a_document_is_encrypted_on_disk_under_a_name_that_tells_nothing():
    document = DocumentFactory(name="uppsägning Anna Åberg.pdf", content=b"%PDF hemligt")

    with document.file.open("rb") as file:
        assert b"hemligt" not in file.read()
    assert document.content() == b"%PDF hemligt"
    assert "Anna" not in document.file.name
    assert not document.file.name.endswith(".pdf")


def test_nothing_prints_who_it_is_about():
    rows = [
        CaseFactory(subject="Kränkt"), NoteFactory(), MessageFactory(), DocumentFactory(),
        ParticipantFactory(), OccurrenceFactory(), CaseEventFactory(), GrantFactory(),
        EmergencyAccessFactory(), CaseDisclosureFactory(), TeamMembershipFactory(),
    ]  # fmt: skip
    for row in rows:
        assert str(row) == f"{row._meta.verbose_name} {row.pk}"
