from courses.admin import desk, messages, occasions, platforms, registrations

__all__ = ["desk", "messages", "occasions", "platforms", "registrations"]
