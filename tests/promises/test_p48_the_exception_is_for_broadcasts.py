"""P48: the one exception is what is sent over the web."""

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from courses import publishing
from courses.models import Occasion, Platform
from ledarna_gdpr.privacy import registry
from tests.factories.courses import OccasionFactory, PlatformFactory

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("kind", Occasion.Kind)
def test_only_a_broadcast_is_held_on_an_american_platform(kind):
    platform = PlatformFactory()
    link = "https://zoom.us/j/1"
    if kind in Occasion.BROADCAST:
        occasion = OccasionFactory(kind=kind, platform=platform, join_link=link, published_at=None)
        publishing.publish(occasion, by=None, at=timezone.now())
        return
    with pytest.raises(IntegrityError), transaction.atomic():
        OccasionFactory(kind=kind, platform=platform, join_link=link, published_at=None)


def test_courses_have_no_other_way_to_a_company_abroad():
    """Each declaration of courses that names a recipient reaches it through the platform of an
    occasion, whose kind the database guards."""
    named = [d.recipient for d in registry if d.recipient and d.model._meta.app_label == "courses"]
    assert named
    assert {r.name.rpartition("__")[0].rpartition("occasion__")[2] for r in named} == {"platform"}
    assert Occasion._meta.get_field("platform").related_model is Platform
