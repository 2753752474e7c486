from members.admin import accounting, accounts, applications, desk, imports, members

__all__ = ["accounting", "accounts", "applications", "desk", "imports", "members"]
