from courses.admin import (
    attendance,
    desk,
    messages,
    occasions,
    platforms,
    registrations,
    rolls,
    surveys,
)

__all__ = [
    "attendance",
    "desk",
    "messages",
    "occasions",
    "platforms",
    "registrations",
    "rolls",
    "surveys",
]
