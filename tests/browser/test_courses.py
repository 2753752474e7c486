"""Courses in a real browser: a need is told, taken back, told again, read by one organiser and
gone on the seventh day; and no page calls another house before somebody asks it to."""

from urllib.parse import urlsplit

import pytest

from tests.browser.conftest import PASSWORD
from tests.browser.test_story import dump

pytestmark = pytest.mark.browser

MEMBER = "berit.behoversson@example.org"
ORGANISER, OTHER = "arrangor@ledarna.example", "annan@ledarna.example"
NEED = "Jordnotsallergi kq7731"
AGAIN = "Jordnotsallergi kq7732"

MAKE = f"""
import datetime as dt
from django.contrib.auth.models import Group
from django.utils import timezone
from courses.models import Occasion, Platform, Registration
from members.models import Member, MembershipPeriod, User

now, today = timezone.now(), timezone.localdate()
member = Member.objects.create(
    member_number=500001, given_names="Berit", family_name="Behöversson", email={MEMBER!r}
)
MembershipPeriod.objects.create(member=member, started_on=today - dt.timedelta(days=900))
staff = []
for email in ({ORGANISER!r}, {OTHER!r}):
    user = User.objects.create_user(email, {PASSWORD!r}, name="Arrangör", is_staff=True)
    user.groups.set(Group.objects.filter(name="Kursansvarig"))
    staff.append(user)

def held(title, organiser, player, link, company):
    platform = Platform.objects.create(
        name=player.title(), company=company, country="US", shares="din ip-adress",
        mechanism="dpf", certificate_checked_on=today, policy_checked_on=today,
        policy_url=f"https://{{player}}.example/privacy", player=player, approved_on=today,
    )
    occasion = Occasion.objects.create(
        kind="webinar", title=title, platform=platform, join_link=link,
        starts_at=now + dt.timedelta(days=5), ends_at=now + dt.timedelta(days=5, hours=2),
        published_at=now,
    )
    occasion.organisers.add(organiser)
    return occasion

zoom = held("Att leda", staff[0], "zoom", "https://zoom.us/j/1?pwd=a", "Zoom Communications, Inc.")
vimeo = held("Att titta", staff[1], "vimeo", "https://vimeo.com/76979871", "Vimeo.com, Inc.")
Registration.objects.create(member=member, occasion=vimeo, registered_at=now)
print(zoom.pk, zoom.public_id, vimeo.public_id)
"""
#: The occasion is over since so many days, and the sweeps of earlier days lie further back.
DAYS_LATER = """
import datetime as dt
from django.utils import timezone
from courses.models import Occasion
from dsar.models import SweepRun
ended = timezone.now() - dt.timedelta(days={days})
Occasion.objects.filter(title="Att leda").update(
    starts_at=ended - dt.timedelta(hours=2), ends_at=ended
)
for run in SweepRun.objects.order_by("on"):
    SweepRun.objects.filter(pk=run.pk).update(on=run.on - dt.timedelta(days=1))
"""
#: What the database itself holds of needs: the words are encrypted there.
STORED = """
from django.db import connection
with connection.cursor() as cursor:
    cursor.execute("SELECT description FROM courses_specialneed")
    print("\\n".join(row[0] for row in cursor.fetchall()))
"""


@pytest.fixture
def made(product):
    """The key and the address of the Zoom webinar, and the address of the one on Vimeo."""
    zoom, zoom_id, vimeo_id = product.manage("shell", stdin=MAKE).split()[-3:]
    return zoom, f"/mina-sidor/kurser/{zoom_id}/", f"/mina-sidor/kurser/{vimeo_id}/"


def stored(product):
    return [line for line in product.manage("shell", stdin=STORED).split() if line[:5] == "gAAAA"]


def where(product, *traces):
    return {place for place, text in dump(product) for trace in traces if trace in text}


def test_a_special_need_from_the_form_to_oblivion(product, visitor, made):
    key, address, _vimeo = made
    member, organiser, other = visitor(), visitor(), visitor()

    member.log_in_by_code(MEMBER)
    register(member, address, NEED)
    (first,) = stored(product)
    assert where(product, first) == {"table courses_specialneed"}

    cancel(member, address)
    assert stored(product) == []
    assert member.page.locator("textarea[name=description]").input_value() == ""
    assert member.page.locator("main input:checked").count() == 0
    register(member, address, AGAIN)
    (second,) = stored(product)

    organiser.log_in_as_staff(ORGANISER)
    organiser.open(f"/admin/courses/occasion/{key}/needs/")
    assert AGAIN in organiser.page.locator("#content").inner_text()
    other.log_in_as_staff(OTHER)
    other.open(f"/admin/courses/occasion/{key}/needs/")
    assert "kq77" not in other.page.content()

    product.manage("shell", stdin=DAYS_LATER.format(days=6))
    product.manage("sweep")
    assert stored(product) == [second]
    organiser.open(f"/admin/courses/occasion/{key}/needs/")
    assert "kq77" not in organiser.page.content()

    product.manage("shell", stdin=DAYS_LATER.format(days=7))
    told = product.manage("sweep")
    assert "R14" in told
    assert stored(product) == []
    product.stop()
    assert where(product, first, second, NEED, AGAIN) == set()


def register(member, address, need):
    member.open(address)
    text = member.page.locator("main").inner_text()
    for words in ("Zoom Communications, Inc.", "USA", "din ip-adress", "Data Privacy Framework"):
        assert words in text
    member.page.locator("textarea[name=description]").fill(need)
    member.page.locator("input[name=kinds][value=diet]").check()
    member.page.locator("input[name=agreed]").check()
    member.page.get_by_role("button", name="Anmäl dig").click()
    member.page.get_by_text("Du är anmäld.").wait_for()


def cancel(member, address):
    member.open(address)
    member.page.get_by_role("link", name="Avboka min anmälan").click()
    member.page.get_by_role("button", name="Avboka min anmälan").click()
    member.page.get_by_text("Du har avbokat.").wait_for()


def test_no_page_of_a_webinar_calls_another_house_before_the_click(product, visitor, made):
    _key, zoom, vimeo = made
    member = visitor()
    member.log_in_by_code(MEMBER)
    abroad = []

    def answer(route):
        """There is no network: a foreign house is answered by the test, which notes the call."""
        abroad.append(route.request.url)
        route.fulfill(status=200, content_type="text/html", body="<title>player</title>")

    own = urlsplit(product.address).netloc
    member.page.context.route(lambda url: urlsplit(url).netloc != own, answer)

    for address in ("/mina-sidor/kurser/", zoom, vimeo, f"{vimeo}delta/"):
        member.open(address)
        member.page.wait_for_load_state("networkidle")
    assert abroad == []
    text = member.page.locator("main").inner_text()
    assert "låt bli att logga in i chatten" in text
    assert "varit inloggad i Vimeo tidigare" in text

    member.page.get_by_role("button", name="Visa sändningen här").click()
    member.page.frame_locator("iframe").locator("html").wait_for(state="attached")
    assert abroad == ["https://player.vimeo.com/video/76979871?dnt=1"]
