"""The roles of the house: groups of permissions, the same in every installation.

Kept here and not in the admin, so that who may do what is reviewed like code. They are written
to the database after every migration. This app can name permissions of all the others.
"""

from typing import Any

from django.contrib.auth.models import Group, Permission
from django.db.models import Q

MEMBER_SERVICE = "Medlemsservice"
NEGOTIATOR = "Förhandlare"
SOCIAL_INSURANCE = "Socialförsäkringshandläggare"
COACH = "Coach"
TEAM_LEAD = "Enhetschef"
FINANCE = "Ekonomi"
COMMUNICATIONS = "Kommunikation"
COURSE_ADMINISTRATION = "Kursadministratör"
COURSE_ORGANISER = "Kursansvarig"
PROTECTED_IDENTITIES = "Skyddade personuppgifter"
PRIVACY_OFFICE = "Dataskyddshandläggare"
DATA_PROTECTION_OFFICER = "Dataskyddsombud"

#: What every handler of cases does with those that are hers (``Case.objects.for_user``).
CASE_WORK = {
    "members.view_member",
    "cases.view_case",
    "cases.add_case",
    "cases.change_case",
    "cases.view_historicalcase",
    "cases.view_caseevent",
    "cases.view_note",
    "cases.add_note",
    "cases.view_message",
    "cases.add_message",
    "cases.view_document",
    "cases.add_document",
    "cases.view_participant",
    "cases.add_participant",
    "cases.change_participant",
    "cases.view_occurrence",
    "cases.add_occurrence",
    "cases.view_grant",
    "cases.break_glass",
}
DISCLOSING = {"cases.view_casedisclosure", "cases.add_casedisclosure"}

