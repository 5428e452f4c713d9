"""The ecomap: everybody around is drawn apart from the others, each line ends at whose it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations
from math import hypot
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from songtor_proto.vocabulary import vocabulary
from songtor_web.pictures.ecomap.draw import LOOKS, draw
from songtor_web.pictures.ecomap.layout import DISC, Box, Placed, crosses, layout
from songtor_web.pictures.ecomap.model import HOUSEHOLD, Connection, Ecomap, Member
from songtor_web.pictures.ecomap.words import words
from songtor_web.shell import text_folders
from songtor_web.texts import Texts

SVG = "{http://www.w3.org/2000/svg}"
TEXTS = Texts(text_folders())
TH, EN = TEXTS.speaking("th"), TEXTS.speaking("en")
KINDS = list(vocabulary().around)
STRENGTHS, FLOWS = list(vocabulary().tie_strengths), list(vocabulary().tie_flows)
FAMILY = [
    Member("client", "ดาว", "", "female"),
    Member("p1", "จันทรา", "มารดา", "female"),
    Member("p2", "ตะวัน", "น้องชาย", "male"),
    Member("p3", "", "ป้า", "female"),
    Member("p4", "ธนากร ณ ตัวอย่างยาวมาก", "ตา", "male"),
    Member("p5", "", "หลาน"),
]
NAMES = ["วัดพุทธตัวอย่าง", "", "โรงเรียนประถมในเขตมิตเทอตัวอย่าง", "Jugendamt", "คลินิกเด็ก", "ป้าชั้นล่าง"]
STEADY = settings(deadline=None, derandomize=True, max_examples=40)


def some(count: int, members: int, whose: Sequence[str]) -> Ecomap:
    return Ecomap(
        FAMILY[:members],
        [
            Connection(
                number,
                KINDS[number % len(KINDS)],
                NAMES[number % len(NAMES)],
                whose[number % len(whose)],
                STRENGTHS[number % len(STRENGTHS)],
                FLOWS[number % len(FLOWS)],
            )
            for number in range(count)
        ],
    )


def references() -> Mapping[str, str]:
    return {
        "alone": draw(some(5, 1, ["", "client"]), TH, "th").svg(),
        "family": draw(some(11, 3, ["", "client", "", "p1", "p2"]), TH, "th").svg(),
        "two-rows": draw(some(16, 6, ["", "client", "p1", "p4"]), EN, "en").svg(),
        "forty": draw(some(40, 4, ["", "client", "", "p1", "p3"]), TH, "th").svg(),
        "nobody": draw(Ecomap(FAMILY[:2], []), TH, "th", to="/ecomap").svg(),
    }


@st.composite
def ecomaps(draws: st.DrawFn) -> Ecomap:
    members = FAMILY[: draws(st.integers(1, len(FAMILY)))]
    connection = st.tuples(
        st.sampled_from(KINDS),
        st.sampled_from(NAMES),
        st.sampled_from([HOUSEHOLD, *(one.key for one in members)]),
        st.sampled_from(STRENGTHS),
        st.sampled_from(FLOWS),
    )
    found = draws(st.lists(connection, max_size=40))
    return Ecomap(members, [Connection(number, *one) for number, one in enumerate(found)])


def meet(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


@STEADY
@given(ecomaps())
def test_nothing_overlaps(ecomap: Ecomap) -> None:
    """Names and discs stand apart, in the picture and outside the house; no line runs through another's."""
    placed = layout(ecomap, TH, "th")
    assert [one.connection.number for one in sorted(placed.nodes, key=lambda one: one.connection.number)] == [
        one.number for one in ecomap.connections
    ]
    (x, y), across, down = placed.house
    for one, other in combinations(placed.nodes, 2):
        assert not meet(one.box, other.box)
        assert not crosses(one.start, one.end, other.box)
        assert not crosses(other.start, other.end, one.box)
    for one in placed.nodes:
        left, top, right, bottom = one.box
        assert left >= 0 <= top
        assert right <= placed.width
        assert bottom <= placed.height
        assert all(
            hypot((px - x) / across, (py - y) / down) > 1 for px in (left, right) for py in (top, bottom)
        )
    for member, beside in combinations(placed.members, 2):
        assert not meet(member.box, beside.box)


