from courses.models.messages import OccasionMessage
from courses.models.occasions import Occasion
from courses.models.platforms import Platform
from courses.models.registrations import Registration, SpecialNeed
from courses.models.surveys import (
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

__all__ = [
    "BallotBox",
    "CodedReply",
    "Invitation",
    "Occasion",
    "OccasionMessage",
    "Platform",
    "Pseudonym",
    "Question",
    "Registration",
    "Reply",
    "Result",
    "SpecialNeed",
    "Survey",
    "SurveyConsent",
]
