"""Salary statistics: what is shown, and that no combination of answers is about a small group."""

import datetime as dt
import itertools
import random
from fractions import Fraction

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse
from django.utils import timezone

from members.imports.reading import BadFile
from members.models import SalaryTable
from members.tools import salaries
from members.tools.cells import EVERYBODY, Cell, protect, tabulate
from tests.factories.members import MemberFactory, UserFactory

NOW = timezone.make_aware(dt.datetime(2026, 3, 31, 2))
SMALLEST = 5
ROLES, SECTORS, COUNTIES = list(salaries.ROLES), list(salaries.SECTORS), list(salaries.COUNTIES)


def people(draw, number):
    """So many people with roles, sectors and counties, many of them alone in their group."""
    return [
        (
            (
                draw.choice(ROLES[: draw.randrange(1, 6)]),
                draw.choice(SECTORS),
                draw.choice(COUNTIES[: draw.randrange(1, 9)]),
            ),
            draw.randrange(30_000, 90_000),
        )
        for _person in range(number)
    ]


def groups_of(everyone, shown):
    """Who is in each shown cell, as sets of people."""
    return {
        path: frozenset(n for n, (own, _s) in enumerate(everyone) if own[: len(path)] == path)
        for path in shown
    }


# --- the proof, tried -------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(10))
def test_no_pair_of_answers_tells_of_fewer_than_five(seed):
    """1,000 random pairs: what both hold, what one holds beyond the other, and both together."""
    draw = random.Random(seed)  # noqa: S311
    everyone = people(draw, draw.randrange(40, 400))
    shown = protect(tabulate(everyone), SMALLEST)
    groups = list(groups_of(everyone, shown).values())

    for _pair in range(100):
        one, other = draw.choice(groups), draw.choice(groups)
        for told in (one, one & other, one - other, other - one, one | other, one ^ other):
            assert not 0 < len(told) < SMALLEST


@pytest.mark.parametrize("seed", range(10))
def test_no_sum_of_answers_taken_from_their_parent_tells_of_fewer_than_five(seed):
    """Unions and differences along the tree: any shown children taken from a shown ancestor."""
    draw = random.Random(seed)  # noqa: S311
    everyone = people(draw, draw.randrange(40, 400))
    groups = groups_of(everyone, protect(tabulate(everyone), SMALLEST))

    for ancestor, whole in groups.items():
        below = [p for p in groups if len(p) > len(ancestor) and p[: len(ancestor)] == ancestor]
        for _try in range(20):
            taken = draw.sample(below, draw.randrange(len(below) + 1))
            rest = whole.difference(*(groups[path] for path in taken))
            assert not 0 < len(rest) < SMALLEST


@pytest.mark.parametrize("seed", range(10))
def test_no_combination_at_all_tells_of_fewer_than_five(seed):
    """Whoever is in the same shown cells cannot be told apart by any arithmetic. So the groups
    that can be told apart at all must be large enough, and any answer is a union of them."""
    draw = random.Random(seed)  # noqa: S311
    everyone = people(draw, draw.randrange(40, 400))
    groups = groups_of(everyone, protect(tabulate(everyone), SMALLEST))

    alike = {}
    for person in range(len(everyone)):
        where = frozenset(path for path, group in groups.items() if person in group)
        alike.setdefault(where, set()).add(person)

    assert all(len(group) >= SMALLEST for group in alike.values())


def test_a_hidden_cell_cannot_be_solved_for():
    """Of a small table, by linear algebra: no cell that is hidden has one possible count."""
    everyone = [
        (("121", "private", "01"), 50_000),
        *[(("121", "state", "01"), 51_000)] * 7,
        *[(("122", "private", "01"), 52_000)] * 9,
        *[(("122", "private", "03"), 53_000)] * 4,
        *[(("122", "private", "04"), 53_000)] * 8,
    ]
    cells = tabulate(everyone)
    shown = protect(cells, SMALLEST)
    leaves = sorted(path for path in cells if len(path) == 3)
    known = [[int(leaf[: len(path)] == path) for leaf in leaves] for path in shown]

    for path in set(cells) - set(shown):
        wanted = [int(leaf[: len(path)] == path) for leaf in leaves]
        assert rank([*known, wanted]) > rank(known), path


