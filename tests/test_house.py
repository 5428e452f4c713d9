"""The house itself: what is installed is what the four distributions say."""

import re
import tomllib
from importlib.metadata import entry_points, version
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
SIDES = ["proto", "web", "node", "hub"]


@pytest.mark.parametrize("side", SIDES)
def test_each_distribution_is_installed_in_place(side: str) -> None:
    project = tomllib.loads((ROOT / side / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert version(project["name"]) == project["version"]
    module = __import__(f"songtor_{side}")
    assert module.__file__ is not None
    assert Path(module.__file__).is_relative_to(ROOT / side)
    assert (ROOT / side / f"songtor_{side}" / "py.typed").is_file()


@pytest.mark.parametrize("side", ["node", "hub"])
def test_each_side_has_its_command(side: str) -> None:
    (command,) = entry_points(group="console_scripts", name=f"songtor-{side}")
    assert callable(command.load())


@pytest.mark.parametrize(("side", "other"), [("node", "hub"), ("hub", "node")])
def test_a_side_never_depends_on_the_other(side: str, other: str) -> None:
    project = tomllib.loads((ROOT / side / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert not [need for need in project["dependencies"] if need.startswith(f"songtor-{other}")]


@pytest.mark.parametrize("lock", ["requirements.lock", "tools/uv.txt"])
def test_the_lock_names_no_address_and_hashes_everything(lock: str) -> None:
    text = (ROOT / lock).read_text(encoding="utf-8")
    assert "://" not in text
    assert "index-url" not in text
    for entry in re.split(r"\n(?=\S)", text):
        assert entry.startswith("#") or re.match(r"[\w.\-\[\]]+==\S+.*\\\n +--hash=sha256:", entry), entry


@pytest.mark.parametrize("side", SIDES)
def test_each_distribution_carries_the_licence(side: str) -> None:
    assert (ROOT / side / "LICENSE").read_bytes() == (ROOT / "LICENSE").read_bytes()
