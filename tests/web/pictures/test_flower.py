"""The flower: every petal is drawn and can be told apart, words stand in their petals, nothing else moves."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from songtor_proto.vocabulary import vocabulary
from songtor_web.pictures.flower.draw import draw, draw_small
from songtor_web.pictures.flower.layout import Curve, Placed, Point, layout
from songtor_web.pictures.flower.model import LEVELS as MODEL_LEVELS
from songtor_web.pictures.flower.model import OPEN, SUBJECTS, Flower, of_levels
from songtor_web.pictures.flower.words import changes, words
from songtor_web.pictures.lettering import width
from songtor_web.shell import text_folders
from songtor_web.texts import Say, Texts

SVG = "{http://www.w3.org/2000/svg}"
TEXTS = Texts(text_folders())
TH, EN = TEXTS.speaking("th"), TEXTS.speaking("en")
DIMENSIONS = list(vocabulary().dimensions)
LEVELS = [*vocabulary().threat_levels, OPEN]
STEADY = settings(deadline=None, derandomize=True, max_examples=40)
WHOSE = st.lists(st.sampled_from(SUBJECTS), min_size=1, unique=True)
JUDGED = st.dictionaries(
    st.tuples(st.sampled_from(SUBJECTS), st.sampled_from(DIMENSIONS)), st.sampled_from(LEVELS)
)
EIGHT = {
    ("child", "social"): "yellow", ("child", "education"): "red", ("child", "health"): "unknown",
    ("child", "governance"): "green", ("guardian", "social"): "red", ("guardian", "education"): "green",
    ("guardian", "health"): "yellow",
}  # fmt: skip
FOUR = {("client", code): level for code, level in zip(DIMENSIONS, LEVELS, strict=False)}


def references() -> Mapping[str, str]:
    flower = of_levels(EIGHT, DIMENSIONS, missing=OPEN)
    all_three = of_levels(EIGHT | FOUR, DIMENSIONS, missing=OPEN)
    return {
        "eight": draw(flower, TH).svg(),
        "four": draw(of_levels(FOUR, DIMENSIONS), EN).svg(),
        "twelve": draw(all_three, TH).svg(),
        "talking": draw(flower, TH, to="/flower", plain=True).svg(),
        "small": draw_small(flower, EN, name="small").svg(),
    }


def outline(petal: Placed) -> list[Point]:
    return [point for curve in petal.outline for point in _sampled(curve)]


def _sampled(curve: Curve) -> Iterator[Point]:
    for step in range(12):
        t = step / 12
        parts = ((1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t * t * (1 - t), t**3)
        x, y = (sum(part * point[axis] for part, point in zip(parts, curve, strict=True)) for axis in (0, 1))
        yield x, y


def inside(point: Point, polygon: list[Point]) -> bool:
    x, y = point
    odd = False
    for (ax, ay), (bx, by) in zip(polygon, [*polygon[1:], polygon[0]], strict=True):
        if (ay > y) != (by > y) and x < (bx - ax) * (y - ay) / (by - ay) + ax:
            odd = not odd
    return odd


def groups(svg: str) -> dict[str, ElementTree.Element]:
    tree = ElementTree.fromstring(svg)
    return {one.attrib["data-petal"]: one for one in tree.iter(f"{SVG}g")}


@STEADY
@given(JUDGED, WHOSE)
def test_every_petal_is_drawn_in_its_own_way(levels: dict[tuple[str, str], str], whose: list[str]) -> None:
    """Of everybody who is asked about, in every dimension; big, small, and as links with their words."""
    flower = of_levels(levels, DIMENSIONS, subjects=whose)
    places = {f"{subject}-{code}" for subject, code in flower.levels}
    assert set(whose) <= {ring.subject for ring in flower.rings}
    for drawing in (draw(flower, TH), draw_small(flower, EN, name="x"), draw(flower, EN, to="/f")):
        assert groups(drawing.svg()).keys() == places
    links = re.findall(r'<a href="/f/(\w+)/(\w+)" aria-label="([^"]+)"', draw(flower, EN, to="/f").svg())
    assert {(subject, code) for subject, code, _ in links} == flower.levels.keys()
    assert len({says for _, _, says in links}) == len(links)


@STEADY
@given(WHOSE)
def test_petals_of_a_ring_do_not_overlap(whose: list[str]) -> None:
    """A tap hits one petal; all of them stand within the picture, each bloom beneath the one before."""
    for bloom in layout(of_levels({}, DIMENSIONS, subjects=whose)):
        for one in bloom.petals:
            points = outline(one)
            assert all(0 <= x <= bloom.size and 0 <= y - bloom.top <= bloom.size for x, y in points)
            beside = [other for other in bloom.petals if other.subject == one.subject and other is not one]
            assert not any(inside(point, outline(other)) for point in points for other in beside)


@pytest.mark.parametrize("say", [TH, EN])
@pytest.mark.parametrize("plain", [False, True])
@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("whose", [["client"], ["child", "guardian"]])
def test_words_stand_in_their_petal(say: Say, plain: bool, level: str, whose: list[str]) -> None:
    """In both languages, whatever the level: within its edge, and no petal before it covers them."""
    flower = of_levels({}, DIMENSIONS, subjects=whose, missing=level)
    drawn = groups(draw(flower, say, plain=plain).svg())
    petals = layout(flower)[0].petals
    for number, petal in enumerate(petals):
        front = [outline(one) for one in petals[number + 1 :] if one.subject != petal.subject]
        texts = list(drawn[f"{petal.subject}-{petal.petal.dimension}"].iter(f"{SVG}text"))
        assert texts
        for text in texts:
            for corner in corners(text):
                assert inside(corner, outline(petal)), (text.text, corner)
                assert not any(inside(corner, one) for one in front), (text.text, corner)


def corners(text: ElementTree.Element) -> list[Point]:
    """Of the letters' bodies; marks above and below may touch an edge."""
    x, y, size = (float(text.attrib[name]) for name in ("x", "y", "font-size"))
    wide = width(text.text or "", size, bold="font-weight" in text.attrib)
    left = x - wide / 2 if text.attrib.get("text-anchor") == "middle" else x
    return [(left, y), (left + wide, y), (left, y - size * 0.55), (left + wide, y - size * 0.55)]


