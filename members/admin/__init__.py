from members.admin import (
    accounting,
    accounts,
    applications,
    choices,
    desk,
    follow_up,
    imports,
    mailings,
    members,
)

__all__ = [
    "accounting",
    "accounts",
    "applications",
    "choices",
    "desk",
    "follow_up",
    "imports",
    "mailings",
    "members",
]
