"""A genogram that the program lays out: everybody and every tie once, readable, and as it was before."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from importlib.resources import files
from itertools import combinations, pairwise
from xml.etree import ElementTree

import pytest
from hypothesis import assume, given, settings

from songtor_web.pictures.genogram.draw import draw
from songtor_web.pictures.genogram.kin import kin
from songtor_web.pictures.genogram.labels import LEADING, SIZE, SMALL, labels, written
from songtor_web.pictures.genogram.layout import Layout, layout
from songtor_web.pictures.genogram.legend import legend
from songtor_web.pictures.genogram.model import Family, Person, age
from songtor_web.pictures.genogram.route import Point
from songtor_web.pictures.genogram.spot import Placed
from songtor_web.pictures.genogram.words import words
from songtor_web.pictures.lettering import width
from songtor_web.shell import text_folders
from songtor_web.texts import Texts
from tests.web.pictures.families import ACTS, TODAY, Grown, confused, grown, read

TEXTS = Texts(text_folders(files("songtor_node") / "web" / "texts"))
SAY = TEXTS.speaking("th")
SVG = "{http://www.w3.org/2000/svg}"
STEADY = settings(deadline=None, derandomize=True, max_examples=60)
FAMILIES = ("sample", "bronte", "freud", "victoria")
Box = tuple[float, float, float, float]


def laid(family: Family, *, names: bool = True) -> Layout:
    return layout(family, labels(family, SAY, "th", names=names), written(family, "th"))


def drawn(family: Family, lang: str = "th", *, names: bool = True) -> ElementTree.Element:
    return ElementTree.fromstring(draw(family, TEXTS.speaking(lang), lang, names=names))


def references() -> Mapping[str, str]:
    """The invented family of twenty-five and three that the literature of genograms draws, as pictures."""
    found = {name: draw(read(name), SAY, "th") for name in FAMILIES}
    found |= {f"{name}_en": draw(read(name), TEXTS.speaking("en"), "en") for name in FAMILIES[1:]}
    found["on_paper"] = draw(read("sample"), SAY, "th", beside=True)
    return found | {"without_names": draw(read("sample"), SAY, "th", names=False)}


def rows_of(made: Layout) -> dict[str, int]:
    return {key: row for row, keys in enumerate(made.rows) for key in keys}


def together(family: Family) -> set[tuple[str, str]]:
    """Who hangs beneath the same parents."""
    return {pair for children in kin(family).families.values() for pair in combinations(sorted(children), 2)}


def all_lines(made: Layout) -> Iterator[Sequence[Point]]:
    for line in (*made.lines.unions, *made.lines.bonds, *(one for one in made.lines.twins if one.way)):
        yield line.points
    for descent in made.lines.descents:
        yield from descent.trunk
        yield from (leaf.points for leaf in descent.leaves)


def words_of(placed: Placed) -> Iterator[Box]:
    """Where letters stand: beneath the symbol, and the years at its two sides above it."""
    label, x, top = placed.label, placed.x, placed.y + 26
    for line, size, bold in [
        *((one, SIZE, True) for one in label.name),
        *((one, SMALL, False) for one in label.relation),
    ]:
        half = width(line, size, bold=bold) / 2
        yield x - half, top, x + half, top + size * LEADING
        top += size * LEADING
    above = placed.y - 27
    if label.born:
        yield x - 4 - width(label.born, SMALL), above - 9, x - 4, above
    if label.died:
        yield x + 4, above - 9, x + 4 + width(label.died, SMALL), above


def crosses(one: Point, other: Point, box: Box) -> bool:
    """Whether the straight line between the two goes through the box."""
    left, top, right, bottom = box
    begin, end = 0.0, 1.0
    for start, step, low, high in (
        (one[0], other[0] - one[0], left, right),
        (one[1], other[1] - one[1], top, bottom),
    ):
        if abs(step) < 1e-9:
            if not low < start < high:
                return False
            continue
        into, out = sorted(((low - start) / step, (high - start) / step))
        begin, end = max(begin, into), min(end, out)
    return end - begin > 1e-6


@STEADY
@given(grown())
def test_everybody_and_every_tie_is_drawn_once(made: Grown) -> None:
    """Whoever was added, and whatever is between them."""
    family = made.family
    tree = drawn(family)
    people = Counter(one.get("data-person") for one in tree.iter(f"{SVG}g") if one.get("data-person"))
    assert people == Counter(one.key for one in family.people)
    found = laid(family).lines
    between = [line.tie for line in (*found.unions, *found.bonds, *found.twins) if line.tie]
    below = [
        (parent, leaf.child, leaf.kind)
        for one in found.descents
        for leaf in one.leaves
        for parent in one.couple
    ]
    said = set(family.ties)
    assert Counter(between) == Counter(one for one in said if one.group != "parent")
    assert Counter(below) == Counter((one.one, one.other, one.kind) for one in said if one.group == "parent")


@STEADY
@given(grown())
def test_nobody_stands_over_another(made: Grown) -> None:
    """Symbols with all their words; and the words on the lines of couples beside each other."""
    found = laid(made.family)
    boxes = [(one.x - one.half, one.top, one.x + one.half, one.bottom) for one in found.people.values()]
    for one, other in combinations(boxes, 2):
        apart = one[2] <= other[0] or other[2] <= one[0] or one[3] <= other[1] or other[3] <= one[1]
        assert apart
    assert all(box[0] >= 0 and box[2] <= found.width and box[3] <= found.height for box in boxes)


@STEADY
@given(grown())
def test_no_line_goes_through_words(made: Grown) -> None:
    """Names, relations and years stay readable, whatever is between whom."""
    found = laid(made.family)
    boxes = [box for one in found.people.values() for box in words_of(one)]
    for points in all_lines(found):
        for one, other in pairwise(points):
            assert not [box for box in boxes if crosses(one, other, box)]


@STEADY
@given(grown())
def test_lines_end_at_their_people(made: Grown) -> None:
    """A couple's, a bond's at both; a child's from the couple to the child."""
    found = laid(made.family)
    for line in (*found.lines.unions, *found.lines.bonds):
        for port, point in ((line.begin, line.points[0]), (line.end, line.points[-1])):
            assert point == pytest.approx(found.people[port.key].side(port.side, port.offset))
        assert {line.begin.key, line.end.key} == set(line.couple)
    for descent in found.lines.descents:
        assert all(
            leaf.points[-1] == pytest.approx(found.people[leaf.child].crown) for leaf in descent.leaves
        )


