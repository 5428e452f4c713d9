"""What every picture's SVG is: well-formed whatever was typed, named, in colours that need no style."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from songtor_web.pictures.drawing import STRONG, WASH, Drawing, number

SVG = "{http://www.w3.org/2000/svg}"
HOSTILE = "\"><script>alert(1)</script>' onload=x&amp;]]>"


def read(drawing: Drawing) -> ElementTree.Element:
    return ElementTree.fromstring(drawing.svg())


@settings(deadline=None, derandomize=True)
@given(st.text())
def test_whatever_is_typed_stays_words(words: str) -> None:
    """As text, as a mark, as where a link leads, as the title: no tag, no attribute comes of it."""
    drawing = Drawing(10, 10, title=words + HOSTILE, live=True)
    with drawing.group(of=words + HOSTILE), drawing.link("/x", words + HOSTILE):
        drawing.text(0, 0, words + HOSTILE)
    tree = read(drawing)
    assert [one.tag for one in tree.iter()] == [f"{SVG}svg", f"{SVG}g", f"{SVG}a", f"{SVG}text"]
    assert {key for one in tree.iter() for key in one.attrib} <= {
        "viewBox", "width", "height", "role", "aria-label", "font-family", "data-of", "href",
        "x", "y", "font-size", "fill",
    }  # fmt: skip
    assert (tree.findtext(f".//{SVG}text") or "").endswith(HOSTILE)


def test_ids_are_the_pictures_own() -> None:
    """Two pictures in a page do not take each other's patterns."""
    for name in ("flower", "journey"):
        drawing = Drawing(10, 10, title="", name=name)
        fills = {drawing.pattern(meaning) for meaning in WASH}
        drawing.rect(0, 0, 5, 5, fill=drawing.pattern("red"))
        ids = {one.get("id") for one in read(drawing).iter(f"{SVG}pattern")}
        assert ids == {f"{name}-red", f"{name}-yellow", f"{name}-pink"}
        assert {f"url(#{one})" for one in ids} <= fills


def test_a_picture_is_an_image_and_one_with_links_a_group() -> None:
    assert read(Drawing(1, 1, title="A life")).attrib["role"] == "img"
    assert read(Drawing(1, 1, title="A life", live=True)).attrib["role"] == "group"
    assert read(Drawing(1, 1, title="A life")).attrib["aria-label"] == "A life"


@pytest.mark.parametrize(
    ("value", "said"), [(1, "1"), (1.0, "1"), (1.5, "1.5"), (1 / 3, "0.33"), (100.0, "100"), (-0.5, "-0.5")]
)
def test_numbers_are_short(value: float, said: str) -> None:
    assert number(value) == said


def test_a_look_is_an_attribute_and_never_a_style() -> None:
    """The pages' security policy refuses `style`."""
    drawing = Drawing(1, 1, title="")
    drawing.line([(0, 0), (1, 2.5)], stroke=STRONG["red"], stroke_width=1.5, stroke_dasharray=None)
    drawing.polygon([(0, 0), (1, 0), (1, 1)], fill="none")
    drawing.path("M0 0H1", stroke="#000")
    drawing.circle(1, 1, 1, fill=WASH["green"])
    drawing.lines(0, 0, ["one", "two"], size=10, bold=True, anchor="middle")
    svg = drawing.svg()
    assert "style" not in svg
    assert '<polyline points="0,0 1,2.5" fill="none" stroke="#a51f17" stroke-width="1.5"/>' in svg
    assert svg.count('font-weight="600" text-anchor="middle"') == 2
