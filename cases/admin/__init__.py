from cases.admin import cases, desk, emergencies, teams

__all__ = ["cases", "desk", "emergencies", "teams"]
