"""The evening from beginning to end: which scenes there are, and what each waits for."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace

from tests.demo import berlin, centre, epilogue, los_angeles, prologue, taipei
from tests.demo.gate import place
from tests.demo.play import Play
from tests.demo.program import Failed
from tests.demo.table import closing
from tests.demo.teller import Scene, Teller

Act = Callable[[Play, Scene], Awaitable[None]]


@dataclass(frozen=True)
class Part:
    """A scene of the story, and the names of those that must have ended before it begins."""

    name: str
    act: Act
    en: str
    th: str
    after: tuple[str, ...] = ("founded",)


PARTS = (
    Part("founded", prologue.founded, "A network is founded", "ตั้งเครือข่าย", ()),
    Part("confined", berlin.confined, "A wife behind a locked door", "ภรรยาหลังประตูที่ถูกล็อก"),
    Part("flower", berlin.flower, "A girl with a full flower", "เด็กหญิงกับดอกไม้ครบกลีบ"),
    Part("homecoming", berlin.homecoming, "Going home to Phayao", "กลับบ้านที่พะเยา"),
    Part("late_boy", taipei.late_boy, "Eight years late", "แปดปีที่ล่าช้า"),
    Part("trafficked", taipei.trafficked, "A debt that was never hers", "หนี้ที่ไม่เคยเป็นของเธอ"),
    Part("fraud", taipei.fraud, "45,000 baht", "สี่หมื่นห้าพันบาท"),
    Part("family", taipei.family, "The family in Udon Thani", "ครอบครัวที่อุดรธานี"),
    Part("danger", los_angeles.danger, "The guardian is the danger", "ผู้ปกครองคืออันตราย"),
    Part("voices", los_angeles.voices, "A student who hears voices", "นักศึกษาที่ได้ยินเสียง"),
    Part("missing", los_angeles.missing, "Twelve years without a word", "สิบสองปีที่ไม่มีข่าว"),
    Part("at_night", los_angeles.at_night, "Red, at night, alone", "แดง กลางดึก คนเดียว"),
    Part(
        "cut",
        centre.cut,
        "A pension, and a cut cable",
        "เรื่องบำนาญกับสายเคเบิลที่ขาด",
        ("confined", "flower", "homecoming", "voices"),
    ),
    Part("hotline", centre.hotline, "The hotline to Taipei", "สายด่วนถึงไทเป"),
    Part("embassy", centre.embassy, "The embassy to Los Angeles", "สถานทูตถึงลอสแอนเจลิส"),
    Part("revoked", epilogue.revoked, "A stolen laptop", "แล็ปท็อปที่ถูกขโมย"),
    Part(
        "liaison",
        epilogue.liaison,
        "The embassy in Berlin asks",
        "สถานทูตที่เบอร์ลินถาม",
        ("homecoming", "danger", "confined"),
    ),
)


async def play_all(play: Play, teller: Teller) -> list[str]:
    """Plays every part, side by side as far as they may, and tells them in order; gives what went wrong."""
    scenes = {part.name: teller.scene(part.en, part.th) for part in PARTS}
    over: dict[str, asyncio.Task[bool]] = {}
    wrong: list[str] = []

    async def one(number: int, part: Part) -> bool:
        """Whether it ended well; one that rests on another that did not is not begun."""
        place.set(number)
        scene = scenes[part.name]
        try:
            if not all([await over[name] for name in part.after]):
                scene.say("(Not begun.)", "(ไม่ได้เริ่ม)")
                return False
            await part.act(play, scene)
            return True
        except* Failed as failed:
            for error in failed.exceptions:
                wrong.append(f"{scene.title}: {error}")
                scene.say(f"✗ {error}", f"✗ {error}")
        finally:
            scene.close()
        return False

    async with asyncio.TaskGroup() as together:
        for number, part in enumerate(PARTS):
            over[part.name] = together.create_task(one(number, part))
        await teller.tell(list(scenes.values()))
    return wrong


async def prove(play: Play, teller: Teller) -> list[str]:
    """The table of the cases, then the search; gives what is not as it must be."""
    table = teller.scene("How they stand", "สถานะของแต่ละเรื่อง")
    search = teller.scene("What never reached the centre", "สิ่งที่ไม่เคยไปถึงศูนย์กลาง")
    await play.proof.plant(play.stage.lines["US-20"], play.ports["exchange"])
    await play.proof.look()
    rows = [play.rows[number] for number in sorted(play.rows)]
    sizes = play.proof.sizes  # of what the centre itself sent
    table.show(closing([replace(row, bytes=sizes.get(row.reference, row.bytes)) for row in rows], table))
    table.close()
    await teller.tell([table])
    async with asyncio.TaskGroup() as together:
        together.create_task(teller.tell([search]))
        judged = together.create_task(_judge(play, search))
    return judged.result()


async def _judge(play: Play, scene: Scene) -> list[str]:
    try:
        return await play.proof.judge(scene)
    finally:
        scene.close()
