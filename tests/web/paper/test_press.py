"""The press: what is typed stays text, a file says nothing of a case beside its pages, all is bounded."""

from __future__ import annotations

import subprocess
import sys
from io import BytesIO
from pathlib import Path
from typing import Any

import pypdf
import pytest

import songtor_web.paper.press
from songtor_web.paper.press import PaperError, pdf, png
from songtor_web.paper.sheets import (
    Facts,
    Heading,
    Note,
    Picture,
    Prose,
    Sheet,
    Signature,
    Table,
    ToDate,
    ToTick,
    ToWrite,
)

HOSTILE = (
    '#panic("x")',
    '#read("/etc/passwd")',
    '#image("/etc/passwd")',
    "$ integral $ *bold* _it_ `raw` <label> @ref = heading",
    '"); #sys.inputs; ("',
    "\\u{1f4a9} \\# // /* */ ~ --- …",
    "#{ while true {} }",
    '#import "@preview/nothing:1.0.0"',
)
SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="300" height="80" viewBox="0 0 300 80">'
    '<text x="10" y="40" font-family="Sarabun, sans-serif" font-size="16">แม่ของน้ำ</text></svg>'
)


def text(content: bytes) -> str:
    return "\n".join(page.extract_text() for page in pypdf.PdfReader(BytesIO(content)).pages)


def a_sheet(*blocks: object, **more: Any) -> Sheet:
    usual: dict[str, Any] = {"lang": "en", "title": "A sheet", "blocks": blocks}
    return Sheet(**usual | more)


@pytest.mark.parametrize("words", HOSTILE)
def test_what_somebody_typed_is_text_wherever_it_stands(words: str) -> None:
    """Nothing of it is run, read or made bold."""
    made = a_sheet(
        Heading(words), Prose(words), Note(words), Facts([(words, words)]),
        Table([words], [[words]], (1,)), Picture(SVG, words), ToWrite(words, words),
        ToTick(words, [words], words), ToDate(words, ("d", "m", "y")), Signature([words]),
        title=words, head=words, subtitle=words, foot=words, mark=words,
    )  # fmt: skip
    found = "".join(text(pdf(made)).split())
    assert found.count("".join(words.split())) >= 14


def test_a_picture_that_asks_for_a_file_is_not_printed() -> None:
    """An SVG brings in nothing from the machine."""
    svg = SVG.replace("</svg>", '<image href="/etc/passwd" width="9" height="9"/></svg>')
    with pytest.raises(PaperError):
        pdf(a_sheet(Picture(svg)))


def test_words_in_a_picture_are_found_too() -> None:
    """A name in a genogram is searched for like any other."""
    assert "แม่ของน้ำ" in text(pdf(a_sheet(Picture(SVG))))


def test_the_same_sheet_is_the_same_file() -> None:
    """No clock, no chance."""
    assert pdf(a_sheet(Prose("ที่"))) == pdf(a_sheet(Prose("ที่")))


def test_a_files_properties_say_nothing_of_a_case() -> None:
    """Neither title, nor author, nor time."""
    made = pypdf.PdfReader(BytesIO(pdf(a_sheet(Prose("secret"), title="secret", foot="secret"))))
    assert made.metadata is not None
    assert dict(made.metadata) == {"/Title": "Songtor", "/Creator": made.metadata["/Creator"]}
    assert "secret" not in str(made.metadata["/Creator"])


def test_pages_are_numbered_and_a_tables_head_stands_on_each() -> None:
    """A sheet that falls from the pile is put back where it belongs."""
    made = pdf(a_sheet(Table(["What", "Who"], [["a long row of words " * 9, "me"]] * 60, (3, 1)), foot="C-1"))
    pages = [page.extract_text() for page in pypdf.PdfReader(BytesIO(made)).pages]
    assert len(pages) > 2
    for number, page in enumerate(pages, 1):
        assert f"Page {number}/{len(pages)}" in page
        assert "What" in page
        assert "C-1" in page