ROLES: dict[str, set[str]] = {
    # Each kind of case has its own people: coaches never see a dispute, negotiators never a
    # coaching case, and health is for those who handle social insurance (P7, P11, P12).
    NEGOTIATOR: CASE_WORK | DISCLOSING | {"cases.handle_support"},
    SOCIAL_INSURANCE: CASE_WORK
    | DISCLOSING
    | {"cases.handle_social_insurance", "cases.review_case"},
    COACH: CASE_WORK | {"cases.handle_coaching"},
    # Beside the role of the unit's kinds.
    TEAM_LEAD: {
        "cases.lead_team",
        "cases.view_team",
        "cases.view_teammembership",
        "cases.add_teammembership",
        "cases.change_teammembership",
        "cases.add_grant",
        "cases.view_emergencyaccess",
        "cases.change_emergencyaccess",
        "cases.review_case",
        "cases.approve_casedisclosure",
    },
    MEMBER_SERVICE: CASE_WORK
    | {
        "cases.handle_service",
        "members.add_member",
        "members.change_member",
        "members.import_member",
        "members.reveal_personnummer",
        "members.view_historicalmember",
        "members.view_membershipperiod",
        "members.add_membershipperiod",
        "members.change_membershipperiod",
        "members.view_fee",
        "members.view_payment",
        "members.view_application",
        "members.decide_application",
        "members.view_importjob",
        "members.view_followup",
        "members.view_objection",
        "members.add_objection",
        "members.view_consent",
        "members.view_bounce",
        "members.view_suppression",
        "members.add_suppression",
        "dsar.view_subjectrequest",
        "dsar.add_subjectrequest",
    },
    FINANCE: {
        "members.view_member",
        "members.view_fee",
        "members.add_fee",
        "members.change_fee",
        "members.view_payment",
        "members.add_payment",
        "members.view_historicalfee",
        "members.view_historicalpayment",
    },
    # Sees counts, never who they are: the register is not hers (P6).
    COMMUNICATIONS: {
        "members.view_mailing",
        "members.add_mailing",
        "members.send_mailing",
        "members.approve_mailing",
        "courses.view_survey",
        "courses.add_survey",
        "courses.change_survey",
        "courses.run_survey",
        "courses.see_results",
        "courses.run_opinion_survey",
    },
    COURSE_ADMINISTRATION: {
        "courses.view_occasion",
        "courses.add_occasion",
        "courses.change_occasion",
        "courses.publish_occasion",
        "courses.see_every_occasion",
        "courses.view_historicaloccasion",
        "courses.view_platform",
        "courses.add_platform",
        "courses.change_platform",
        "courses.view_historicalplatform",
        "courses.view_registration",
        "courses.cancel_registration",
        "courses.mark_attendance",
        "courses.view_historicalregistration",
        "courses.view_specialneed",
        "courses.view_occasionmessage",
        "courses.add_occasionmessage",
        "courses.view_attendance",
        "courses.change_attendance",
        "courses.import_attendance",
        "courses.view_attendanceimport",
        "courses.view_votingroll",
        "courses.add_votingroll",
        "courses.change_votingroll",
        "courses.lock_votingroll",
        "courses.print_votingroll",
        "courses.view_rollentry",
        "courses.change_rollentry",
        "courses.view_historicalrollentry",
        "courses.view_columnmapping",
        "courses.add_columnmapping",
        "courses.change_columnmapping",
        "courses.view_survey",
        "courses.add_survey",
        "courses.change_survey",
        "courses.run_survey",
        "courses.see_results",
    },
    # Their own occasions and nobody else's.
    COURSE_ORGANISER: {
        "courses.view_occasion",
        "courses.change_occasion",
        "courses.publish_occasion",
        "courses.view_platform",
        "courses.view_registration",
        "courses.cancel_registration",
        "courses.mark_attendance",
        "courses.view_specialneed",
        "courses.view_occasionmessage",
        "courses.add_occasionmessage",
        "courses.view_attendance",
        "courses.change_attendance",
        "courses.import_attendance",
        "courses.view_attendanceimport",
        "courses.view_votingroll",
        "courses.add_votingroll",
        "courses.change_votingroll",
        "courses.lock_votingroll",
        "courses.print_votingroll",
        "courses.view_rollentry",
        "courses.change_rollentry",
        "courses.view_historicalrollentry",
        "courses.view_survey",
        "courses.add_survey",
        "courses.change_survey",
        "courses.run_survey",
        "courses.see_results",
    },
    PROTECTED_IDENTITIES: {"members.handle_protected"},
    PRIVACY_OFFICE: {
        "members.view_member",
        "members.view_followup",
        "members.view_objection",
        "members.view_consent",
        "members.view_suppression",
        "members.review_suppression",
        "members.view_membershipperiod",
        "members.view_fee",
        "members.view_payment",
        "dsar.view_subjectrequest",
        "dsar.add_subjectrequest",
        "dsar.change_subjectrequest",
        "dsar.decide_subjectrequest",
        "dsar.view_planline",
        "dsar.view_journalentry",
        "dsar.view_receipt",
        "dsar.view_legalhold",
        "dsar.add_legalhold",
        "dsar.view_sweeprun",
        "dsar.view_periodchange",
        "dsar.add_periodchange",
        "dsar.view_noticeversion",
        "courses.view_platform",
        "dsar.view_dataprotectionofficer",
        "dsar.add_dataprotectionofficer",
        "dsar.change_dataprotectionofficer",
        "members.view_historicalmember",
        "cases.view_case",
        "cases.break_glass",
        "cases.restrict_case",
    },
    # Reads everything about requests, retention and breaches, decides, edits no member data
    # (Art. 38(6), 39(1)(b)).
    DATA_PROTECTION_OFFICER: {
        "members.view_member",
        "members.view_membershipperiod",
        "members.view_fee",
        "members.view_payment",
        "members.view_application",
        "members.view_readlog",
        "members.view_loginrecord",
        "members.view_user",
        "members.view_historicalmember",
        "members.view_historicalfee",
        "members.view_historicalpayment",
        "members.view_importjob",
        "members.view_mailing",
        "members.view_followup",
        "members.view_objection",
        "members.view_consent",
        "members.view_bounce",
        "members.view_suppression",
        "members.review_suppression",
        "members.handle_protected",
        "courses.view_platform",
        "courses.view_historicalplatform",
        "courses.approve_platform",
        "dsar.view_subjectrequest",
        "dsar.decide_subjectrequest",
        "dsar.view_planline",
        "dsar.view_journalentry",
        "dsar.view_receipt",
        "dsar.view_legalhold",
        "dsar.add_legalhold",
        "dsar.view_sweeprun",
        "dsar.view_periodchange",
        "dsar.add_periodchange",
        "dsar.approve_periodchange",
        "dsar.view_noticeversion",
        "dsar.add_noticeversion",
        "dsar.view_dataprotectionofficer",
        # No case is the officer's own: each is opened with a reason, restricted ones too.
        "cases.view_case",
        "cases.view_historicalcase",
        "cases.view_caseevent",
        "cases.view_note",
        "cases.view_message",
        "cases.view_document",
        "cases.view_participant",
        "cases.view_occurrence",
        "cases.view_grant",
        "cases.view_casedisclosure",
        "cases.view_emergencyaccess",
        "cases.view_team",
        "cases.view_teammembership",
        "cases.break_glass",
        "cases.read_restricted",
        "cases.restrict_case",
        "cases.follow_up_emergencyaccess",
    },
}


def write_roles(**kwargs: Any) -> None:
    """Bring the groups in step with ``ROLES``. Receiver of ``post_migrate``."""
    for name, permissions in ROLES.items():
        wanted = Q(pk__in=[])
        for permission in permissions:
            app, codename = permission.split(".")
            wanted |= Q(content_type__app_label=app, codename=codename)
        group, _ = Group.objects.get_or_create(name=name)
        group.permissions.set(Permission.objects.filter(wanted))
