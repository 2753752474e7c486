"""Surveys on Mina sidor and in the back-office, from the first mail to the last count."""

import datetime as dt
import json

import pytest
import time_machine
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from courses import tasks
from courses.models import (
    BallotBox,
    CodedReply,
    Invitation,
    Pseudonym,
    Question,
    Reply,
    Result,
    Survey,
    SurveyConsent,
)
from courses.surveys import answering, mailing, running, stores
from dsar import erasure, roles
from dsar.models import LegalHold
from members.models import OutgoingMail
from tests.courses.surveys_process import (
    BEST,
    COMMENT,
    GRADE,
    KINDS,
    a_survey,
    after,
    answer,
    ask,
    filled_in,
    logged_in,
    outsider,
    page_of,
)
from tests.factories.courses import (
    InvitationFactory,
    OccasionFactory,
    QuestionFactory,
    RegistrationFactory,
    SurveyFactory,
)
from tests.factories.members import MemberFactory, StaffFactory

pytestmark = pytest.mark.django_db

ANSWERS = {GRADE: "4", BEST: ["Maten", "Rummet"], COMMENT: "Gärna mer kaffe."}


def text_of(response):
    return response.content.decode()


# --- the member -------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
def test_before_the_questions_stands_what_the_answers_are_for_and_whether_they_are_linked(kind):
    survey, (member,) = a_survey(1, identifiability=kind)

    shown = text_of(logged_in(member).get(page_of(survey)))

    told = {
        "anonymous": "Nej, aldrig.",
        "pseudonymous": "De ligger under en kod",
        "identifiable": "Ja, till och med",
    }
    assert survey.purpose in shown
    assert "Ledarna är personuppgiftsansvarig." in shown
    assert [words for words in told.values() if words in shown] == [told[kind]]
    assert shown.index(told[kind]) < shown.index(GRADE)


def test_on_whose_behalf_we_ask_is_told():
    survey, (member,) = a_survey(1, role="processor", commissioned_by="Institutet AB", opinion=True)
    shown = text_of(logged_in(member).get(page_of(survey)))

    assert "Institutet AB är personuppgiftsansvarig." in shown
    assert "samtycker till att Institutet AB lagrar" in shown


@pytest.mark.parametrize("kind", ["identifiable", "pseudonymous"])
def test_a_member_sees_her_own_answers_takes_them_back_and_answers_anew(kind):
    survey, (member, _other) = a_survey(2, identifiability=kind)
    client = answer(survey, member, ANSWERS)
    assert "Gärna mer kaffe." in text_of(client.get(page_of(survey)))

    client.get(page_of(survey, "withdraw_survey"))
    client.post(page_of(survey, "withdraw_survey"))

    assert stores.of(survey).number() == 0
    assert not Reply.objects.exists()
    assert not CodedReply.objects.exists()
    assert not Pseudonym.objects.exists()
    answer(survey, member, {COMMENT: "Mer te."})
    assert "Mer te." in text_of(client.get(page_of(survey)))


def test_an_anonymous_answer_is_shown_to_nobody_and_cannot_be_taken_back():
    survey, (member,) = a_survey(1, identifiability="anonymous")
    client = answer(survey, member, ANSWERS)

    shown = text_of(client.get(page_of(survey)))

    assert "Du har svarat" in shown
    assert "Gärna mer kaffe." not in shown
    assert client.get(page_of(survey, "withdraw_survey")).status_code == 404
    assert client.post(page_of(survey, "withdraw_survey")).status_code == 404
    assert stores.of(survey).number() == 1


@pytest.mark.parametrize("kind", KINDS)
def test_nobody_answers_twice(kind):
    survey, (member,) = a_survey(1, identifiability=kind)
    client = answer(survey, member, ANSWERS)

    response = client.post(page_of(survey), filled_in(survey, ANSWERS))

    assert "Du har redan svarat på enkäten." in text_of(response) or response.status_code == 200
    assert stores.of(survey).number() == 1


