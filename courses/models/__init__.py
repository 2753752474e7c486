from courses.models.messages import OccasionMessage
from courses.models.occasions import Occasion
from courses.models.platforms import Platform
from courses.models.registrations import Registration, SpecialNeed

__all__ = ["Occasion", "OccasionMessage", "Platform", "Registration", "SpecialNeed"]
