"""The closed world: what nobody declared, or declared badly, stops ``manage.py check``."""

import io

import pytest
from django.core.management import call_command
from django.core.management.base import SystemCheckError
from django.db import models
from django.test.utils import isolate_apps

from ledarna_gdpr.privacy import (
    After,
    Category,
    Consent,
    Masked,
    Period,
    PersonalData,
    Purpose,
    Recipient,
    Rule,
    Scrub,
    Source,
    SubjectData,
    With,
    registry,
)
from ledarna_gdpr.privacy.checks import errors, has_index, is_vague
from ledarna_gdpr.privacy.registry import AlreadyDeclared, Registry
from members.models import Member, OutgoingMail, Payment
from members.purposes import NEWSLETTER, OFFERS, REGISTER

RULE = Rule(code="T1", period=Period(months=1), reason="A law that says how long it is kept.")


def ids(found):
    return [error.id for error in found]


def about(model, found):
    return [error.id for error in found if error.obj is model]


def declared(**words):
    """A declaration of queued mail that is right but for ``words``."""
    right = {
        "purpose": REGISTER,
        "subject": "member",
        "fields": dict.fromkeys(["member", "to", "subject", "body"], Category.COMMUNICATION),
        "technical": {"id", "status", "created_at", "claimed_at", "link"},
        "source": Source.SYSTEM,
        "retention": (After("created_at", RULE),),
    }
    declaration = type("MailData", (PersonalData,), right | words)
    registry = Registry()
    registry.register(Member)(type(globals()["registry"][Member]))
    registry.register(OutgoingMail)(declaration)
    return about(OutgoingMail, errors(registry))


def test_the_product_is_declared_whole():
    assert list(errors(registry)) == []


def test_a_right_declaration_raises_nothing():
    assert declared() == []


@pytest.mark.parametrize("model", [d.model for d in registry], ids=lambda m: m._meta.label)
def test_each_declaration_is_missed(model):
    declaration = registry[model]
    registry.unregister(model)
    try:
        assert "privacy.E001" in about(model, errors(registry))
        with pytest.raises(SystemCheckError, match="is not declared"):
            call_command("check", stdout=io.StringIO(), stderr=io.StringIO())
    finally:
        registry.register(model)(type(declaration))


@pytest.mark.parametrize(
    ("words", "error"),
    [
        ({"technical": {"id", "status", "created_at", "link"}}, "privacy.E002"),
        ({"technical": {"id", "status", "created_at", "claimed_at", "link", "to"}}, "privacy.E002"),
        (
            {"technical": {"id", "status", "created_at", "claimed_at", "link", "gone"}},
            "privacy.E002",
        ),
        ({"withheld": {"gone": "A reason that says something."}}, "privacy.E002"),
        ({"provided": {"gone"}}, "privacy.E002"),
        ({"optional": {"gone"}}, "privacy.E002"),
        ({"retention": ()}, "privacy.E003"),
        ({"retention": (After("gone", RULE),)}, "privacy.E003"),
        ({"retention": (With("gone"),)}, "privacy.E003"),
        ({"retention": (After("claimed_at", RULE),)}, "privacy.E004"),
        ({"subject": "gone"}, "privacy.E006"),
        ({"mentions": {"gone": Scrub()}}, "privacy.E002"),
        ({"mentions": {"subject": Scrub()}}, "privacy.E006"),
        ({"mentions": {"member": Scrub(empty={"gone"})}}, "privacy.E002"),
        ({"masked": {"gone": Masked}}, "privacy.E002"),
        ({"file_names": {"to": "gone"}}, "privacy.E002"),
        ({"on_erasure": With("gone")}, "privacy.E006"),
        ({"on_erasure": With("status")}, "privacy.E006"),
        ({"receipt_for": "gone"}, "privacy.E006"),
        (
            {"recipient": Recipient(name="to", country="gone", safeguard="to", data="to")},
            "privacy.E006",
        ),
        ({"subject": "status"}, "privacy.E006"),
    ],
)
def test_each_fault_of_a_declaration_is_named(words, error):
    assert error in declared(**words)


def test_a_companion_needs_a_declared_model_to_go_with():
    alone = Registry()
    alone.register(Payment)(type(registry[Payment]))

    assert "privacy.E003" not in about(Payment, errors(alone))
    alone.register(OutgoingMail)(
        type(
            "MailData",
            (type(registry[OutgoingMail]),),
            {"retention": (With("member"),)},
        )
    )
    assert "privacy.E003" in about(OutgoingMail, errors(alone))