@pytest.mark.parametrize("name", ["survey", "survey_thanks", "withdraw_survey"])
def test_a_survey_that_one_is_not_asked_to_answer_is_absent(name):
    survey, _ = a_survey(1, identifiability="identifiable")
    client = logged_in(outsider())

    assert client.get(page_of(survey, name)).status_code == 404
    assert client.post(page_of(survey, "decline_survey")).status_code == 404


def test_after_the_last_day_nothing_more_is_taken():
    survey, (member,) = a_survey(1)
    client = logged_in(member)
    with after(survey, days=0):
        client.force_login(member.user)
        assert client.get(page_of(survey)).status_code == 200
    with after(survey):
        client.force_login(member.user)
        assert client.get(page_of(survey)).status_code == 404
        with pytest.raises(answering.CannotAnswer, match="stängt"):
            answering.answer(survey, member, {GRADE: "1"}, consents=True, at=timezone.now())
    assert stores.of(survey).number() == 0


@pytest.mark.parametrize(
    ("answers", "error"),
    [
        ({}, "Du har inte svarat på något ännu."),
        ({GRADE: "6"}, "Välj bland dem som finns i listan."),
        ({BEST: ["Utsikten"]}, "Välj bland dem som finns i listan."),
        ({COMMENT: "x" * 2001}, "2000 tecken"),
    ],
)
def test_what_cannot_be_an_answer_is_refused_with_words(answers, error):
    survey, (member,) = a_survey(1)

    response = logged_in(member).post(page_of(survey), filled_in(survey, answers))

    assert error in text_of(response)
    assert stores.of(survey).number() == 0


def test_a_question_that_must_be_answered_is():
    survey, (member,) = a_survey(1)
    QuestionFactory(survey=survey, text="Kom du?", kind="single", options="Ja\nNej",
                    is_required=True)  # fmt: skip

    response = logged_in(member).post(page_of(survey), filled_in(survey, {GRADE: "1"}))

    assert "Svara på frågan" in text_of(response)
    assert stores.of(survey).number() == 0


def test_the_list_takes_as_many_queries_for_many_surveys_as_for_one():
    _survey, (member,) = a_survey(1, opinion=True, identifiability="anonymous")
    client = logged_in(member)
    address = reverse("my_surveys")
    client.get(address)
    with CaptureQueriesContext(connection) as for_one:
        client.get(address)
    for kind in KINDS * 2:
        InvitationFactory(member=member, survey__identifiability=kind)

    with CaptureQueriesContext(connection) as for_many:
        shown = text_of(client.get(address))

    assert shown.count('<article class="panel">') == 7
    assert len(for_many) == len(for_one)


# --- counting ---------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
def test_the_count_is_right(kind):
    survey, members = a_survey(6, identifiability=kind)
    for n, member in enumerate(members[:5]):
        answer(survey, member, {GRADE: "45455"[n], BEST: ["Maten", "Rummet"][: n % 2 + 1],
                                COMMENT: f"Rad {n}\nmed å, ä och ö"})  # fmt: skip

    with after(survey):
        tasks.resume_surveys()

    survey.refresh_from_db()
    grade, best, comment = (q.result for q in survey.questions.all())
    assert (survey.invited, survey.answered) == (6, 5)
    assert grade.counts == {"1": 0, "2": 0, "3": 0, "4": 2, "5": 3}
    assert best.counts == {"Maten": 5, "Föreläsaren": 0, "Rummet": 2}
    assert sorted(json.loads(comment.texts)) == [f"Rad {n}\nmed å, ä och ö" for n in range(5)]


@pytest.mark.parametrize("kind", KINDS)
def test_answers_of_fewer_than_the_smallest_group_are_not_kept(kind):
    survey, members = a_survey(6, identifiability=kind)
    for member in members[:4]:
        answer(survey, member, ANSWERS)

    with after(survey):
        tasks.resume_surveys()

    survey.refresh_from_db()
    assert survey.answered == 4
    assert not Result.objects.exists()
    assert not Reply.objects.exists()
    assert not CodedReply.objects.exists()
    assert set(BallotBox.objects.values_list("ballots", flat=True)) <= {""}


