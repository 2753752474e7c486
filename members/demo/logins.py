"""Who can log in to the demo. Printed by ``manage.py demo`` and ``manage.py up``."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

PASSWORD = "Demo-i-november-2026"  # noqa: S105 - for invented people on one's own machine


#: The officer whom the notice names.
OFFICER = "Binta-Madina Stamenovic"


@dataclass(frozen=True)
class Staff:
    email: str
    name: str
    roles: tuple[str, ...]  # names of groups, as in dsar.roles


STAFF = (
    Staff("medlemsservice@ledarna.example", "Maj Sund", ("Medlemsservice",)),
    Staff("forhandlare@ledarna.example", "Fia Ström", ("Förhandlare",)),
    Staff("forsakring@ledarna.example", "Tora Lind", ("Socialförsäkringshandläggare",)),
    Staff("coach@ledarna.example", "Cai Berg", ("Coach",)),
    Staff("enhetschef@ledarna.example", "Eva Rång", ("Förhandlare", "Enhetschef")),
    Staff("ekonomi@ledarna.example", "Karl Krona", ("Ekonomi",)),
    Staff(
        "skyddade@ledarna.example",
        "Siv Skog",
        ("Medlemsservice", "Skyddade personuppgifter"),
    ),
    Staff("kurser@ledarna.example", "Kajsa Rask", ("Kursadministratör",)),
    Staff("kursansvarig@ledarna.example", "Vera Dahl", ("Kursansvarig",)),
    Staff("kommunikation@ledarna.example", "Kim Brevin", ("Kommunikation",)),
    Staff("redaktor@ledarna.example", "Rut Lind", ("Kommunikation",)),
    Staff("dataskydd@ledarna.example", "Dan Akt", ("Dataskyddshandläggare",)),
    Staff("ombud@ledarna.example", OFFICER, ("Dataskyddsombud",)),
)
MEMBER = "medlem@example.org"
FORMER_MEMBER = "tidigare@example.org"


def lines() -> list[str]:
    """The log-ins, to print."""
    width = max(len(staff.email) for staff in STAFF)
    return [
        _("Demo log-ins, all with the password %s:") % PASSWORD,
        *(f"  {staff.email:{width}}  {', '.join(staff.roles)}" for staff in STAFF),
        f"  {MEMBER:{width}}  " + _("a member"),
        f"  {FORMER_MEMBER:{width}}  " + _("a former member"),
        _("Members can also log in by a code; the mail with it is on the mail page."),
    ]
