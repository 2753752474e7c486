from cases.admin.verbs import access, work, writing
from cases.admin.verbs.base import VERBS, PartVerb, Verb, offered

__all__ = ["VERBS", "PartVerb", "Verb", "access", "offered", "work", "writing"]