def test_texts_of_fewer_than_the_smallest_group_are_not_kept():
    survey, members = a_survey(6)
    for n, member in enumerate(members):
        answer(survey, member, {GRADE: "3"} | ({COMMENT: "Hemligt"} if n < 4 else {}))

    with after(survey):
        tasks.resume_surveys()

    assert survey.questions.get(text=COMMENT).result.texts == ""
    assert survey.questions.get(text=GRADE).result.counts["3"] == 6


def test_a_survey_closes_by_itself_the_day_after_its_last_and_not_before():
    survey, _ = a_survey(1)
    with after(survey, days=0):
        tasks.resume_surveys()
    survey.refresh_from_db()
    assert not survey.is_closed

    with after(survey):
        tasks.resume_surveys()
        tasks.resume_surveys()
    survey.refresh_from_db()
    assert survey.closed_on == survey.closes_on + dt.timedelta(days=1)


def test_what_a_legal_hold_keeps_linked_is_not_counted():
    """Every counted answer is without an owner."""
    survey, members = a_survey(6, identifiability="identifiable")
    for member in members:
        answer(survey, member, ANSWERS)
    LegalHold.objects.create(
        member=members[0], reason="Tvist i domstol", set_on=survey.opened_on,
        until=survey.closes_on + dt.timedelta(days=99),
    )  # fmt: skip

    with after(survey):
        tasks.resume_surveys()

    survey.refresh_from_db()
    assert survey.answered == 5
    assert Reply.objects.get().invitation.member == members[0]


def test_results_are_emptied_when_their_time_is_up():
    survey, members = a_survey(5)
    for member in members:
        answer(survey, member, ANSWERS)
    with after(survey):
        tasks.resume_surveys()

    for days, left in [(0, 3), (1, 0)]:
        on = survey.results_until + dt.timedelta(days=days)
        running.forget_old_results(on=on)
        assert Result.objects.exclude(counts={}, texts="").count() == left


def test_an_erased_members_answers_go_while_they_can_be_found():
    survey, (member, other) = a_survey(2, identifiability="pseudonymous")
    answer(survey, member, ANSWERS)
    answer(survey, other, ANSWERS)

    with transaction.atomic():
        erasure.erase([member.pk], on=timezone.localdate(), at=timezone.now())

    assert not Invitation.objects.filter(member=member).exists()
    assert CodedReply.objects.get().pseudonym.invitation.member == other


# --- the back-office --------------------------------------------------------------------------


@pytest.fixture
def organiser(client):
    user = StaffFactory(roles=[roles.COURSE_ORGANISER])
    client.force_login(user)
    return user


@pytest.fixture
def draft(organiser):
    occasion = OccasionFactory(ended=True, organisers=[organiser])
    RegistrationFactory(occasion=occasion)
    survey = SurveyFactory(draft=True, occasion=occasion)
    ask(survey)
    return survey


def press(client, survey, verb):
    return client.post(reverse(f"admin:courses_survey_{verb}", args=[survey.pk]))


def test_an_organiser_builds_opens_reminds_and_closes(client, organiser):
    occasion = OccasionFactory(ended=True, organisers=[organiser])
    today = timezone.localdate()
    inline = {"questions-TOTAL_FORMS": "1", "questions-INITIAL_FORMS": "0"}
    inline |= {"questions-0-position": "1", "questions-0-kind": "single"}
    inline |= {"questions-0-text": "Kom du?", "questions-0-options": "Ja\nNej"}

    client.post(
        reverse("admin:courses_survey_add"),
        inline
        | {
            "kind": "evaluation", "occasion": occasion.pk, "title": "Utvärdering",
            "purpose": "För att bli bättre.", "role": "controller", "minimum_group": 5,
            "identifiability": "anonymous", "max_reminders": 1,
            "closes_on": today + dt.timedelta(days=9),
            "results_until": today + dt.timedelta(days=99),
        },
    )  # fmt: skip
    survey = Survey.objects.get()
    for verb in ("open", "remind", "close"):
        shown = client.get(reverse(f"admin:courses_survey_{verb}", args=[survey.pk]))
        assert shown.status_code == 200
        assert press(client, survey, verb).status_code == 302

    survey.refresh_from_db()
    assert (survey.is_closed, survey.rounds, survey.answered) == (True, 2, 0)
    assert survey.questions.get().choices == ["Ja", "Nej"]


