"""Reports as Zoom writes them, of our own making: one for each form of the head."""

import csv
import io

OLDER = "Name (Original Name),User Email,Join Time,Leave Time,Duration (Minutes)"
NEWER = (
    "Name (original name),Email,Join time,Leave time,Duration (minutes),Guest,"
    "Recording disclaimer response,In waiting room"
)
PREAMBLE = (
    "Meeting ID,Topic,Start Time,End Time,User Email,Duration (Minutes),Participants,\n"
    '812 3456 7890,Årsmöte,"03/22/2025 06:55:00 PM","03/22/2025 08:30:00 PM",'
    "kansliet@example.org,95,4,\n\n"
)
NEW_PREAMBLE = (
    "Topic,ID,Duration (minutes),Start time,End time,Participants\n"
    'Årsmöte,812 3456 7890,95,"Mar 22, 2025 18:55:00","Mar 22, 2025 20:30:00",4\n\n'
)
ACCOUNT = (
    "Topic,Meeting ID,User Name,User Email,Department,Group,Has Zoom Rooms,Creation Time,"
    "Start Time,End Time,Duration (Minutes),Participants,Name (Original Name),User Email,"
    "Join Time,Leave Time,Duration (Minutes),Guest,Recording Consent,In Waiting Room"
)
WEBINAR_HEAD = (
    "Attended,User Name (Original Name),Email,Join Time,Leave Time,Time in Session (minutes),"
    "Is Guest,Country/Region Name"
)
REGISTERED_HEAD = (
    "Attended,User Name (Original Name),First Name,Last Name,Email,Phone,Registration Time,"
    "Approval Status,Join Time,Leave Time,Time in Session (minutes),Is Guest,Arbetsplats,"
    "Country/Region Name"
)

#: Name, e-mail, in, out, minutes. Åsa falls out and comes back, renamed; one telephones.
PEOPLE = [
    ("Åsa", "asa@example.org", "19:00:00", "19:20:00", 20),
    ("Björn på kontoret", "", "19:01:10", "20:15:40", 75),
    ("46701740605", "", "19:05:00", "19:25:00", 20),
    ("Åsa Öberg (Åsa)", "asa@example.org", "19:30:00", "20:00:00", 30),
    ('Örjan "Ö" Ek', "orjan@example.org", "18:58:00", "20:20:00", 82),
]
MERGED = {
    "Åsa Öberg (Åsa)": ("19:00:00", "20:00:00", 50),
    "Björn på kontoret": ("19:01:10", "20:15:40", 75),
    "•••605": ("19:05:00", "19:25:00", 20),
    'Örjan "Ö" Ek': ("18:58:00", "20:20:00", 82),
}


def slashed(clock: str) -> str:
    """``03/22/2025 07:13:27 PM``"""
    hour, rest = int(clock[:2]), clock[2:]
    return f"03/22/2025 {(hour - 1) % 12 + 1:02}{rest} {'PM' if hour >= 12 else 'AM'}"


def named(clock: str) -> str:
    return f"Mar 22, 2025 {clock}"


def iso(clock: str) -> str:
    return f"2025-03-22 {clock}"