@pytest.mark.parametrize(("basis", "condition"), [((), REGISTER.condition), (REGISTER.basis, ())])
def test_a_purpose_needs_a_basis_under_both_articles(basis, condition):
    purpose = Purpose(
        key="new",
        title="New",
        description="Something we would like to do with it.",
        basis=basis,
        condition=condition,
    )
    lacking = Registry()
    lacking.register(Payment)(type("P", (type(registry[Payment]),), {"purpose": purpose}))

    assert "privacy.E007" in ids(errors(lacking))


@pytest.mark.parametrize("reason", ["", "TBD", "tbd.", "?", "because", "See law", "  -  "])
def test_a_vague_reason_is_refused(reason):
    vague = Rule(code="T2", period=Period(), reason=reason)
    lacking = Registry()
    lacking.register(OutgoingMail)(
        type("M", (type(registry[OutgoingMail]),), {"retention": (After("created_at", vague),)})
    )

    assert is_vague(reason)
    assert "privacy.E008" in ids(errors(lacking))


def test_a_model_that_reaches_a_person_is_not_impersonal():
    wrong = Registry()
    wrong.register(Member)(type(registry[Member]))
    wrong.not_personal(Payment, because="We should like it to be so, but it is not.")

    assert "privacy.E009" in about(Payment, errors(wrong))


def test_there_is_exactly_one_person():
    assert "privacy.E005" in ids(errors(Registry()))
    two = Registry()
    two.register(Member)(type(registry[Member]))
    two.register(Payment)(type("Second", (SubjectData,), dict(vars(type(registry[Payment])))))
    assert "privacy.E005" in ids(errors(two))


def test_nothing_is_declared_twice():
    with pytest.raises(AlreadyDeclared):
        registry.register(Member)(type(registry[Member]))
    with pytest.raises(AlreadyDeclared):
        registry.not_personal(Member, because="A reason that says something.")


@isolate_apps("members")
def test_a_partial_or_leading_index_counts_and_a_trailing_one_does_not():
    class Thing(models.Model):  # noqa: DJ008 - no one prints it
        first = models.DateField()
        second = models.DateField()
        third = models.DateField()

        class Meta:
            app_label = "members"
            indexes = [
                models.Index(fields=["first", "second"], name="both"),
                models.Index(fields=["-third"], name="partial", condition=models.Q(first=None)),
            ]

    fields = [Thing._meta.get_field(name) for name in ("first", "second", "third")]

    assert [has_index(field) for field in fields] == [True, False, True]


def test_children_come_before_what_they_refer_to():
    order = [declaration.model for declaration in registry.children_first()]

    for declaration in registry.children_first():
        for other, _ in registry.protectors_of(declaration):
            assert order.index(other.model) < order.index(declaration.model)


# --- consents, other purposes, pseudonyms ---------------------------------------------------------


def consenting(purpose):
    return declared(purpose=purpose, rests_on=Consent("newsletter"))


def test_what_rests_on_a_consent_has_a_purpose_that_does():
    assert consenting(OFFERS) == []
    assert consenting(REGISTER) == ["privacy.E010"]


def test_the_scope_of_a_consent_leads_somewhere():
    assert declared(purpose=OFFERS, rests_on=Consent("newsletter", scope="gone")) == [
        "privacy.E010"
    ]
    assert declared(purpose=OFFERS, rests_on=Consent("newsletter", scope="member")) == []


def test_a_purpose_that_uses_what_others_keep_is_told_of_with_what_it_uses():
    assert NEWSLETTER in registry.purposes
    assert registry[Member] in registry.serving(NEWSLETTER)
    assert Category.CONTACT in registry.categories(NEWSLETTER)
    assert Category.NATIONAL_ID not in registry.categories(NEWSLETTER)


def test_a_pseudonymous_model_leads_to_no_person_and_says_why_it_is_kept():
    wrong = Registry()
    wrong.register(Member)(type(registry[Member]))
    wrong.pseudonymous(Payment, because="TBD")

    found = ids(errors(wrong))
    assert "privacy.E009" in found
    assert "privacy.E008" in found
    assert Payment not in wrong.undeclared()
    with pytest.raises(AlreadyDeclared):
        wrong.not_personal(Payment, because="A reason that says something.")


def test_two_rules_with_one_code_are_refused():
    other = Rule(code="T1", period=Period(months=2), reason="Another law that says another time.")
    both = (After("created_at", RULE), After("created_at", other))

    assert ids(about_rules(both)) == ["privacy.E011"]
    assert ids(about_rules(both[:1] * 2)) == []


def about_rules(retention):
    found = type("MailData", (type(globals()["registry"][OutgoingMail]),), {"retention": retention})
    registry = Registry()
    registry.register(Member)(type(globals()["registry"][Member]))
    registry.register(OutgoingMail)(found)
    return [error for error in errors(registry) if error.id == "privacy.E011"]
