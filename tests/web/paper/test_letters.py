"""Thai on paper: what is found, copied and read aloud from a PDF is what was typed."""

from __future__ import annotations

from importlib.resources import files
from io import BytesIO
from itertools import product
from pathlib import Path
from unicodedata import normalize

import pypdf
import pytest
from fontTools.ttLib import TTFont
from hypothesis import given, settings
from hypothesis import strategies as st

from songtor_web.paper.letters import BOX, written
from songtor_web.paper.press import pdf
from songtor_web.paper.sheets import Facts, Prose, Sheet, Table

HARD = "น้ำ ที่ ผู้ป่วย กตัญญู ก๊วยเตี๋ยว สิ้นสุด ฐานะ ญาติผู้ใหญ่ ปั๊ม ฎีกา ช้ำ ค่ำ ฟื้นฟู ป่วย ฝั่ง เพื่อ สิทธิ์ พันธุ์ ฤๅษี กฎ จ๋า เก๊ะ"
STORY = (
    "ผู้รับบริการถูกกักขังอยู่ในบ้านเช่าและไม่ได้รับอนุญาตให้ออกไปไหนตามลำพังมาเป็นเวลานานจึงขอความช่วยเหลือให้ได้กลับบ้านกับลูก"
    "และขอคำปรึกษาทางกฎหมายเรื่องสิทธิเลี้ยงดูบุตรก่อนวันนัดศาลครั้งหน้าซึ่งอยู่ไกลจากที่พักมาก"
)
_MARKS = set(
    "\u0e31\u0e33\u0e34\u0e35\u0e36\u0e37\u0e38\u0e39\u0e3a\u0e47\u0e48\u0e49\u0e4a\u0e4b\u0e4c\u0e4d\u0e4e"
)


def read(content: bytes) -> list[str]:
    """The lines of all its pages, as another program reads them."""
    pages = pypdf.PdfReader(BytesIO(content)).pages
    return [line for page in pages for line in page.extract_text().split("\n")]


def lines(words: str) -> list[str]:
    return read(pdf(Sheet(lang="th", title="ตัวอย่าง", blocks=[Prose(words)])))


@pytest.mark.parametrize("word", HARD.split())
def test_a_hard_word_comes_out_as_it_was_typed(word: str) -> None:
    """Letter by letter, its marks in order."""
    assert word in lines(word)


def test_every_consonant_with_its_marks_is_one_text() -> None:
    """Whatever stands above and below it."""
    consonants = [chr(code) for code in range(0x0E01, 0x0E2F)]
    marks = [vowel + tone for vowel, tone in product(["", *"ัิีึืุู็"], ["", *"่้๊๋์"])] + ["ำ", "้ำ", "่ำ"]
    typed = [f"{one}{mark}" for one in consonants for mark in marks]
    found = " ".join(lines(" ".join(typed))).split()
    assert [one for one in found if one in set(typed)] == typed


def test_lines_break_between_words_and_never_before_a_mark() -> None:
    """A story without a space fills its lines; joined again it is the same text."""
    found = [line for line in lines(STORY) if line in STORY]
    assert "".join(found) == STORY
    assert len(found) > 1
    assert not [line for line in found if line[0] in _MARKS or len(line) > 110]


@given(st.lists(st.sampled_from(HARD.split()), min_size=1, max_size=40))
@settings(max_examples=8, derandomize=True, deadline=None)
def test_a_table_and_a_list_of_facts_say_the_same_words(words: list[str]) -> None:
    """In their order, cell by cell."""
    said = " ".join(words)
    sheet = Sheet(
        lang="th", title="-", blocks=[Facts([("-", said)]), Table(["-", "-"], [[said, "-"]], (2, 1))]
    )
    found = "".join("".join(read(pdf(sheet))).split())
    assert found.count("".join(words)) >= 2


def test_one_spelling_for_what_looks_alike() -> None:
    """A ring and ◌า for ◌ำ, a tone before its vowel: who searches finds them."""
    missing: set[str] = set()
    assert written("น\u0e4d\u0e49\u0e32 น\u0e49\u0e4d\u0e32 ท\u0e48\u0e35", missing) == "น้ำ น้ำ ที่"
    assert not missing


@pytest.mark.parametrize(
    "words",
    [
        "台北市中正區", "東京都港区", "서울특별시", "广东省", "Москва", "Łódź", "Đà Nẵng", "Αθήνα",
        "ບ້ານ", "ភ្នំ", "မြန်မာ", "دبي", "חיפה",
    ],
)  # fmt: skip
def test_addresses_of_the_networks_countries_can_be_printed(words: str) -> None:
    """No letter of them is missing."""
    missing: set[str] = set()
    assert written(words, missing) == words
    assert not missing


def test_a_letter_that_cannot_be_printed_is_marked_and_said() -> None:
    """Never a silent gap."""
    found = lines("ที่อยู่ \U00012000 ซอย 2")
    assert f"ที่อยู่ {BOX} ซอย 2" in found
    assert any(line.startswith(f"{BOX} คือ") for line in found)


@pytest.mark.parametrize("side", ["songtor_proto", "songtor_web", "songtor_node"])
def test_the_programs_own_words_can_all_be_printed(side: str) -> None:
    """Phrases, labels, notices, names of organisations and places."""
    missing: set[str] = set()
    for file in sorted(Path(str(files(side))).rglob("*")):
        if file.suffix in (".yaml", ".csv", ".txt") and "fonts" not in file.parts:
            written(file.read_text("utf-8"), missing)
    assert not missing


def test_every_font_that_is_there_is_used_and_knows_its_letters() -> None:
    """The list of what can be printed is that of the fonts; a sheet names each of them."""
    folder = Path(str(files("songtor_web"))) / "paper"
    sheet = (folder / "sheet.typ").read_text("utf-8")
    for file in (folder / "fonts").glob("*.ttf"):
        font = TTFont(file)
        missing: set[str] = set()
        letters = [letter for letter in map(chr, font.getBestCmap()) if normalize("NFC", letter) == letter]
        written("".join(letters), missing)
        assert missing <= {"\N{REPLACEMENT CHARACTER}"}, file.name  # for what turns the direction of writing
        family = str(font["name"].getDebugName(16) or font["name"].getDebugName(1))
        assert f'"{family}"' in sheet, file.name