def test_what_members_have_been_told_cannot_be_rewritten(client, draft):
    press(client, draft, "open")
    address = reverse("admin:courses_survey_change", args=[draft.pk])

    client.post(address, {"purpose": "Något annat"})

    draft.refresh_from_db()
    assert draft.is_running
    assert draft.purpose == "För att göra kursen bättre nästa gång."
    assert "questions-0-text" not in text_of(client.get(address))


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"purpose": ""}, "Skriv ändamålet först"),
        ({"closes_on": None}, "Bestäm först vilken som är sista svarsdag"),
        ({"results_until": None}, "hur länge resultatet sparas"),
        ({"closes_on": dt.date(2020, 1, 1)}, "Sista svarsdagen har passerat"),
        ({"closes_on": dt.date(2999, 1, 1), "results_until": dt.date(3000, 1, 1)}, "tre månader"),
    ],
)
def test_a_survey_does_not_open_before_members_can_be_told(client, draft, change, why):
    Survey.objects.filter(pk=draft.pk).update(**change)

    response = press(client, draft, "open")

    draft.refresh_from_db()
    assert why in text_of(response)
    assert draft.is_draft
    assert not Invitation.objects.exists()


def test_an_occasion_that_has_not_ended_is_not_evaluated(client, organiser):
    survey = SurveyFactory(draft=True, occasion=OccasionFactory(organisers=[organiser]))
    ask(survey)
    assert "inte avslutat" in text_of(press(client, survey, "open"))


def test_an_organiser_does_not_ask_all_members_for_their_opinions(client, organiser):
    response = client.post(
        reverse("admin:courses_survey_add"), {"kind": "opinion", "title": "Vad tycker ni?"}
    )
    assert "hör inte till dina uppgifter" in text_of(response)
    assert not Survey.objects.exists()


def test_who_was_asked_and_who_answered_is_on_no_page(client, draft):
    press(client, draft, "open")
    mailing.carry_on(draft.pk, at=timezone.now())
    member = Invitation.objects.get().member
    pages = ["change", "results", "close", "history"]

    for name in pages:
        address = reverse(f"admin:courses_survey_{name}", args=[draft.pk])
        shown = text_of(client.get(address))
        assert str(member.member_number) not in shown
        assert member.family_name not in shown


# --- mail -------------------------------------------------------------------------------------


def mails_to(member):
    return OutgoingMail.objects.filter(member=member).count()


def test_a_worker_that_comes_twice_writes_once():
    survey, (member,) = a_survey(1)
    mailing.carry_on(survey.pk, at=timezone.now())
    tasks.resume_surveys()
    assert mails_to(member) == 1


def test_who_has_been_erased_is_not_asked_anew():
    survey, (member, _other) = a_survey(2, identifiability="identifiable")
    answer(survey, member, ANSWERS)
    with transaction.atomic():
        erasure.erase([member.pk], on=timezone.localdate(), at=timezone.now())
    assert member.registrations.exists()  # the place she had is still needed

    tasks.resume_surveys()

    assert mails_to(member) == 1
    assert not Invitation.objects.filter(member=member).exists()


def test_mail_names_neither_survey_nor_occasion_nor_member():
    survey, (member,) = a_survey(1)
    mail = OutgoingMail.objects.get()
    for secret in (survey.title, survey.occasion.title, member.family_name, member.given_names):
        assert secret not in f"{mail.subject}\n{mail.body}"