@STEADY
@given(JUDGED, st.sampled_from(DIMENSIONS), st.sampled_from(LEVELS))
def test_one_judgement_moves_nothing_else(levels: dict[tuple[str, str], str], code: str, level: str) -> None:
    """Whoever knows the flower finds each petal where it was."""

    def others(flower: Flower) -> dict[str, bytes]:
        return {
            place: ElementTree.tostring(one)
            for place, one in groups(draw(flower, TH).svg()).items()
            if place != f"child-{code}"
        }

    before = of_levels(levels, DIMENSIONS, subjects=SUBJECTS)
    after = of_levels({**levels, ("child", code): level}, DIMENSIONS, subjects=SUBJECTS)
    assert others(before) == others(after)


@pytest.mark.parametrize("level", ["red", "yellow", "green", "unknown"])
def test_a_level_is_told_without_colour(level: str) -> None:
    """By a word, a shape, and by how the petal is marked: no two are alike in grey."""
    plain = {
        one: re.sub(r"#\w{6}", "#", draw(of_levels({("client", "health"): one}, DIMENSIONS), EN).svg())
        for one in LEVELS
    }
    marks = {one: ElementTree.tostring(groups(svg)["client-health"]) for one, svg in plain.items()}
    bare = {one: re.sub(rb"<ns0:text.*?</ns0:text>", b"", mark) for one, mark in marks.items()}
    assert all(bare[level] != bare[other] for other in LEVELS if other != level)


def test_codes_of_the_vocabulary_have_words_and_a_sign() -> None:
    """A dimension that is added needs both; a level of a newer list is not known here."""
    svg = draw(of_levels({("child", "health"): "purple"}, DIMENSIONS), EN).svg()
    assert "Health" in svg
    assert svg.count("scale(") == len(DIMENSIONS)
    assert set(LEVELS) == set(MODEL_LEVELS)
    assert 'data-petal="child-health"' in svg
    assert of_levels({("child", "health"): "purple"}, DIMENSIONS).levels["child", "health"] == "unknown"


def test_it_says_the_same_in_words() -> None:
    """Ring by ring with its reason; without names the reason is left out, for it is free text."""
    reasons = {("child", "education"): "ขาดเรียน 19 วัน"}
    flower = of_levels(EIGHT, DIMENSIONS, missing=OPEN, reasons=reasons)
    told = dict(words(flower, TH))
    assert list(told) == ["เด็ก", "ผู้ปกครอง"]
    assert "การศึกษา: เร่งด่วน (ขาดเรียน 19 วัน)" in told["เด็ก"]
    assert "กฎหมาย: ยังไม่ประเมิน" in told["ผู้ปกครอง"]
    assert "ขาดเรียน" not in str(words(flower, TH, names=False))
    assert "ขาดเรียน" not in draw(flower, TH).svg()


def test_what_has_changed_is_said() -> None:
    before = of_levels(EIGHT, DIMENSIONS, missing=OPEN)
    after = of_levels({**EIGHT, ("child", "education"): "green"}, DIMENSIONS, missing=OPEN)
    assert changes(before, after, EN) == ["The child · Education: Urgent → Ordinary"]
    assert changes(after, after, EN) == []
