from courses.models.attendance import Attendance, AttendanceImport, ColumnMapping
from courses.models.messages import OccasionMessage
from courses.models.occasions import Occasion
from courses.models.platforms import Platform
from courses.models.registrations import Registration, SpecialNeed
from courses.models.rolls import RollEntry, VotingRoll
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
    "Attendance",
    "AttendanceImport",
    "BallotBox",
    "CodedReply",
    "ColumnMapping",
    "Invitation",
    "Occasion",
    "OccasionMessage",
    "Platform",
    "Pseudonym",
    "Question",
    "Registration",
    "Reply",
    "Result",
    "RollEntry",
    "SpecialNeed",
    "Survey",
    "SurveyConsent",
    "VotingRoll",
]