@STEADY
@given(ecomaps())
def test_each_line_ends_at_whose_it_is(ecomap: Ecomap) -> None:
    """At that member, and nearer to them than to anybody else; the household's at the edge of the house. It
    passes through nobody on its way."""
    placed = layout(ecomap, TH, "th")
    (x, y), across, down = placed.house
    at = {one.member.key: one for one in placed.members}
    for one in placed.nodes:
        whom = one.connection.whom
        assert hypot(one.start[0] - one.at[0], one.start[1] - one.at[1]) == pytest.approx(DISC + 2)
        if whom == HOUSEHOLD:
            assert hypot((one.end[0] - x) / across, (one.end[1] - y) / down) == pytest.approx(1)
            continue
        far = {key: hypot(one.end[0] - member.at[0], one.end[1] - member.at[1]) for key, member in at.items()}
        assert min(far, key=lambda key: far[key]) == whom
        assert far[whom] < 40
        for key, member in at.items():
            assert key == whom or not crosses(one.start, one.end, member.box)


@STEADY
@given(ecomaps(), st.sampled_from(KINDS), st.data())
def test_one_that_is_added_leaves_the_others_in_their_order(
    ecomap: Ecomap, kind: str, data: st.DataObject
) -> None:
    """Above the house and below it, from the left to the right; and the members stay where they are."""
    whom = data.draw(st.sampled_from([HOUSEHOLD, *(one.key for one in ecomap.members)]))
    more = Ecomap(ecomap.members, [*ecomap.connections, Connection(99, kind, "ใหม่", whom)])
    before, after = layout(ecomap, TH, "th"), layout(more, TH, "th")

    def order(placed: Placed, up: bool) -> list[int]:
        found = [one for one in placed.nodes if one.up is up and one.connection.number != 99]
        return [one.connection.number for one in found]

    for up in (True, False):
        assert order(before, up) == order(after, up)

    def seats(placed: Placed) -> list[tuple[float, float]]:
        (x, y), *_ = placed.house
        return [(round(one.at[0] - x, 3), round(one.at[1] - y, 3)) for one in placed.members]

    assert seats(before) == seats(after)


def test_all_that_is_known_is_drawn_and_told() -> None:
    """Each with its line, its link, its sentence; a legend of what is used and nothing else."""
    ecomap = some(11, 3, ["", "client", "", "p1", "p2"])
    tree = ElementTree.fromstring(draw(ecomap, EN, "en", to="/e").svg())
    drawn = {one.get("data-connection") for one in tree.iter(f"{SVG}g")} - {None}
    tied = {one.get("data-tie"): one.get("data-whom") for one in tree.iter(f"{SVG}g") if one.get("data-tie")}
    assert drawn == tied.keys() == {str(one.number) for one in ecomap.connections}
    assert tied == {str(one.number): one.whom for one in ecomap.connections}
    links = [one.get("href") for one in tree.iter(f"{SVG}a")]
    assert sorted(links, key=str) == sorted((f"/e/{one.number}" for one in ecomap.connections), key=str)
    (_, members), (_, told) = words(ecomap, EN, "en")
    assert len(members) == 3
    assert len(told) == 11
    assert "Relatives: Ordinary" not in told[0]
    assert told[1].startswith("Friends: Ordinary")
    assert told[1].endswith("with ดาว alone")
    said = {one.text for one in tree.iter(f"{SVG}text")}
    few = draw(Ecomap(FAMILY[:1], [Connection(1, "faith", "วัด", strength="weak", flow="to")]), EN, "en").svg()
    assert {"Strong", "Weak", "Strained", "Broken"} <= said
    assert "Weak" in few
    assert "To the household" in few
    assert not any(words in few for words in ("Strong", "Strained", "Both ways", "School"))


def test_every_strength_has_its_own_line_and_every_kind_its_sign() -> None:
    """Told apart without colour; a code of a newer list leaves no hole."""
    assert LOOKS.keys() == set(STRENGTHS)
    grey = set()
    for strength, look in LOOKS.items():
        drawn = ElementTree.tostring(_tie(Connection(1, "faith", "วัด", strength=strength))).decode()
        grey.add(drawn.replace(str(look["stroke"]), "#"))
    assert len(grey) == len(STRENGTHS)
    for kind in KINDS:
        svg = draw(Ecomap(FAMILY[:1], [Connection(1, kind, "x")]), EN, "en").svg()
        assert svg.count("scale(") == 2, kind  # in its disc and in the legend
    assert (
        "newer"
        in draw(Ecomap(FAMILY[:1], [Connection(1, "newer", strength="new", flow="x")]), EN, "en").svg()
    )


def _tie(connection: Connection) -> ElementTree.Element:
    tree = ElementTree.fromstring(draw(Ecomap(FAMILY[:1], [connection]), EN, "en").svg())
    return next(one for one in tree.iter(f"{SVG}g") if one.get("data-tie"))
