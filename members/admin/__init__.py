from members.admin import (
    accounting,
    accounts,
    applications,
    choices,
    desk,
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
    "imports",
    "mailings",
    "members",
]
