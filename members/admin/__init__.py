from members.admin import accounting, accounts, applications, desk, members

__all__ = ["accounting", "accounts", "applications", "desk", "members"]
