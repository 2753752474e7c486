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
        "members.view_mailing",
        "members.view_followup",
        "members.view_objection",
        "members.view_consent",
        "members.view_bounce",
        "members.view_suppression",
        "members.review_suppression",
        "members.handle_protected",
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
