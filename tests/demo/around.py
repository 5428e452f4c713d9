"""What is said around the story: before it what it is, after it whether it held, and what one can try."""

from __future__ import annotations

import asyncio
import shlex
from collections.abc import Sequence

from tests.demo.play import Play
from tests.demo.program import BIN
from tests.demo.prologue import SEATS, WORKERS
from tests.demo.stage import Stage

ADMIN = "admin"


def beginning(lang: str) -> str:
    return (
        "ส่งต่อ · หนึ่งค่ำคืนของเครือข่าย ทุกคน ทุกหมายเลข ทุกที่อยู่ สมมติขึ้นทั้งหมด โปรแกรมเป็นของจริง"
        if lang == "th"
        else "Songtor (ส่งต่อ): one evening of the network. All people, numbers and addresses are invented; "
        "the programs are real."
    )


def verdict(wrong: Sequence[str], play: Play, seconds: float, lang: str) -> str:
    if wrong:
        head = "ไม่เป็นไปตามที่เล่า:" if lang == "th" else "Not as told:"
        return "\n".join([head, *(f"  ✗ {one}" for one in wrong)])
    heard = sum(line.bytes for line in play.stage.lines.values())
    cases, commands = len(play.rows), play.stage.gate.passed
    return (
        f"✓ ทั้งหมดเป็นไปตามที่เล่า: {cases} เรื่อง {commands} คำสั่ง {heard:,} ไบต์ระหว่างโหนดกับศูนย์ {seconds:.0f} วินาที"
        if lang == "th"
        else f"✓ All is as told: {cases} cases, {commands} commands, {heard:,} bytes between nodes and hub, "
        f"{seconds:.0f} seconds."
    )


async def keeping(play: Play, lang: str) -> str:
    """Where everything is and how one comes in, lines to copy, how to stop."""
    stage, thai = play.stage, lang == "th"
    confined = play.references["confined"]
    lines = [
        (stage.hub.words("inbox", by="wanida"), stage.hub),
        (stage.hub.words("show", play.references["homecoming"], by="wanida"), stage.hub),
        (stage.nodes["DE-01"].words("case", "list", by="malee"), stage.nodes["DE-01"]),
        (stage.nodes["DE-01"].words("referral", "show", confined, by="malee"), stage.nodes["DE-01"]),
        (stage.nodes["DE-01"].words("openings", confined, by="malee"), stage.nodes["DE-01"]),
    ]
    ports = ", ".join(
        f"{name} {port}" for name, port in play.ports.items() if isinstance(port, int) and port > 1
    )
    doors = await asyncio.gather(*(_door(play, seat, lang) for seat in SEATS))
    return "\n".join(
        [
            "",
            "ทุกอย่างยังทำงานอยู่:" if thai else "Everything still runs:",
            f"  {stage.folder}  (hub, {', '.join(stage.nodes)}, logs)",
            f"  {ports}",
            "หน้าเว็บของแต่ละเครื่องหลัก เปิดในหน้าต่างส่วนตัวแยกกัน พิมพ์รหัสผู้ปฏิบัติงาน "
            "และรหัสครั้งเดียวในช่องรหัสผ่าน จากนั้นใช้แอปยืนยันตัวตนแอปใดก็ได้:"
            if thai
            else "The pages, each node's in a private window of its own. Type the worker's code, and the "
            "one-time code in the password's place; then any authenticator app will do:",
            *(f"  {line}" for door in doors for line in door),
            "ลองพิมพ์ในหน้าต่างอื่น:" if thai else "To try, in another window:",
            *(f"  {shlex.join([str(BIN / words[0]), '--lang', lang, *words[1:]])}" for words, _ in lines),
            "กด Ctrl-C เพื่อหยุดและลบทั้งหมด" if thai else "Ctrl-C stops it and takes it away.",
        ]
    )


async def _door(play: Play, seat: str, lang: str) -> list[str]:
    """The address of a node's pages, and with which one-time codes a caseworker and its administrator, who is
    made for it, sign in."""
    node, place = play.stage.nodes[seat], SEATS[seat][lang == "th"]
    await node.run("worker", "add", ADMIN, "--role", "node_admin")
    given = [await node.run("worker", "code", worker) for worker in (next(iter(WORKERS[seat])), ADMIN)]
    codes = "   ".join(f"{one['worker']}: {one['code']}" for one in given)
    return [f"{play.stage.servers[seat].said['pages']}  {place} ({seat})", f"    {codes}"]


def left_behind(stage: Stage, lang: str) -> str:
    where = f"{stage.folder}"
    return f"แฟ้มและบันทึกยังอยู่ที่ {where}" if lang == "th" else f"Folders and logs are left in {where}"
