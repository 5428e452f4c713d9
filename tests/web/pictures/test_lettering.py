"""Words in a picture stand within their room, whole, in Thai and in English."""

from __future__ import annotations

import unicodedata
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from songtor_web.pictures.lettering import lines, width

STEADY = settings(deadline=None, derandomize=True, max_examples=150)
THAI = "กขคงจชดตนบปมยรลวสหอเแโใไะาำิีึืุูั็่้๊๋์ๅๆฯ"
WORDS = st.text(
    alphabet=st.one_of(st.sampled_from(THAI + " abcXYZ-.\n\u200b\u00a0"), st.characters()), max_size=80
)
ROOMS = st.floats(1, 400)
FOLLOWS = "ะาำๅๆฯ"


def marks(letter: str) -> bool:
    return unicodedata.category(letter) in ("Mn", "Mc", "Me") or letter in FOLLOWS


def bare(words: str) -> str:
    """Without the gaps at which a line may break."""
    return "".join(words.replace("\u200b", "").split())


def is_one_cluster(line: str) -> bool:
    return all(
        marks(after) or before in "เแโใไ\u200d" or after == "\u200d" for before, after in pairwise(line)
    )


@STEADY
@given(WORDS, ROOMS)
def test_no_line_is_wider_than_its_room(words: str, room: float) -> None:
    """Only what cannot be parted (one letter with its marks) may be."""
    for line in lines(words, room):
        assert width(line) <= room or is_one_cluster(line)


@STEADY
@given(WORDS, ROOMS)
def test_nothing_is_lost(words: str, room: float) -> None:
    """The lines together are the words, but for the gaps between them."""
    assert bare("".join(lines(words, room))) == bare(words)


@STEADY
@given(WORDS, ROOMS)
def test_a_mark_never_begins_a_line(words: str, room: float) -> None:
    """Nor is a leading vowel left behind at a line's end."""
    found = lines(words, room)
    assert not any(line and marks(line[0]) for line in found[1:])
    assert not any(line.endswith(tuple("เแโใไ")) and after for line, after in pairwise(found))


@STEADY
@given(WORDS, ROOMS, st.integers(1, 4))
def test_no_more_lines_than_asked(words: str, room: float, most: int) -> None:
    """What is cut says so at its end, and still has its room."""
    found, whole = lines(words, room, most=most), lines(words, room)
    assert len(found) == min(most, len(whole))
    if len(whole) > most:
        assert found[-1].endswith("…")
        assert width(found[-1]) <= max(room, width("…"))


def test_thai_breaks_between_words() -> None:
    assert lines("ย้ายไปอยู่กับสามีที่เบอร์ลิน", 90) == ["ย้ายไปอยู่กับ", "สามีที่เบอร์ลิน"]


def test_a_line_break_is_a_gap_and_a_break_without_width_is_none() -> None:
    assert lines("one\ntwo", 400) == ["one two"]
    assert lines("คำ\u200bยาว", 400) == ["คำยาว"]
    assert lines("20\u00a0พ.ย.", 1)[0] != "20"


def test_width_is_the_fonts_own() -> None:
    """A mark above adds nothing; twice the size is twice as wide; bold is wider; the unknown is a square."""
    assert width("กี่") == width("ก")
    assert width("ส่งต่อ", 28) == 2 * width("ส่งต่อ", 14)
    assert width("Songtor", bold=True) > width("Songtor")
    assert width("語", 20) == 20
