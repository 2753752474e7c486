"""Lists of the admin, asked for as a browser asks, without the network."""

from collections.abc import Callable, Iterator
from typing import Any

from django.contrib import admin
from django.db.models import Model
from django.test import Client
from django.urls import reverse

from cases.models import Case
from ledarna_gdpr.benchmark import works
from ledarna_gdpr.benchmark.databases import Databases
from ledarna_gdpr.benchmark.measuring import Row, seconds, spread
from members import personnummer
from members.demo.numbers import test_numbers
from members.models import Member, User

SEARCHES = {
    "member number": "{number}",
    "e-mail": "m{half}@example.org",
    "beginning of an e-mail": "m{half}",
    "family name": "Andersson",
    "beginning of a name": "Lin",
    "given name and family name": "Anna Andersson",
    "personnummer": "{personnummer}",
    "nobody's name": "Xylofonsson",
}
FILTERS = [
    "membership=current",
    "membership=left",
    "left=month",
    "left=year",
    "left=two",
    "protection=confidential",
    "membership=left&protection=confidential",
]


CASE_SEARCHES = {
    "case number": "{own}",
    "member number": "{number}",
    "family name": "Andersson",
    "given name and family name": "Anna Andersson",
    "nobody's name": "Xylofonsson",
}
CASE_FILTERS = [
    "whose=mine",
    "whose=unit",
    "whose=nobody",
    "time=overdue",
    "time=soon",
    "state=closed",
    "state=any",
    "kind=negotiation",
    "whose=unit&kind=advice",
]


class Pages:
    """A list of the admin as its reader's browser asks for it."""

    def __init__(self, model: type[Model], staff: User) -> None:
        self.client = Client(headers={"host": "localhost"})
        self.client.force_login(staff, backend="members.accounts.backend.AddressBackend")
        self.name = f"admin:{model._meta.app_label}_{model._meta.model_name}"

    def get(self, query: str = "") -> Callable[[], None]:
        address = reverse(f"{self.name}_changelist")
        return lambda: self._answered(self.client.get(f"{address}?{query}" if query else address))

    def search(self, text: str) -> Callable[[], None]:
        address = reverse(f"{self.name}_search")
        return lambda: self._answered(self.client.post(address, {"q": text}, follow=True))

    def _answered(self, response: Any) -> None:
        if response.status_code != 200:
            raise RuntimeError(f"The list answered {response.status_code}.")


def member_list(databases: Databases, sizes: list[int]) -> Iterator[Row]:
    members = max(sizes)
    works.register(databases, members)
    digits = test_numbers()[0]
    Member.objects.filter(pk=members // 2).update(personnummer_hash=personnummer.hashed(digits))
    staff = User.objects.get(pk=members + 1)
    pages = Pages(Member, staff)
    model_admin = admin.site.get_model_admin(Member)
    visible = Member.objects.for_user(staff).order_by("-pk")
    last = model_admin.paginator(visible, model_admin.list_per_page).num_pages
    half = members // 2
    words = {"number": 100000 + half, "half": half, "personnummer": digits}
    asked = {"first page": pages.get(), "last page": pages.get(f"p={last}")}
    asked |= {f"search: {name}": pages.search(q.format(**words)) for name, q in SEARCHES.items()}
    asked |= {f"filter: {query}": pages.get(query) for query in FILTERS}
    yield from _timed(f"member list of {members:,}", asked)


def case_list(databases: Databases, sizes: list[int]) -> Iterator[Row]:
    """The inbox of somebody whose unit has a twentieth of all cases, one in fifty of them open."""
    members = max(sizes)
    works.register(databases, members)
    pages = Pages(Case, User.objects.get(pk=members + 1))
    own = members // 1000 * 500  # every thousandth case is hers
    words = {"own": own, "number": 100000 + own}
    asked = {"first page": pages.get()}
    asked |= {
        f"search: {name}": pages.search(q.format(**words)) for name, q in CASE_SEARCHES.items()
    }
    asked |= {f"filter: {query}": pages.get(query) for query in CASE_FILTERS}
    yield from _timed(f"inbox among {members:,} cases", asked)


def _timed(what: str, asked: dict[str, Callable[[], None]]) -> Iterator[Row]:
    for name, ask in asked.items():
        ask()
        times = [seconds(ask) for _ in range(7)]
        yield Row(f"{what}, {name}", "≤ 100 ms", spread(times))
