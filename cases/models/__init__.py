from cases.models.case import (
    ART_18,
    Case,
    CaseEvent,
    EmergencyAccess,
    Grant,
    Occurrence,
    RestrictionGround,
)
from cases.models.documents import Document
from cases.models.notes import Channel, FinalNote, Message, Note
from cases.models.participants import CaseDisclosure, Participant
from cases.models.teams import Team, TeamMembership

__all__ = [
    "ART_18",
    "Case",
    "CaseDisclosure",
    "CaseEvent",
    "Channel",
    "Document",
    "EmergencyAccess",
    "FinalNote",
    "Grant",
    "Message",
    "Note",
    "Occurrence",
    "Participant",
    "RestrictionGround",
    "Team",
    "TeamMembership",
]
