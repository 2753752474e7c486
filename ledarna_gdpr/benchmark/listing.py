"""The member list of the admin, asked for as a browser asks, without the network."""

from collections.abc import Callable, Iterator
from typing import Any

from django.contrib import admin
from django.test import Client
from django.urls import reverse

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


def member_list(databases: Databases, sizes: list[int]) -> Iterator[Row]:
    members = max(sizes)
    works.register(databases, members)
    digits = test_numbers()[0]
    Member.objects.filter(pk=members // 2).update(personnummer_hash=personnummer.hashed(digits))
    staff = User.objects.get(pk=members + 1)
    client = Client(headers={"host": "localhost"})
    client.force_login(staff, backend="members.accounts.backend.AddressBackend")
    address = reverse("admin:members_member_changelist")

    def get(query: str = "") -> Callable[[], Any]:
        return lambda: _answered(client.get(f"{address}?{query}" if query else address))

    def search(text: str) -> Callable[[], Any]:
        to = reverse("admin:members_member_search")
        return lambda: _answered(client.post(to, {"q": text}, follow=True))

    model_admin = admin.site.get_model_admin(Member)
    visible = Member.objects.for_user(staff).order_by("-pk")
    pages = model_admin.paginator(visible, model_admin.list_per_page).num_pages
    asked = {"first page": get(), "last page": get(f"p={pages}")}
    half = members // 2
    words = {"number": 100000 + half, "half": half, "personnummer": digits}
    asked |= {f"search: {name}": search(q.format(**words)) for name, q in SEARCHES.items()}
    asked |= {f"filter: {query}": get(query) for query in FILTERS}
    for name, ask in asked.items():
        ask()
        times = [seconds(ask) for _ in range(7)]
        yield Row(f"member list of {members:,}, {name}", "≤ 100 ms", spread(times))


def _answered(response: Any) -> None:
    if response.status_code != 200:
        raise RuntimeError(f"The list answered {response.status_code}.")
