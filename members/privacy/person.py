"""What is said alike of everybody: of members, of applicants, of employees."""

from django.utils.translation import gettext_lazy as _

from ledarna_gdpr.privacy import Category

PERSON = {
    "given_names": Category.IDENTITY,
    "family_name": Category.IDENTITY,
    "preferred_name": Category.IDENTITY,
    "personnummer": Category.NATIONAL_ID,
    "personnummer_hash": Category.NATIONAL_ID,
    "email": Category.CONTACT,
    "phone": Category.CONTACT,
    "care_of": Category.CONTACT,
    "street_address": Category.CONTACT,
    "postal_code": Category.CONTACT,
    "city": Category.CONTACT,
    "country": Category.CONTACT,
    "employer": Category.EMPLOYMENT,
    "job_title": Category.EMPLOYMENT,
}
PROVIDED = set(PERSON) - {"personnummer_hash"}
HASH = {
    "personnummer_hash": _("A key by which we find your number; it tells nothing beyond it."),
}
EMPLOYEE = _("The name of an employee (Art. 15(4)).")
