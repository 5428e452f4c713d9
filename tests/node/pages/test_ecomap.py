"""The ecomap on its page: a connection is added, changed and taken out; on paper without anybody's name."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from songtor_node.cases.pictures.ecomap import picture
from songtor_web.pictures.ecomap.model import HOUSEHOLD
from tests.support.casework import desk

PEOPLE: list[dict[str, Any]] = [
    {"key": "mother", "relation": "มารดา", "name_thai": "จันทรา สมมติ", "lives_with_client": True},
    {"key": "aunt", "relation": "ป้า", "name_thai": "บุญมี สมมติ"},
    {"key": "grandfather", "relation": "ตา", "lives_with_client": True, "deceased": True},
]
AROUND: list[dict[str, Any]] = [
    {"kind": "faith", "name": "วัดพุทธาราม", "strength": "strong", "flow": "to", "note": "จันทราพาไป"},
    {"kind": "friend", "name": "สมหญิง", "whom": "mother"},
    {"kind": "school", "name": "โรงเรียน", "whom": "aunt"},
    {"kind": "law", "name": "nobody's", "whom": "p99"},
]


def test_a_connection_is_added_changed_and_taken_out(tmp_path: Path) -> None:
    """Each stands in the picture as a link, and in the list; what was taken out is put back."""
    with desk(tmp_path / "node", people=PEOPLE[:1]) as at:
        assert "Nothing is around this household yet" in at.malee.get(at.path("/ecomap")).text
        form = at.malee.get(at.path("/ecomap/add")).text
        assert re.findall(r'name="whom" value="(\w*)"', form)[:3] == ["", "client", "mother"]
        said = {"kind": "school", "name": "Primary", "whom": "mother", "strength": "weak", "flow": "from"}
        assert at.malee.post(at.path("/ecomap/add"), said).status_code == 303
        (one,) = at.record().connections
        page = at.malee.get(at.path("/ecomap")).text
        drawn, _, below = page.partition("<svg xmlns")[2].partition("</svg>")
        assert f'<a href="{at.path("/ecomap")}/{one.id}" aria-label="Primary (School): Weak' in drawn
        assert "Primary" in below
        assert "style=" not in drawn
        at.malee.post(at.path(f"/ecomap/{one.id}"), {**said, "name": "Secondary"})
        assert [one.name for one in at.record().connections] == ["Secondary"]
        gone = at.malee.post(at.path(f"/ecomap/{one.id}/out"))
        assert at.record().connections == []
        number = re.search(r"undo=(\d+)", gone.headers["location"])
        assert number
        at.malee.post(at.path("/put-back"), {"number": number[1], "back": at.path("/ecomap")})
        assert [one.name for one in at.record().connections] == ["Secondary"]
        assert at.malee.post(at.path("/ecomap/add"), {"name": "of no kind"}).status_code == 422


def test_who_lives_there_and_whose_it_is(tmp_path: Path) -> None:
    """Who lives elsewhere is said beside what is theirs; what is nobody's is left out until they are back."""
    with desk(tmp_path / "node", people=PEOPLE, connections=AROUND) as at:
        found = picture(at.record(), lang="th")
    assert [one.key for one in found.members] == ["client", "mother"]
    assert [(one.name, one.whom) for one in found.connections] == [
        ("วัดพุทธาราม", HOUSEHOLD),
        ("สมหญิง", "mother"),
        ("โรงเรียน · ป้า", HOUSEHOLD),
    ]


def test_without_names_nobody_is_named(tmp_path: Path) -> None:
    """People are what they are to the client, a private person is their kind, a name in a note gives way."""
    with desk(tmp_path / "node", people=PEOPLE, connections=AROUND) as at:
        found = picture(at.record(), lang="th", names=False)
        assert "สมหญิง" not in str(found)
        assert not re.search("จันทรา|นวล|บุญมี", str(found))
        assert [one.name for one in found.connections] == ["วัดพุทธาราม", "", "โรงเรียน · ป้า"]
        assert "มารดา" in found.connections[0].note
        for asked in ("", "?names=no"):
            answer = at.malee.get(at.path(f"/ecomap.pdf{asked}"))
            assert answer.headers["content-type"] == "application/pdf"


def test_somebody_who_moved_out_keeps_what_is_theirs(tmp_path: Path) -> None:
    """The form still offers them for it."""
    with desk(tmp_path / "node", people=PEOPLE, connections=AROUND) as at:
        of_aunt = next(one for one in at.record().connections if one.whom == "aunt")
        form = at.malee.get(at.path(f"/ecomap/{of_aunt.id}")).text
        assert re.search(r'name="whom" value="aunt" checked', form)
        assert 'value="aunt"' not in at.malee.get(at.path("/ecomap/add")).text
