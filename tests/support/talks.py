"""Conversations about a consent as a worker's browser leads them, for tests that need one."""

from __future__ import annotations

import base64
import re
import struct
import zlib
from typing import Any

from songtor_node.bootstrap import Node
from songtor_node.cases import service
from songtor_node.cases.casefile import CaseFile
from songtor_node.store.engine import writing
from songtor_node.workers import acting
from tests.support.visitor import Visitor

ADULT: dict[str, Any] = {
    "target_group": "thai_abroad",
    "channel": "line",
    "request": {"text": "ขอที่พักปลอดภัย"},
    "client": {
        "name_thai": "นวล ตัวอย่าง",
        "birth_date": "1988-04",
        "languages": ["th"],
        "contacts": [{"channel": "line", "value": "nuan", "safe": "เช้าวันธรรมดา"}],
    },
    "people": [
        {"relation": "สามี", "name_latin": "Max Beispiel", "danger": True, "lives_with_client": True},
    ],
    "problems": [{"code": "domestic_violence"}],
}
CHILD: dict[str, Any] = {
    "target_group": "thai_abroad",
    "channel": "line",
    "client": {"nickname": "ตูม", "birth_date": "2015"},
    "people": [
        {"relation": "มารดา", "name_thai": "จันทร์ สมมติ", "guardian": True},
        {"relation": "บิดาเลี้ยง", "name_thai": "ดำ สมมติ", "guardian": True, "danger": True},
    ],
    "problems": [{"code": "child_protection"}],
}


def png() -> str:
    """A picture as a browser's canvas gives it."""

    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    head = struct.pack(">IIBBBBB", 4, 4, 8, 6, 0, 0, 0)
    rows = zlib.compress(b"".join(b"\0" + b"\x1c\x2a\x4a\xff" * 4 for _ in range(4)))
    picture = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")
    return "data:image/png;base64," + base64.b64encode(picture).decode()


def case_of(node: Node, data: dict[str, Any] = ADULT, by: str = "malee") -> str:
    with writing(node.engine) as session:
        form = CaseFile.model_validate(data)
        return service.create(
            session, form, by=acting(session, by), now=node.clock(), random=node.random
        ).code


def begin(who: Visitor, case: str) -> str:
    """A new conversation; gives its path."""
    answer = who.post(f"/cases/{case}/consents/new", {"safe": "yes"})
    assert answer.status_code == 303
    return str(answer.headers["location"].rsplit("/", 1)[0])


def say(visiting: Visitor, talk: str, screen: str, /, **said: Any) -> str:
    """Answers one screen; gives the next one's name."""
    answer = visiting.post(f"{talk}/{screen}", said)
    assert answer.status_code == 303, (
        re.findall(r'class="error"[^>]*>([^<]*)', answer.text) or answer.text[:900]
    )
    return str(answer.headers["location"].removeprefix(f"{talk}/"))


def to_check(who: Visitor, talk: str, *, phone: str = "read", **said: Any) -> str:
    """An adult's answers up to the last question; gives what is to be sent with it."""
    assert say(who, talk, "who", who="client") == "purpose"
    assert say(who, talk, "purpose", purpose="domestic_violence") == "recipients"
    assert say(who, talk, "recipients", recipients=["TH-00/dwf"]) == "phone"
    assert say(who, talk, "phone", phone=phone, language=said.get("language", "th")) == "told"
    assert say(who, talk, "told", told=said.get("told", ["demographics", "place", "problems"])) == "days"
    assert say(who, talk, "days", days=said.get("days", "90")) == "follow"
    assert say(who, talk, "follow") == "sight"
    assert say(who, talk, "sight", sight=said.get("sight", "no")) == "check"
    found = re.search(r'name="seen" value="([0-9a-f]+)"', who.get(f"{talk}/check").text)
    assert found
    return found[1]
