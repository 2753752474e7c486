import datetime as dt

import factory
from django.utils import timezone

from courses.models import (
    Attendance,
    AttendanceImport,
    CodedReply,
    Invitation,
    Occasion,
    OccasionMessage,
    Platform,
    Pseudonym,
    Question,
    Registration,
    Reply,
    RollEntry,
    SpecialNeed,
    Survey,
    SurveyConsent,
    VotingRoll,
)
from tests.factories.members import MemberFactory, StaffFactory, UserFactory


def in_days(days):
    """That many days from now, to the whole second."""
    return factory.LazyFunction(
        lambda: timezone.now().replace(microsecond=0) + dt.timedelta(days=days)
    )


class PlatformFactory(factory.django.DjangoModelFactory):
    """Zoom as it should be; ``vimeo=True`` is Vimeo. ``None`` or ``""`` takes a thing away."""

    class Meta:
        model = Platform
        django_get_or_create = ["name"]

    class Params:
        vimeo = factory.Trait(
            name="Vimeo",
            company="Vimeo.com, Inc.",
            shares="din ip-adress",
            policy_url="https://vimeo.com/privacy",
            player="vimeo",
        )

    name = "Zoom"
    company = "Zoom Communications, Inc."
    country = "US"
    shares = "din ip-adress och namnet som du själv anger"
    mechanism = "dpf"
    certificate_checked_on = factory.LazyFunction(timezone.localdate)
    policy_url = "https://explore.zoom.us/privacy/"
    policy_checked_on = factory.LazyFunction(timezone.localdate)
    player = "zoom"
    approved_on = factory.LazyFunction(timezone.localdate)


class OccasionFactory(factory.django.DjangoModelFactory):
    """A published course in a room, two weeks from now. ``zoom`` and ``vimeo`` are webinars."""

    class Meta:
        model = Occasion
        skip_postgeneration_save = True

    class Params:
        zoom = factory.Trait(
            kind="webinar",
            platform=factory.SubFactory(PlatformFactory),
            join_link="https://ledarna.zoom.us/j/98765432101?pwd=abc123",
            venue="",
        )
        vimeo = factory.Trait(
            kind="webinar",
            platform=factory.SubFactory(PlatformFactory, vimeo=True),
            join_link="https://vimeo.com/76979871",
            venue="",
        )
        ended = factory.Trait(starts_at=in_days(-14), ends_at=in_days(-13.9))
        long_ago = factory.Trait(starts_at=in_days(-20000), ends_at=in_days(-19999))

    kind = "course"
    title = "Ny som chef"
    description = "En dag om det första året som chef."
    starts_at = in_days(14)
    ends_at = in_days(14.25)
    venue = "Sankt Eriksgatan 26, Stockholm"
    published_at = in_days(-30)

    @factory.post_generation
    def organisers(self, create, extracted, **kwargs):
        if create and extracted:
            self.organisers.set(extracted)


class RegistrationFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Registration

    class Params:
        long_ago = factory.Trait(
            occasion=factory.SubFactory(OccasionFactory, long_ago=True),
            status="cancelled",
            registered_at=in_days(-20001),
            cancelled_at=in_days(-20000),
        )

    member = factory.SubFactory(MemberFactory)
    occasion = factory.SubFactory(OccasionFactory)
    status = "registered"
    registered_at = in_days(-3)
    cancelled_at = factory.LazyAttribute(
        lambda o: timezone.now() if o.status == "cancelled" else None
    )
    notice_version = "1"


class SpecialNeedFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = SpecialNeed

    class Params:
        long_ago = factory.Trait(registration__occasion__long_ago=True, asked_at=in_days(-20001))

    registration = factory.SubFactory(RegistrationFactory)
    kinds = "diet"
    description = "Glutenfri mat"
    asked_at = in_days(-3)


class Occasion_organisersFactory(factory.django.DjangoModelFactory):
    """That an employee organises an occasion."""

    class Meta:
        model = Occasion.organisers.through

    class Params:
        long_ago = factory.Trait(occasion__long_ago=True)

    occasion = factory.SubFactory(OccasionFactory)
    user = factory.SubFactory(UserFactory)


class OccasionMessageFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = OccasionMessage

    class Params:
        long_ago = factory.Trait(occasion__long_ago=True, created_at=in_days(-20001))

    occasion = factory.SubFactory(OccasionFactory)
    subject = "Ändrad sal"
    body = "Vi ses i stora salen i stället."
    sent_by = factory.SubFactory(UserFactory)
    created_at = in_days(-1)
    heartbeat_at = in_days(-1)


# --- surveys ----------------------------------------------------------------------------------


def day(days):
    """That many days from today."""
    return factory.LazyFunction(lambda: timezone.localdate() + dt.timedelta(days=days))


class QuestionFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Question

    survey = factory.SubFactory("tests.factories.courses.SurveyFactory")
    position = factory.Sequence(lambda n: n)
    kind = "scale"
    text = factory.Sequence(lambda n: f"Fråga {n}")


