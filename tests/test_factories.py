"""What the enumerating tests are made of: a factory for each declared model, as they call it."""

import pytest

from ledarna_gdpr.privacy import SubjectData, Trace, registry
from ledarna_gdpr.privacy.declarations import follow
from tests.factories import factory_of
from tests.factories.members import MemberFactory

pytestmark = pytest.mark.django_db
DECLARED = [d for d in registry if not isinstance(d, Trace | SubjectData)]


@pytest.mark.parametrize("declaration", DECLARED, ids=lambda d: d.label)
@pytest.mark.parametrize("how", [{}, {"long_ago": True}], ids=["now", "long ago"])
def test_a_factory_makes_a_record_of_a_member(declaration, how):
    member = MemberFactory()
    is_link = follow(declaration.model, declaration.subject).is_relation

    factory_of(declaration.model)(**{declaration.subject: member if is_link else member.pk}, **how)

    assert declaration.records_of([member.pk]).exists()
