"""The words of the pages: complete in both languages, all used, none missing."""

from __future__ import annotations

import re
from importlib.resources import files
from pathlib import Path
from string import Formatter

import songtor_node
import songtor_web
from songtor_proto.vocabulary import policy
from songtor_web.shell import text_folders
from songtor_web.texts import Texts
from tests.support.node import new_node
from tests.support.visitor import visitor

TEXTS = Texts(text_folders(files("songtor_node") / "web" / "texts"))
NODE = Path(songtor_node.__file__).parent
SHARED = Path(songtor_web.__file__).parent
SOURCES = "\n".join(
    path.read_text("utf-8")
    for folder in (NODE, SHARED)
    for path in sorted(folder.rglob("*"))
    if path.suffix in (".py", ".html")
)
_THAI = re.compile("[\u0e00-\u0e7f]")
_LATIN_ONLY = {"shell.other_language"}


def test_every_phrase_is_thai_and_english() -> None:
    """A page never falls into the other language."""
    wrong = [
        key
        for key, (thai, english, *_) in TEXTS.phrases.items()
        if key not in _LATIN_ONLY and (not (_THAI.search(thai) or thai == english) or _THAI.search(english))
    ]
    assert not wrong


def test_a_phrase_asks_for_the_same_values_in_both_languages() -> None:
    """What is put into the Thai is put into the English."""

    def asked(text: str) -> set[str]:
        return {name for _, name, _, _ in Formatter().parse(text) if name}

    assert not [
        key
        for key, (thai, *english) in TEXTS.phrases.items()
        if any(asked(text) - {"n"} != asked(thai) - {"n"} for text in english)
    ]


def test_every_word_that_a_page_says_is_there() -> None:
    """No page ends in a missing phrase."""
    said = set(re.findall(r"""\bt\(\s*["']([a-z_]+\.[a-z0-9_]+)["']\s*[,)]""", SOURCES))
    assert said
    assert not sorted(said - TEXTS.phrases.keys())


def test_no_phrase_is_left_over() -> None:
    """A phrase that no page says is taken out."""
    # Rooms whose keys are put together: t("done." ~ key) in a template, t(f"field.{name}") in Python.
    built = set(re.findall(r"""["']([a-z_]+)\.[a-z_]*(?:["'] ?~|\{)""", SOURCES))
    assert not [
        key
        for key in TEXTS.phrases
        if key.split(".")[0] not in built and f'"{key}"' not in SOURCES and f"'{key}'" not in SOURCES
    ]


def test_an_address_that_leads_nowhere_says_so_kindly(tmp_path: Path) -> None:
    """Whoever mistypes an address is told in words, with the same headers as everywhere, and led back."""
    answer = visitor(new_node(tmp_path / "nowhere"), "malee").get("/nothing-here")
    assert answer.status_code == 404
    assert "ไม่มีหน้านี้" in answer.text
    assert answer.headers["cache-control"] == "no-store"
    assert 'href="/"' in answer.text


def test_thai_has_one_word_for_one_thing() -> None:
    """A page, a command and a consent do not call the same thing by two names."""
    other = ("เคส", "จุดบริการ", "ลำดับเหตุการณ์")
    said = {key: thai for key, (thai, *_) in TEXTS.phrases.items()}
    said |= {code: term.label("th") for code, term in policy().categories.items()}
    said |= {path.name: path.read_text("utf-8") for path in sorted((NODE / "cli").rglob("*.py"))}
    assert not [key for key, thai in said.items() if any(word in thai for word in other)]
