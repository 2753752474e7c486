from members.models.accounts import LoginRecord, Session, User
from members.models.applications import Application
from members.models.fees import Fee, Payment
from members.models.imports import ImportIssue, ImportJob
from members.models.mail import OutgoingMail
from members.models.member import Member, MembershipPeriod
from members.models.readlog import ReadLog

__all__ = [
    "Application",
    "Fee",
    "ImportIssue",
    "ImportJob",
    "LoginRecord",
    "Member",
    "MembershipPeriod",
    "OutgoingMail",
    "Payment",
    "ReadLog",
    "Session",
    "User",
]
