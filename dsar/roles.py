"""The roles of the house: groups of permissions, the same in every installation.

Kept here and not in the admin, so that who may do what is reviewed like code. They are written
to the database after every migration. This app can name permissions of all the others.
"""

from typing import Any

from django.contrib.auth.models import Group, Permission
from django.db.models import Q

MEMBER_SERVICE = "Medlemsservice"
FINANCE = "Ekonomi"
COMMUNICATIONS = "Kommunikation"
COURSE_ADMINISTRATION = "Kursadministratör"
COURSE_ORGANISER = "Kursansvarig"
PROTECTED_IDENTITIES = "Skyddade personuppgifter"
PRIVACY_OFFICE = "Dataskyddshandläggare"
DATA_PROTECTION_OFFICER = "Dataskyddsombud"

ROLES: dict[str, set[str]] = {
    MEMBER_SERVICE: {
        "members.view_member",
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
    COMMUNICATIONS: {
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
