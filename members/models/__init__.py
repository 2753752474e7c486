from members.models.accounts import LoginRecord, Session, User
from members.models.applications import Application
from members.models.choices import Channel, Objection, Suppression, Topic, UnsubscribeLink
from members.models.consents import Consent, ConsentWording, How, Withdrawal
from members.models.fees import Fee, Payment
from members.models.follow_up import FollowUp
from members.models.imports import ImportIssue, ImportJob
from members.models.mail import OutgoingMail
from members.models.mailings import Bounce, Mailing, MailingRecipient, Reason
from members.models.member import Member, MembershipPeriod
from members.models.readlog import ReadLog
from members.models.tools import SalaryTable, ToolKey, ToolResult

__all__ = [
    "Application",
    "Bounce",
    "Channel",
    "Consent",
    "ConsentWording",
    "Fee",
    "FollowUp",
    "How",
    "ImportIssue",
    "ImportJob",
    "LoginRecord",
    "Mailing",
    "MailingRecipient",
    "Member",
    "MembershipPeriod",
    "Objection",
    "OutgoingMail",
    "Payment",
    "ReadLog",
    "Reason",
    "SalaryTable",
    "Session",
    "Suppression",
    "ToolKey",
    "ToolResult",
    "Topic",
    "UnsubscribeLink",
    "User",
    "Withdrawal",
]