def rank(rows):
    rows, found = [[Fraction(x) for x in row] for row in rows], 0
    for column in range(len(rows[0])):
        pivot = next((r for r in range(found, len(rows)) if rows[r][column]), None)
        if pivot is None:
            continue
        rows[found], rows[pivot] = rows[pivot], rows[found]
        for r in range(len(rows)):
            if r != found and rows[r][column]:
                share = rows[r][column] / rows[found][column]
                rows[r] = [a - share * b for a, b in zip(rows[r], rows[found], strict=True)]
        found += 1
    return found


# --- what is hidden -----------------------------------------------------------------------------


def cells_of(*counts, parent=EVERYBODY):
    made = {parent: Cell(sum(counts), 1, 2, 3)}
    return made | {(*parent, str(n)): Cell(c, 1, 2, 3) for n, c in enumerate(counts)}


@pytest.mark.parametrize(
    ("counts", "shown"),
    [
        ((5, 5), {"0", "1"}),
        ((4, 6), set()),  # 4 would be left of 10
        ((4, 6, 9), {"2"}),  # the smallest that can hide it
        ((2, 3, 9), {"2"}),  # the two hide each other
        ((1, 2, 9, 8), {"2"}),
        ((4,), set()),
    ],
)
def test_a_small_cell_is_hidden_with_the_smallest_that_hides_it(counts, shown):
    found = protect(cells_of(*counts), SMALLEST)

    assert {path[0] for path in found if path} == shown


def test_what_lies_below_a_hidden_cell_is_hidden():
    cells = cells_of(4, 8, 9)
    cells |= cells_of(8, parent=("1",))

    assert set(protect(cells, SMALLEST)) == {EVERYBODY, ("2",)}


def test_of_too_few_people_nothing_is_shown():
    assert protect(cells_of(2, 2), SMALLEST) == {}
    assert protect({}, SMALLEST) == {}


def test_quartiles_are_told_in_hundreds():
    cells = tabulate([(("121", "private", "01"), n) for n in (40_010, 50_049, 50_051, 60_000)])

    assert cells[EVERYBODY] == Cell(4, 47_500, 50_000, 52_500)


# --- the table ----------------------------------------------------------------------------------


def file_of(rows, heading="ssyk;sektor;lan;manadslon"):
    return "\n".join([heading, *rows]).encode()


ROW = "121;private;01;50000"


@pytest.fixture
def threshold(settings):
    settings.SMALLEST_CELL = 5


@pytest.mark.django_db
def test_the_table_holds_no_salary_and_no_small_cell(threshold):
    content = file_of([ROW] * 6 + ["121;state;01;77777"] * 2 + ["122;private;03;61000"] * 9)

    table = salaries.publish(content, edition="2026", at=NOW)

    assert "77777" not in str(table.cells)
    assert min(count for _path, count, *_rest in table.cells) >= 5
    assert [path for path, *_rest in table.cells] == [
        [], ["121"], ["122"], ["122", "private"], ["122", "private", "03"]
    ]  # fmt: skip


@pytest.mark.django_db
def test_the_latest_edition_is_shown(threshold):
    assert salaries.table()[0] == salaries.SYNTHETIC
    salaries.publish(file_of([ROW] * 5), edition="2025", at=NOW)
    salaries.publish(file_of([ROW] * 7), edition="2026", at=NOW + dt.timedelta(days=1))

    edition, cells = salaries.table()

    assert (edition, cells[EVERYBODY].count) == ("2026", 7)


@pytest.mark.django_db
def test_a_threshold_that_is_raised_holds_for_what_was_published(settings):
    settings.SMALLEST_CELL = 5
    salaries.publish(file_of([ROW] * 6 + ["122;private;03;61000"] * 9), edition="2026", at=NOW)

    settings.SMALLEST_CELL = 8

    assert set(salaries.table()[1]) == {EVERYBODY}


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ("999;private;01;54321", "Rad 1: rollen"),
        ("121;privat;01;54321", "Rad 1: rollen"),
        ("121;private;02;54321", "Rad 1: rollen"),
        ("121;private;01;14999", "Rad 1: lönen"),
        ("121;private;01;500001", "Rad 1: lönen"),
        ("121;private;01;femtio", "Rad 1: lönen"),
        ("121;private;01", "Rad 1: lönen"),
    ],
)
def test_a_wrong_row_is_told_by_its_number_without_its_values(row, words):
    with pytest.raises(BadFile, match=words) as refused:
        list(salaries.read(file_of([row])))
    assert not {"54321", "14999", "500001", "femtio", "999"} & set(str(refused.value).split())


