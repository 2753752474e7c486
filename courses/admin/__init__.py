from courses.admin import desk, messages, occasions, platforms, registrations, surveys

__all__ = ["desk", "messages", "occasions", "platforms", "registrations", "surveys"]