def test_the_longest_text_goes_over_pages_and_loses_nothing() -> None:
    """12,000 letters in a cell too."""
    words = " ".join(str(number) for number in range(2400))
    found = text(pdf(a_sheet(Facts([("All", words)])))).split()
    assert [one for one in found if one.isdigit()][:2400] == words.split()


def test_too_much_for_one_sheet_is_refused() -> None:
    """In size; before anything is set."""
    with pytest.raises(PaperError) as refused:
        pdf(a_sheet(Prose("a" * songtor_web.paper.press.MAX_BYTES)))
    assert refused.value.why == "too_large"


def test_what_is_no_picture_fails_without_a_word_of_it(capfd: pytest.CaptureFixture[str]) -> None:
    """The complaint that quotes it reaches no log."""
    with pytest.raises(PaperError) as refused:
        pdf(a_sheet(Picture("<svg secret")))
    assert str(refused.value) == refused.value.why == "failed"
    assert capfd.readouterr() == ("", "")


def test_typst_is_never_loaded_by_the_program_itself() -> None:
    """An idle node holds none of it, and neither does one that prints."""
    code = (
        "import sys; from songtor_web.paper import press; from songtor_web.paper.sheets import *;"
        "press.pdf(Sheet(lang='th', title='-', blocks=[Prose('-')]));"
        "sys.exit('typst' in sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_nothing_is_written_to_the_disk(tmp_path: Path) -> None:
    """The typesetter may not make a file of any size."""
    code = (
        "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0));"
        "from songtor_web.paper import press; from songtor_web.paper.sheets import *;"
        "print(len(press.pdf(Sheet(lang='th', title='-', blocks=[Prose('-')]))) > 1000)"
    )
    done = subprocess.run([sys.executable, "-c", code], stdout=subprocess.PIPE, check=True, cwd=tmp_path)
    assert done.stdout == b"True\n"
    assert not list(tmp_path.iterdir())


def test_a_blank_form_carries_its_code_on_paper_and_for_a_camera() -> None:
    """Both stand at the head of the sheet; the pages can be looked at."""
    made = a_sheet(ToWrite("1. Name"), code="F-7K3M9")
    assert "F-7K3M9" in text(pdf(made))
    (page,) = png(made)
    assert page.startswith(b"\x89PNG")


@pytest.mark.parametrize(
    "words",
    [
        "👩‍👧‍👦🏳️‍🌈 and words",
        "ก" + "\u0e49\u0e34" * 60,
        "ยาว" * 1000,
        "a" * 3000,
        "\u202eevil \x00\x07 \ud800",
        "\u0301 \u0e49 \u0e33",
        "- \n-\n\n\n- a",
        " \t\n ",
        "",
    ],
)
def test_whatever_is_typed_can_be_printed(words: str) -> None:
    """Signs upon signs, words without an end, what turns the direction, nothing at all."""
    made = a_sheet(
        Heading(words), Prose(words), Facts([(words, words)]), Table([words], [[words]], (1,)),
        ToTick(words, [words]), Signature([words]), title=words,
    )  # fmt: skip
    assert pypdf.PdfReader(BytesIO(pdf(made))).pages


def test_a_word_without_an_end_stays_on_the_page() -> None:
    """A link in a narrow column folds, and is copied whole."""
    link = "https://www.example.org/profile.php?id=100012345678901&mibextid=ZbWKwLabcdefghijklmnop"
    made = pdf(a_sheet(Prose(link * 3), Table(["-"] * 5, [[link, "-", "-", "-", "-"]], (1, 1, 1, 1, 1))))
    (page,) = pypdf.PdfReader(BytesIO(made)).pages
    across: list[float] = []
    page.extract_text(visitor_text=lambda words, _cm, tm, *_: across.append(tm[4]) if words.strip() else None)
    assert max(across) < float(page.mediabox.width)
    assert "".join(page.extract_text().split()).count(link) == 4
