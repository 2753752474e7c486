"""Who a participant may be: a guess for a person to confirm, among those who registered."""

from collections import defaultdict

from courses.imports.stays import Participant
from courses.models import Occasion, Registration


class Suggestions:
    """By the e-mail address that she registered with or else by her exact name; where two fit,
    nobody is suggested. A protected identity never is."""

    def __init__(self, occasion: Occasion) -> None:
        self.by_email: dict[str, set[int]] = defaultdict(set)
        self.by_name: dict[str, set[int]] = defaultdict(set)
        registered = Registration.objects.filter(
            occasion=occasion, member__restricted_at=None, member__protection=""
        ).active()
        names = ("given_names", "family_name", "preferred_name", "email")
        for key, given, family, preferred, email in registered.values_list(
            "member", *(f"member__{name}" for name in names)
        ):
            if email:
                self.by_email[email.casefold()].add(key)
            for first in {given, preferred} - {""}:
                self.by_name[_normal(f"{first} {family}")].add(key)

    def for_participant(self, participant: Participant) -> int | None:
        """The member's key."""
        if participant.is_phone:
            return None
        if len(found := self.by_email.get(participant.email, set())) == 1:
            return next(iter(found))
        names = {_normal(name) for name in participant.names}
        found = set().union(*(self.by_name.get(name, set()) for name in names))
        return next(iter(found)) if len(found) == 1 else None


def _normal(name: str) -> str:
    return " ".join(name.split()).casefold()
