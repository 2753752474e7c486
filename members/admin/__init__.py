from members.admin import members

__all__ = ["members"]
