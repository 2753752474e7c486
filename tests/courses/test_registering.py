"""Places, the waiting list, and what becomes of a special need on the way."""

import datetime as dt
import threading

import pytest
from django.db import connection
from django.utils import timezone

from courses import registering
from courses.models import Occasion, Registration, SpecialNeed
from courses.registering import CannotRegister, Need
from dsar.models import Receipt
from members.models import OutgoingMail
from tests.factories.courses import OccasionFactory, RegistrationFactory, SpecialNeedFactory
from tests.factories.members import MemberFactory, StaffFactory

NUTS = Need("Jordnötsallergi", ["diet"])


@pytest.fixture
def now():
    return timezone.now()


def register(occasion, member=None, *, at, need=None):
    return registering.register(member or MemberFactory(), occasion, need=need, by=None, at=at)


@pytest.mark.django_db
def test_who_comes_when_all_places_are_taken_waits(now):
    occasion = OccasionFactory(places=2)
    statuses = [register(occasion, at=now).status for _ in range(3)]
    assert statuses == ["registered", "registered", "waiting"]


@pytest.mark.django_db
def test_without_a_number_of_places_everyone_has_one(now):
    occasion = OccasionFactory(places=None)
    assert {register(occasion, at=now).status for _ in range(3)} == {"registered"}


@pytest.mark.django_db
def test_a_cancelled_place_goes_to_the_one_who_has_waited_longest_and_she_is_told(now):
    occasion = OccasionFactory(places=1)
    first = register(occasion, at=now)
    waits = register(occasion, at=now + dt.timedelta(minutes=1))
    later = register(occasion, at=now + dt.timedelta(minutes=2))

    registering.cancel(first, by=None, at=now + dt.timedelta(minutes=3))

    waits.refresh_from_db()
    later.refresh_from_db()
    assert (waits.status, later.status) == ("registered", "waiting")
    (mail,) = OutgoingMail.objects.all()
    assert mail.member == waits.member
    assert occasion.title not in mail.subject + mail.body


@pytest.mark.django_db
def test_who_leaves_the_waiting_list_gives_nobody_a_place(now):
    occasion = OccasionFactory(places=1)
    register(occasion, at=now)
    waits, later = register(occasion, at=now), register(occasion, at=now)
    registering.cancel(waits, by=None, at=now)
    later.refresh_from_db()
    assert later.status == "waiting"


@pytest.mark.django_db
def test_more_places_move_the_list_up(now):
    occasion = OccasionFactory(places=1)
    rows = [register(occasion, at=now + dt.timedelta(minutes=n)) for n in range(4)]
    Occasion.objects.filter(pk=occasion.pk).update(places=3)
    assert registering.move_up(occasion, at=now) == 2
    assert [Registration.objects.get(pk=row.pk).status for row in rows] == [
        "registered", "registered", "registered", "waiting",
    ]  # fmt: skip


@pytest.mark.django_db
def test_nobody_is_moved_up_once_it_has_begun(now):
    occasion = OccasionFactory(places=1)
    first, waits = register(occasion, at=now), register(occasion, at=now)
    begun = occasion.starts_at
    registering.cancel(first, by=None, at=begun)
    waits.refresh_from_db()
    assert waits.status == "waiting"


@pytest.mark.django_db
def test_nobody_registers_twice(now):
    occasion, member = OccasionFactory(), MemberFactory()
    register(occasion, member, at=now)
    with pytest.raises(CannotRegister, match="redan anmäld"):
        register(occasion, member, at=now)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "change",
    [
        {"published_at": None},
        {"registration_opens_at": dt.timedelta(seconds=1)},
        {"registration_closes_at": dt.timedelta()},
        {"starts_at": dt.timedelta()},
    ],
    ids=["a draft", "not open yet", "closed", "begun"],
)
def test_outside_the_time_of_registration_nobody_registers(now, change):
    values = {k: now + v if v is not None else None for k, v in change.items()}
    occasion = OccasionFactory(**values)
    with pytest.raises(CannotRegister, match="inte öppen"):
        register(occasion, at=now)
    assert not Registration.objects.exists()


@pytest.mark.django_db
def test_up_to_the_last_second_one_may_register(now):
    occasion = OccasionFactory(
        registration_opens_at=now, registration_closes_at=now + dt.timedelta(seconds=1)
    )
    assert register(occasion, at=now).pk