@STEADY
@given(grown())
def test_generations_stand_on_rows(made: Grown) -> None:
    """Partners and twins on one, children beneath their parents."""
    family = made.family
    row = rows_of(laid(family))
    for one in family.ties:
        if one.group in ("union", "twin"):
            assert row[one.one] == row[one.other]
        elif one.group == "parent":
            assert row[one.one] < row[one.other]


@STEADY
@given(grown())
def test_children_stand_in_the_order_of_birth(made: Grown) -> None:
    """From left to right, as far as it is known."""
    family = made.family
    found, relatives = laid(family), kin(family)
    for children in relatives.families.values():
        born = [found.people[one] for one in children if found.people[one].person.birth]
        standing = sorted(born, key=lambda one: one.x)
        assert [one.person.birth for one in standing] == sorted(one.person.birth for one in born)


@STEADY
@given(grown(), ACTS)
def test_a_newcomer_moves_nobody_past_another(
    made: Grown, act: tuple[str, int, dict[str, str], str, int]
) -> None:
    """Everybody who stood there stands as before. (Unless it turns out that siblings are half ones.)"""
    before, homes = laid(made.family).rows, together(made.family)
    kind, whom, about, parent, which = act
    made.add(kind, f"p{whom % len(made.people)}", about, parent, which)
    assume(homes <= together(made.family))
    after = laid(made.family).rows
    there = {key for row in before for key in row}
    assert [kept for row in after if (kept := [key for key in row if key in there])] == [
        list(row) for row in before
    ]


@STEADY
@given(confused())
def test_what_contradicts_itself_is_drawn_too(family: Family) -> None:
    """A child who is their own grandparent, three fathers, ties to nobody: no loop, and everybody once."""
    found = laid(family)
    assert sorted(found.people) == sorted(one.key for one in family.people)
    assert sorted(key for row in found.rows for key in row) + sorted(found.loose)
    tree = drawn(family)
    assert len([one for one in tree.iter(f"{SVG}g") if one.get("data-person")]) == len(family.people)
    words(family, SAY, "th")


def test_twenty_five_relatives_are_readable_on_a4() -> None:
    """Four generations, two second marriages, all kinds of bonds: on the sheet's 252 by 130 mm, beneath its
    heading, no letter is smaller than 6.5 points."""
    family = read("sample")
    relatives = replace(family, people=[one for one in family.people if one.key != "friend"])
    tree = ElementTree.fromstring(draw(relatives, SAY, "th", beside=True))
    scale = min(252 / float(tree.attrib["width"]), 130 / float(tree.attrib["height"]))  # millimetres a pixel
    assert len(relatives.people) >= 25
    assert len(laid(relatives).rows) == 4
    assert SMALL * scale / 25.4 * 72 > 6.5


def test_a_family_of_three_hundred_is_laid_out() -> None:
    """Ten generations and many children: everybody stands, nobody over another."""
    made = Grown()
    for number in range(299):
        act = ("partner", "child", "child", "parent", "sibling")[number % 5]
        made.add(
            act,
            f"p{number * 7 % len(made.people)}",
            {"sex": "female" if number % 2 else "male"},
            "birth",
            number % 9,
        )
    found = laid(made.family)
    assert len(found.people) >= 300
    for row in found.rows:
        placed = [found.people[key] for key in row]
        assert all(one.x + one.half <= other.x - other.half for one, other in pairwise(placed))


