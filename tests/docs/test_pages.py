"""The pages hold: commands run or at least exist, what is shown comes, links lead somewhere."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from songtor_node.bootstrap import create_node
from songtor_node.unlock import Unlock
from songtor_proto.keyslot import CHEAP
from songtor_proto.reference import normalise
from tests.docs import codes, pictures
from tests.docs.pages import PAGES, ROOT, Block, anchors, blocks, links
from tests.docs.photographs import VIEWS
from tests.docs.terminal import PASSPHRASE, PROGRAMS, Stage, Terminal

MAKE = re.compile(r"^\$ (?:sudo )?make ([a-z-]+)", re.MULTILINE)
TYPED = re.compile(r"^\$ (?:sudo (?:-u \S+ )?)?(songtor-(?:node|hub) [^|<>#\n]+)", re.MULTILINE)
MENTIONED = re.compile(r"`(songtor-(?:node|hub) [^`]+)`")
LARGEST = 150 * 1024  # bytes of one picture
TARGETS = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))


@pytest.mark.parametrize(
    "page", [page for page in PAGES if any(blocks(page, "console"))], ids=lambda page: page.name
)
def test_what_a_page_types_works_and_answers_what_it_shows(page: Path, stage: Stage) -> None:
    """From the first `console` block to the last, in one folder, against a hub on loopback."""
    terminal = stage("th" if page.name.endswith(".th.md") else "en")
    if page.name.startswith("caseworker"):
        _enrolled(terminal, "DE-01", "songtor-node", "malee", "anong")
        _enrolled(terminal, "TW-44", "taipei", "ratree")
        terminal.ok("songtor-node", "sync")
    for block in blocks(page, "console"):
        terminal.type(block)


@pytest.mark.parametrize("block", [block for page in PAGES for block in blocks(page, "sh")], ids=str)
def test_what_a_page_names_exists(block: Block, capsys: pytest.CaptureFixture[str]) -> None:
    """Of `sh` blocks, which need a server or a person: each command, option and make target is there."""
    text = block.text.replace("\\\n", " ")
    assert set(MAKE.findall(text)) <= TARGETS
    for command in TYPED.findall(text):
        _exists(command, capsys)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_what_a_page_mentions_exists(page: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """In running text, too, a command that is named is a command that there is."""
    for words in MENTIONED.findall(page.read_text(encoding="utf-8")):
        _exists(words, capsys)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    """Each to a file of the project, and to a heading that is there."""
    for link in links(page):
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        assert target.exists(), link
        assert not anchor or anchor in anchors(target), link


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_tables_of_codes_are_the_networks_own(page: Path) -> None:
    """A code that is added to the data is on the page (`python -m tests.docs.codes`)."""
    assert page.read_text(encoding="utf-8") == codes.renewed(page)


@pytest.mark.parametrize("name", pictures.DRAWN)
def test_a_picture_is_what_the_program_shows(name: str) -> None:
    """Drawn anew it is the same (`python -m tests.docs.pictures`)."""
    assert (pictures.PICTURES / name).read_text(encoding="utf-8") == pictures.DRAWN[name]()


@pytest.mark.parametrize("picture", sorted(pictures.PICTURES.glob("*.svg")), ids=lambda picture: picture.name)
def test_a_picture_fetches_nothing(picture: Path) -> None:
    """Whoever looks at a page is seen by nobody else."""
    text = picture.read_text(encoding="utf-8").replace("http://www.w3.org/2000/svg", "")
    assert not re.search(r"://|@import|@font-face|url\(", text)


def test_pictures_are_small_and_all_are_shown() -> None:
    """Each is on some page, and made by the program; a page with six of them is there in a few seconds."""
    shown = {(page.parent / link).resolve() for page in PAGES for link in links(page)}
    assert set(pictures.PICTURES.iterdir()) <= shown
    taken = {f"{name}.{lang}.webp" for name, view in VIEWS.items() for lang in view.languages}
    assert {picture.name for picture in pictures.PICTURES.glob("*.webp")} == taken
    assert all(picture.stat().st_size <= LARGEST for picture in pictures.PICTURES.iterdir())


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_a_picture_is_said_in_words(page: Path) -> None:
    """Whoever does not see it hears what it shows."""
    text = page.read_text(encoding="utf-8")
    assert not re.search(r"!\[\s*\]|<img (?![^>]*alt=\"[^\"]{10})", text)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_references_on_a_page_could_be_real(page: Path) -> None:
    """R2: whoever types one as it stands is told that it is not here, not that it is mistyped."""
    for text in re.findall(r"\b[A-Z]{2}\d\d-[0-9A-Z]{4}-[0-9A-Z]{4}\b", page.read_text(encoding="utf-8")):
        assert normalise(text) == text


def _enrolled(terminal: Terminal, seat: str, data: str, *workers: str) -> None:
    """A node in its folder with these caseworkers, in the network and in touch."""
    create_node(terminal.folder / data, Unlock(passphrase=PASSPHRASE), cost=CHEAP).close()
    (terminal.folder / "code").write_text(
        terminal.ok("songtor-hub", "seat", "invite", seat), encoding="utf-8"
    )
    terminal.ok("songtor-node", "--data", data, "enrol", "-", source="code")
    for worker in workers:
        terminal.ok("songtor-node", "--data", data, "worker", "add", worker, "--role", "caseworker")
    terminal.ok("songtor-node", "--data", data, "sync")


def _exists(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    """The command and each option of it, as the program itself knows them."""
    program, *words = shlex.split(command)
    assert PROGRAMS[program]([*words, "--help"]) == 0, f"{command}\n{capsys.readouterr().err}"