def table(head: str, rows, *, when=slashed, delimiter=",", tail=()) -> str:
    """The people under a head; ``tail`` is what the columns after the minutes hold."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter)
    writer.writerow(head.split(","))
    for name, email, joined, left, minutes in rows:
        writer.writerow([name, email, when(joined), when(left), minutes, *tail])
    return out.getvalue()


def marked(text: str) -> bytes:
    return text.encode("utf-8-sig")


def account_export() -> str:
    meeting = ["Årsmöte", "812 3456 7890", "Kansliet", "kansliet@example.org", "HR", "", "No"]
    meeting += [slashed("18:00:00"), slashed("18:55:00"), slashed("20:30:00"), 95, 4]
    other = ["Frukostmöte", "999 9999 9999", *meeting[2:]]
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(ACCOUNT.split(","))
    for name, email, joined, left, minutes in PEOPLE:
        person = [name, email, slashed(joined), slashed(left), minutes, "Yes", "", "No"]
        writer.writerow([*meeting, *person])
    writer.writerow([*other, "Någon annan", "", slashed("08:00:00"), slashed("08:30:00"), 30])
    return out.getvalue()


def webinar(*, registration: bool = True, generated: str = "Report Generated:") -> str:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(["Attendee Report"])
    writer.writerow([generated, named("21:00:00")])
    writer.writerow(["Topic", "Webinar ID", "Actual Start Time", "Actual Duration (minutes)"])
    writer.writerow(["Lönesamtal", "812 3456 7890", named("18:55:00"), 95])
    for title in ("Host Details", "Panelist Details"):
        writer.writerow([title])
        writer.writerow(WEBINAR_HEAD.split(","))
        if title == "Host Details":
            name, email, joined, left, minutes = PEOPLE[4]
            row = ["Yes", name, email, named(joined), named(left), minutes, "No", "Sweden"]
            writer.writerow(row)
    writer.writerow(["Attendee Details"])
    writer.writerow((REGISTERED_HEAD if registration else WEBINAR_HEAD).split(","))
    for name, email, joined, left, minutes in PEOPLE[:4]:
        first = [name, "F", "E", email, "070-1", named("10:00:00"), "approved"]
        start = first if registration else [name, email]
        end = ["Yes", "Verkstaden AB", "Sweden"] if registration else ["Yes", "Sweden"]
        writer.writerow(["Yes", *start, named(joined), named(left), minutes, *end])
    if registration:
        missing = ["No", "Karin Å", "Karin", "Å", "karin@example.org", "", named("10:00:00")]
        writer.writerow([*missing, "approved", "--", "--", "--", "--", "", "--"])
    return out.getvalue()


#: Each form in which the same five rows come.
FORMS: dict[str, bytes] = {
    "older": marked(table(OLDER, PEOPLE)),
    "older with guest": marked(table(f"{OLDER},Guest", PEOPLE, tail=["Yes"])),
    "older with consent": marked(
        table(f"{OLDER},Guest,Recording Consent", PEOPLE, tail=["Yes", "Y"])
    ),
    "longest": marked(
        table(f"{OLDER},Guest,Recording Consent,In Waiting Room", PEOPLE, tail=["No", "", "No"])
    ),
    "with preamble": marked(PREAMBLE + table(f"{OLDER},Guest", PEOPLE, tail=["Yes"])),
    "newer": marked(NEW_PREAMBLE + table(NEWER, PEOPLE, when=named, tail=["Yes", "OK", "No"])),
    "mixed": marked(table(OLDER.replace("Original Name", "original name"), PEOPLE, when=iso)),
    "account": marked(account_export()),
    "webinar": marked(webinar()),
    "webinar without registration": marked(
        webinar(registration=False, generated="Report generated time")
    ),
    "tabs": marked(table(OLDER, PEOPLE, when=named, delimiter="\t")),
    "semicolons": marked(table(OLDER, PEOPLE, delimiter=";")),
    "UTF-16": table(OLDER, PEOPLE, delimiter="\t").encode("utf-16"),
    "Windows-1252": table(OLDER, PEOPLE).encode("cp1252"),
    "lost NUL": marked(table(OLDER, PEOPLE)).replace(b"kontoret", b"kon\0toret"),
}
MEETING = {"account": "812 3456 7890"}

UNIQUE_USERS = marked(
    "Name (Original Name),User Email, Total Durection(Minutes),Guest\n"
    "Åsa Öberg (Åsa),asa@example.org,50,Yes\n"
    "Björn på kontoret,,75,Yes\n"
)
REGISTRATIONS = marked(
    "Registration Report\nReport generated time,2025-03-22 10:00:00\n"
    "First Name,Last Name,Email,Registration Time,Approval Status,Fackklubb\n"
    'Åsa,Öberg,asa@example.org,"Mar 1, 2025 10:00:00",approved,Väst\n'
    'Okänd,Gäst,gast@example.org,"Mar 2, 2025 10:00:00",approved,\n'
)
POLL = marked(
    "Poll Report\nReport Generated:,2025-03-22 21:00:00\nTopic,Webinar ID,Actual Start Time\n"
    "Årsmöte,812,2025-03-22 18:55:00\n#,User Name,User Email,Submitted Date/Time,\n"
    + "".join(
        f'{n},Deltagare {n},d{n}@example.org,"Mar 22, 2025 19:13:27",Bra möte?,Ja;Långt,'
        f"Något mer?,Fritext från {n}\n"
        for n in range(1, 7)
    )
    + '7,Anonymous Attendee,,"Mar 22, 2025 19:13:27",Bra möte?,Nej\n'
)
DASHBOARD = marked(
    "user_name,email,join_time,leave_time,ip_address,device,mac_addr,harddisk_id,pc_name,location,"
    "network_type,data_center\n"
    "Åsa,asa@example.org,2025-03-22T18:00:00Z,2025-03-22T18:20:00Z,192.0.2.17,Windows,"
    "00:00:5e:00:53:01,DISK1,ASAS-DATOR,Umeå,Wifi,EU\n"
)