def test_the_restricted_and_those_without_an_address_get_no_mail():
    occasion = OccasionFactory(ended=True)
    restricted = MemberFactory(restricted_at=timezone.now())
    silent = MemberFactory(email="")
    for member in (restricted, silent):
        RegistrationFactory(occasion=occasion, member=member)
    survey = SurveyFactory(occasion=occasion)

    assert mailing.carry_on(survey.pk, at=timezone.now()) == 0
    assert [i.member for i in Invitation.objects.all()] == [silent]


def test_many_are_asked_in_chunks_and_each_once(monkeypatch):
    monkeypatch.setattr(mailing, "CHUNK", 2)
    _survey, members = a_survey(5)
    assert [mails_to(member) for member in members] == [1] * 5


@pytest.mark.parametrize("kind", KINDS)
def test_the_invitation_does_not_tell_who_was_reminded(kind):
    survey, members = a_survey(3, identifiability=kind)
    answer(survey, members[0], ANSWERS)
    running.remind(survey, by=None, at=timezone.now())
    mailing.carry_on(survey.pk, at=timezone.now())

    assert [mails_to(member) for member in members] == [1, 2, 2]
    assert set(Invitation.objects.values_list("round", "declined_on")) == {(2, None)}


# --- constraints ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "fields"),
    [
        ("survey_evaluates_an_occasion_or_asks_for_opinions", {"kind": "opinion"}),
        ("survey_on_behalf_of_another_names_it", {"role": "processor"}),
        ("survey_opens_with_purpose_and_retention", {"purpose": ""}),
        ("survey_results_are_kept_past_the_last_answer", {"results_until": dt.date(2000, 1, 1)}),
        ("survey_closes_after_it_opened",
         {"closed_on": dt.date(2000, 1, 1), "answered": 0, "invited": 0}),
        ("survey_is_counted_when_it_closes", {"answered": 1}),
        ("survey_hides_small_groups", {"minimum_group": 4}),
        ("survey_mails_no_more_than_it_says", {"rounds": 3}),
    ],
)  # fmt: skip
def test_the_database_refuses(name, fields):
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        SurveyFactory(**fields)


@pytest.mark.parametrize("fields", [{"kind": "single"}, {"kind": "text", "options": "Ja\nNej"}])
def test_the_database_refuses_questions_without_sense(fields):
    with (
        pytest.raises(IntegrityError, match="question_with_choices_has_them"),
        transaction.atomic(),
    ):
        QuestionFactory(**fields)


def test_the_database_refuses_two_invitations_and_two_equal_questions():
    question, invitation = QuestionFactory(), InvitationFactory()
    with pytest.raises(IntegrityError), transaction.atomic():
        QuestionFactory(survey=question.survey, text=question.text)
    with pytest.raises(IntegrityError), transaction.atomic():
        InvitationFactory(survey=invitation.survey, member=invitation.member)


def test_the_database_refuses_two_consents_in_force():
    fields = {"wording": "x", "given_on": dt.date(2026, 1, 1), "member": MemberFactory()}
    survey = SurveyFactory(opinion=True)
    SurveyConsent.objects.create(survey=survey, **fields, withdrawn_on=dt.date(2026, 1, 2))
    SurveyConsent.objects.create(survey=survey, **fields)
    with pytest.raises(IntegrityError), transaction.atomic():
        SurveyConsent.objects.create(survey=survey, **fields)
    with pytest.raises(IntegrityError), transaction.atomic():
        SurveyConsent.objects.update(withdrawn_on=dt.date(2025, 1, 1))


def test_a_scale_tells_what_its_ends_mean():
    survey, (member,) = a_survey(1)
    Question.objects.filter(text=GRADE).update(options="dåligt\nutmärkt")
    with time_machine.travel(timezone.now(), tick=False):
        shown = text_of(logged_in(member).get(page_of(survey)))
    assert "1 – dåligt" in shown
    assert "5 – utmärkt" in shown