class SurveyFactory(factory.django.DjangoModelFactory):
    """An anonymous evaluation that has been open for two days, without questions.

    ``opinion`` is an opinion survey, ``draft`` has not opened.
    """

    class Meta:
        model = Survey

    class Params:
        opinion = factory.Trait(kind="opinion", occasion=None)
        draft = factory.Trait(opened_on=None, rounds=0)
        long_ago = factory.Trait(
            opened_on=day(-20001), closes_on=day(-20000), results_until=day(-19999)
        )

    kind = "evaluation"
    occasion = factory.SubFactory(OccasionFactory, ended=True)
    title = "Vad tyckte du?"
    purpose = "För att göra kursen bättre nästa gång."
    opened_on = day(-2)
    closes_on = day(12)
    results_until = day(400)
    rounds = 1


class InvitationFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Invitation

    class Params:
        long_ago = factory.Trait(survey__long_ago=True)

    member = factory.SubFactory(MemberFactory)
    survey = factory.SubFactory(SurveyFactory)


class ReplyFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Reply

    class Params:
        long_ago = factory.Trait(invitation__long_ago=True)

    invitation = factory.SubFactory(InvitationFactory, survey__identifiability="identifiable")
    contents = '{"Vad tyckte du?": "Bra"}'


class PseudonymFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Pseudonym

    class Params:
        long_ago = factory.Trait(invitation__long_ago=True)

    invitation = factory.SubFactory(InvitationFactory, survey__identifiability="pseudonymous")


class CodedReplyFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = CodedReply

    class Params:
        long_ago = factory.Trait(pseudonym__long_ago=True)

    pseudonym = factory.SubFactory(PseudonymFactory)
    contents = '{"Vad tyckte du?": "Bra"}'


class SurveyConsentFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = SurveyConsent

    class Params:
        long_ago = factory.Trait(given_on=day(-20001), withdrawn_on=day(-20000))

    member = factory.SubFactory(MemberFactory)
    survey = factory.SubFactory(SurveyFactory, opinion=True, identifiability="identifiable")
    wording = "Jag samtycker till att Ledarna lagrar mina svar."
    notice_version = "1"
    given_on = day(-1)


# --- attendance and voting rolls --------------------------------------------------------------


class AttendanceImportFactory(factory.django.DjangoModelFactory):
    """The import of a report that has been carried out."""

    class Meta:
        model = AttendanceImport

    class Params:
        long_ago = factory.Trait(occasion__long_ago=True, created_at=in_days(-19999))

    occasion = factory.SubFactory(OccasionFactory, zoom=True, ended=True)
    created_by = factory.SubFactory(UserFactory)
    created_at = in_days(-13)
    kind = "participants"
    status = "done"


class AttendanceFactory(factory.django.DjangoModelFactory):
    """Somebody who took part and whom staff know to be a member; ``member=None``: nobody knows."""

    class Meta:
        model = Attendance

    class Params:
        long_ago = factory.Trait(
            occasion__long_ago=True, joined_at=in_days(-20000), left_at=in_days(-19999)
        )

    occasion = factory.SubFactory(OccasionFactory, zoom=True, ended=True)
    display_name = "Anna på kontoret"
    joined_at = in_days(-14)
    left_at = in_days(-13.95)
    minutes = 72
    ip_address = "192.0.2.17"
    key = factory.Sequence(lambda n: f"{n:064x}")
    suggested = None
    member = factory.Maybe("suggested", None, factory.SubFactory(MemberFactory))
    matched_at = factory.LazyAttribute(lambda o: timezone.now() if o.member else None)


class VotingRollFactory(factory.django.DjangoModelFactory):
    """An open roll without names; ``locked=True`` cannot be changed."""

    class Meta:
        model = VotingRoll

    class Params:
        locked = factory.Trait(locked_at=in_days(-1), locked_by=factory.SubFactory(StaffFactory))
        long_ago = factory.Trait(
            occasion__long_ago=True,
            cut_off_at=in_days(-20001),
            made_at=in_days(-20001),
            minutes_approved_on=factory.LazyFunction(
                lambda: timezone.localdate() - dt.timedelta(days=19990)
            ),
        )

    occasion = factory.SubFactory(OccasionFactory, is_voting_meeting=True)
    version = factory.Sequence(lambda n: n + 1)
    cut_off_at = in_days(-2)
    made_at = in_days(-2)
    made_by = factory.SubFactory(UserFactory)

    @classmethod
    def _create(cls, model_class, *args, **kwargs):
        """A roll that is nobody's has no history to tell of anybody either."""
        if kwargs.get("made_by"):
            return super()._create(model_class, *args, **kwargs)
        (roll,) = model_class.objects.bulk_create([model_class(**kwargs)])
        return roll


class RollEntryFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = RollEntry

    class Params:
        long_ago = factory.Trait(roll__long_ago=True)

    roll = factory.SubFactory(VotingRollFactory, made_by=None)
    member = factory.SubFactory(MemberFactory)
    number = factory.Sequence(lambda n: n + 1)
    name = factory.LazyAttribute(lambda o: o.member.name)
    mandate = "Ledarna i Väst"
    votes = 3
    substitute_for = "Bo Ek"