@pytest.mark.parametrize(
    ("birth", "death", "deceased", "years"),
    [
        ("1988-04", "", False, 38), ("1988-12-01", "", False, 37), ("1988", "2020", True, 32),
        ("1988", "", True, None), ("", "", False, None), ("2027", "", False, None),
    ],
)  # fmt: skip
def test_ages(birth: str, death: str, deceased: bool, years: int | None) -> None:
    """Today, or at death; unknown where the dates do not tell."""
    person = Person(key="p", number=1, birth=birth, death=death, deceased=deceased)
    assert age(person, TODAY) == years


def test_the_brontes() -> None:
    """Maria, Elizabeth, Charlotte, Branwell, Emily, Anne in that order of birth, beneath Patrick and Maria
    Branwell; Charlotte's husband outlived her; none of the six had a living child."""
    found = laid(read("bronte"))
    names = ["maria_2", "elizabeth", "charlotte", "branwell", "emily", "anne"]
    assert [key for key in found.rows[-1] if key != "arthur"] == names
    assert found.rows[0] == ["hugh", "eleanor", "thomas", "anne_carne"]
    beneath = {one.couple: [leaf.child for leaf in one.leaves] for one in found.lines.descents}
    assert beneath["patrick", "maria"] == names
    assert found.people["charlotte"].label.age == "39"


def test_the_freuds() -> None:
    """Jakob's three wives; Sally's two sons; Amalia's eight children from Sigmund (1856) to Alexander (1866);
    two weddings between the Freuds and the Bernays, in 1883 and 1886."""
    found = laid(read("freud"))
    beneath = {one.couple: [leaf.child for leaf in one.leaves] for one in found.lines.descents}
    assert beneath["jakob", "sally"] == ["emanuel", "philipp"]
    assert beneath["jakob", "amalia"] == [
        "sigmund", "julius", "anna_b", "rosa", "marie", "adolfine", "pauline", "alexander",
    ]  # fmt: skip
    assert beneath["sigmund", "martha"] == ["mathilde", "martin", "oliver", "ernst", "sophie", "anna"]
    unions = {line.couple: line.words for line in found.lines.unions}
    assert unions["anna_b", "eli"] == "2426"
    assert unions["sigmund", "martha"] == "2429–2482"
    assert rows_of(found)["sally"] == rows_of(found)["jakob"] == rows_of(found)["berman"]


def test_queen_victorias_descendants() -> None:
    """Nine children in the order of birth; Leopold, of her sons, had haemophilia, and Alice and Beatrice
    passed it on, to Alexei and to the sons of Victoria Eugenie, great-grandsons: three rows beneath her."""
    found = laid(read("victoria"))
    children = ["vicky", "edward", "alice", "alfred", "helena", "louise", "arthur", "leopold", "beatrice"]
    assert [key for key in found.rows[1] if key in children] == children
    row = rows_of(found)
    assert row["alexei"] - row["victoria"] == row["gonzalo"] - row["victoria"] == 3
    crossings = [one for one in found.lines.unions if one.way]
    assert not crossings  # all partners stand beside each other


@pytest.mark.parametrize("lang", ["th", "en"])
def test_the_words_say_what_the_picture_shows(lang: str) -> None:
    """Everybody with their dates and parents, every couple and bond; without names nobody's."""
    family = read("sample")
    told = " ".join(one for _, sentences in words(family, TEXTS.speaking(lang), lang) for one in sentences)
    for person in family.people:
        assert (person.name or person.relation) in told
    hidden = words(family, TEXTS.speaking(lang), lang, names=False)
    said = " ".join(one for _, sentences in hidden for one in sentences)
    assert not [one.name for one in family.people if one.name and one.name in said]
    assert not [
        one.name for one in family.people if one.name and one.name in draw(family, SAY, lang, names=False)
    ]


def test_only_the_signs_that_are_used_are_explained() -> None:
    """Nobody is shown a violent line in a family without one."""
    signs = {one.get("data-sign") for one in drawn(read("bronte"), "en").iter(f"{SVG}g")} - {None}
    assert signs == {"Male", "Female", "Client", "Dead", "Married", "Very close"}


def test_the_signs_of_a_small_family_are_explained_within_a_phones_width() -> None:
    """Its picture may scroll there; what its signs mean stands in sight."""
    made = Grown()
    for which, act in enumerate(["sibling", "parent", "partner", "child", "twin"]):
        made.add(act, "p0", {"sex": "male", "household": True}, "adopted", which)
    placed = laid(made.family)
    assert 310 < placed.width < 620
    signs = legend(placed, SAY, "th").signs
    assert len(signs) > 4
    assert max(x + 44 + width(words, 12) for _, words, x, _ in signs) <= 310