@pytest.mark.django_db
def test_who_has_left_the_union_does_not_register(now):
    former = MemberFactory(left=timezone.localdate(now))
    with pytest.raises(CannotRegister, match="medlemmar"):
        register(OccasionFactory(), former, at=now)


@pytest.mark.django_db
def test_a_special_need_goes_with_the_cancellation_and_leaves_a_receipt_without_content(now):
    occasion = OccasionFactory()
    mine = register(occasion, at=now, need=NUTS)
    neighbours = register(occasion, at=now, need=Need("Hörslinga", ["senses"]))

    registering.cancel(mine, by=None, at=now)

    (left,) = SpecialNeed.objects.all()
    assert left.registration == neighbours
    receipt = Receipt.objects.get(model="courses.SpecialNeed")
    assert receipt.count == 1
    assert receipt.belonged_to == f"courses.occasion:{occasion.pk}"


@pytest.mark.django_db
def test_who_registers_again_begins_without_a_need(now):
    occasion, member = OccasionFactory(), MemberFactory()
    registering.cancel(register(occasion, member, at=now, need=NUTS), by=None, at=now)
    again = register(occasion, member, at=now)
    assert again.status == "registered"
    assert not SpecialNeed.objects.exists()


@pytest.mark.django_db
def test_a_need_can_be_taken_back_while_the_place_stays(now):
    mine = register(OccasionFactory(), at=now, need=NUTS)
    registering.take_back_need(mine, at=now)
    mine.refresh_from_db()
    assert mine.status == "registered"
    assert not SpecialNeed.objects.exists()


@pytest.mark.django_db
def test_what_is_over_is_not_cancelled(now):
    mine = RegistrationFactory(occasion__ended=True)
    with pytest.raises(CannotRegister, match="redan slut"):
        registering.cancel(mine, by=None, at=now)


@pytest.mark.django_db
def test_marks_are_made_changed_and_taken_back_with_their_history():
    occasion, clerk = OccasionFactory(ended=True), StaffFactory()
    came, stayed, waits = (
        RegistrationFactory(occasion=occasion, status=s)
        for s in ("registered", "registered", "waiting")
    )
    now = timezone.now()
    marks = {came.pk: True, stayed.pk: False, waits.pk: True}
    assert registering.mark(occasion, marks, by=clerk, at=now) == 2
    statuses = [Registration.objects.get(pk=r.pk).status for r in (came, stayed, waits)]
    assert statuses == ["attended", "absent", "waiting"]
    assert came.history.first().history_user_id == clerk.pk

    assert registering.mark(occasion, {came.pk: None}, by=clerk, at=now) == 1
    came.refresh_from_db()
    assert came.status == "registered"


@pytest.mark.django_db
def test_nobody_is_marked_before_it_has_begun(now):
    mine = RegistrationFactory()
    with pytest.raises(CannotRegister, match="inte börjat"):
        registering.mark(mine.occasion, {mine.pk: True}, by=None, at=now)


@pytest.mark.django_db
def test_another_occasions_registration_is_not_marked(now):
    occasion = OccasionFactory(ended=True)
    elsewhere = RegistrationFactory(occasion__ended=True)
    registering.mark(occasion, {elsewhere.pk: True}, by=None, at=now)
    elsewhere.refresh_from_db()
    assert elsewhere.status == "registered"


@pytest.mark.django_db
def test_the_database_holds_a_need_encrypted():
    need = SpecialNeedFactory(description="Jordnötsallergi", kinds="diet")
    with connection.cursor() as cursor:
        cursor.execute("SELECT description, kinds FROM courses_specialneed")
        (row,) = cursor.fetchall()
    assert "Jordn" not in row[0]
    assert "diet" not in row[1]
    need.refresh_from_db()
    assert need.kind_labels == ["mat och allergier"]


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_many_at_once_do_not_get_more_places_than_there_are(now):
    occasion = OccasionFactory(places=3)
    members = [MemberFactory() for _ in range(8)]
    barrier = threading.Barrier(len(members))

    def try_it(member):
        barrier.wait()
        try:
            register(occasion, member, at=now)
        finally:
            connection.close()

    threads = [threading.Thread(target=try_it, args=[member]) for member in members]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert occasion.registrations.with_a_place().count() == 3
    assert occasion.registrations.waiting().count() == 5