@pytest.mark.parametrize("heading", ["a;b;c;d", "ssyk;sektor;lan;manadslon;namn", ""])
def test_other_headings_are_refused(heading):
    with pytest.raises(BadFile, match="rubrikerna"):
        list(salaries.read(file_of([ROW], heading)))


@pytest.mark.django_db
def test_the_command_publishes_a_file_and_refuses_what_it_cannot(tmp_path, capsys):
    file = tmp_path / "loner.csv"
    file.write_bytes(file_of([ROW] * 9))

    call_command("import_salaries", str(file), edition="2026")
    assert "4 grupper visas" in capsys.readouterr().out
    with pytest.raises(CommandError, match="upplaga med det namnet"):
        call_command("import_salaries", str(file), edition="2026")
    file.write_bytes(file_of([ROW] * 4))
    with pytest.raises(CommandError, match="färre än 5 löner"):
        call_command("import_salaries", str(file), edition="2027")
    with pytest.raises(CommandError, match="går inte att öppna"):
        call_command("import_salaries", str(tmp_path / "nowhere.csv"), edition="2028")
    assert SalaryTable.objects.get().edition == "2026"


def test_the_bundled_table_says_in_its_first_line_that_it_is_invented():
    first = salaries.SYNTHETIC_FILE.read_text().splitlines()[0]

    assert "SYNTETISKA UPPGIFTER" in first
    assert "SYNTHETIC" in first


def test_the_bundled_table_tells_of_each_role():
    shown = protect(tabulate(salaries.read(salaries.SYNTHETIC_FILE.read_bytes())), SMALLEST)

    assert {(role,) for role in ROLES} <= set(shown)
    assert len(shown) > 150


# --- the page -----------------------------------------------------------------------------------


@pytest.fixture
def user(client, db):
    user = UserFactory(member=MemberFactory())
    client.force_login(user)
    return user


def ask(client, **answers):
    sent = {"role": "121", "sector": "private", "county": "01", "salary": ""} | answers
    response = client.post(reverse("tool", args=["lonestatistik"]), sent)
    return response, " ".join(response.content.decode().split())


def test_a_group_that_is_too_small_is_told_as_hidden(client, user, threshold):
    content = file_of([ROW] * 6 + ["121;private;03;88000"] * 2 + ["122;state;01;50000"] * 5)
    salaries.publish(content, edition="2026", at=NOW)

    _response, page = ask(client, county="03")

    assert page.count("visas inte, så att ingens lön kan räknas ut") == 1
    assert "88000" not in page
    assert '<th scope="row">Ekonomi- och finanschef, privat sektor, Uppsala</th>' in page


def test_the_page_says_that_the_figures_are_invented_until_others_are_imported(client, user):
    assert "påhittade" in ask(client)[1]
    salaries.publish(file_of([ROW] * 6), edition="2026", at=NOW)
    assert "påhittade" not in ask(client)[1]


@pytest.mark.parametrize(
    ("salary", "words"),
    [
        ("30000", "under den mittersta hälften"),
        ("50 000", "inom den mittersta hälften"),
        ("90000", "över den mittersta hälften"),
    ],
)
def test_a_salary_is_placed_in_the_narrowest_group_that_is_shown(client, user, salary, words):
    salaries.publish(file_of([ROW] * 6), edition="2026", at=NOW)

    assert words in ask(client, salary=salary)[1]


@pytest.mark.parametrize("salary", ["14999", "500001", "mycket", "-1"])
def test_a_salary_out_of_bounds_is_told(client, user, salary):
    response, page = ask(client, salary=salary)

    assert response.status_code == 200
    assert "helt tal från 15000 till 500000" in page
    assert "<svg" not in page


def test_every_answer_is_found_in_the_fixed_tree(client, user):
    """Nothing but the tree can be asked for: role, then sector, then county."""
    _edition, cells = salaries.table()
    for role, sector, county in itertools.islice(
        itertools.product(ROLES, SECTORS, COUNTIES), 0, None, 97
    ):
        answers = {"role": role, "sector": sector, "county": county, "salary": None}
        found = salaries.look_up(answers)["cells"]
        path = (role, sector, county)
        told = [cells.get(path[:depth]) for depth in range(4)]
        assert found == [[c.count, c.lower, c.median, c.upper] if c else None for c in told]
