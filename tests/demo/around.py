"""What is said around the story: before it what it is, after it whether it held, and what one can try."""

from __future__ import annotations

import shlex
from collections.abc import Sequence

from tests.demo.play import Play
from tests.demo.program import BIN
from tests.demo.stage import Stage


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


def keeping(play: Play, lang: str) -> str:
    """Where everything is, lines to copy, how to stop."""
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
    return "\n".join(
        [
            "",
            "ทุกอย่างยังทำงานอยู่ กด Ctrl-C เพื่อหยุดและลบทั้งหมด"
            if thai
            else "Everything still runs. Ctrl-C stops it and takes it away.",
            f"  {stage.folder}  (hub, {', '.join(stage.nodes)}, logs)",
            f"  {ports}",
            "ลองพิมพ์ในหน้าต่างอื่น:" if thai else "To try, in another window:",
            *(f"  {shlex.join([str(BIN / words[0]), '--lang', lang, *words[1:]])}" for words, _ in lines),
        ]
    )


def left_behind(stage: Stage, lang: str) -> str:
    where = f"{stage.folder}"
    return f"แฟ้มและบันทึกยังอยู่ที่ {where}" if lang == "th" else f"Folders and logs are left in {where}"
