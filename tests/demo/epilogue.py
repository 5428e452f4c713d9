"""Who may not look, and who may look a little."""

from __future__ import annotations

import asyncio
import json
import ssl
from http.client import HTTPSConnection
from typing import Any

from songtor_proto.identity import invitation
from songtor_proto.vocabulary import vocabulary
from tests.demo.play import Play, expect, refused
from tests.demo.prologue import MISSION
from tests.demo.teller import Scene

SPARE = "HK-45"
UNKNOWN = "DE01-0000-0000"


async def revoked(play: Play, scene: Scene) -> None:
    """A seat is revoked; its next call is refused."""
    invited, node = await asyncio.gather(play.stage.hub.run("seat", "invite", SPARE), play.stage.make(SPARE))
    await node.run("enrol", "-", said=invited["code"] + "\n")
    await node.run("sync", "--once")
    await play.stage.hub.run("seat", "revoke", SPARE)
    await refused(node.run("sync", "--once"), "peer.revoked")
    scene.say(
        f"A laptop is stolen in Hong Kong ({SPARE}). The centre revokes the seat; its very next call is "
        "refused, though "
        "its certificate would be good for six days more.",
        f"แล็ปท็อปที่ฮ่องกง ({SPARE}) ถูกขโมย ศูนย์ระงับที่นั่งนั้น การเรียกครั้งถัดไปถูกปฏิเสธทันที แม้ใบรับรองยังเหลืออีกหกวัน",
    )


async def liaison(play: Play, scene: Scene) -> None:
    """The embassy in Berlin asks where four referrals stand."""
    token = (await play.stage.hub.run("liaison", "add", MISSION, "--countries", "DE"))["token"]
    asked = {
        "homecoming": play.references["homecoming"],
        "foreign": play.references["danger"],
        "out of sight": play.references["confined"],
        "unknown": UNKNOWN,
    }
    answers = {why: await asyncio.to_thread(_look, play, token, one) for why, one in asked.items()}
    status, body = answers.pop("homecoming")
    seen = json.loads(body)
    expect(status == 200 and seen["stage"] == "report", f"the liaison was answered {status}")
    stage = vocabulary().referral_stages[seen["stage"]].label(scene.lang)
    scene.say(
        f"The embassy in Berlin asks about {seen['reference']}, which ยายบัวเงิน lets it see: {stage}, "
        f"{seen['state']}, at: {seen['at']}. Nothing of why, nor of which desk.",
        f"สถานทูตที่เบอร์ลินถามถึง {seen['reference']} ซึ่งยายบัวเงินให้ดูได้: {stage}, {seen['state']}, "
        f"{seen['at']} "
        "ไม่มีเนื้อหา และไม่บอกว่าโต๊ะใด",
    )
    expect(len(set(answers.values())) == 1 and status != 404, "the misses do not all look the same")
    expect({code for code, _ in answers.values()} == {404}, "a miss was not answered “not found”")
    scene.say(
        "It asks about a boy in another country, about นวล, whose husband has friends there, and about a "
        "number that "
        "does not exist. Three times the same answer, byte for byte: not found.",
        "ถามถึงเด็กในประเทศอื่น ถามถึงนวล ซึ่งสามีมีเพื่อนอยู่ที่นั่น และถามเลขที่ไม่มีจริง ได้คำตอบเดียวกันทุกตัวอักษรทั้งสามครั้ง: ไม่พบ",
    )


def _look(play: Play, token: str, reference: str) -> tuple[int, bytes]:
    """Over HTTPS, believing the network's root alone."""
    root = invitation.parse(play.invitations["DE-01"]).root
    trust = ssl.create_default_context(cadata=root)
    connection = HTTPSConnection("127.0.0.1", play.ports["liaison"], timeout=20, context=trust)
    try:
        headers: dict[str, Any] = {"authorization": f"Bearer {token}"}
        connection.request("GET", f"/api/v1/referrals/{reference}", headers=headers)
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()
