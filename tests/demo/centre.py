"""What came to the centre itself and went out to nodes; and what passes the centre unread."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from tests.demo.play import CASES, Play, expect
from tests.demo.program import Answer
from tests.demo.table import Row
from tests.demo.teller import Scene


async def hotline(play: Play, scene: Scene) -> None:
    """From the hotline to a node, which accepts."""
    ratree = play.worker("TW-44", "ratree")
    scene.say(
        "One in the morning, hotline 1300: วิเชียร, in a factory in Kaohsiung, has not been paid for two "
        "months.",
        "ตีหนึ่ง สายด่วน 1300: วิเชียรทำงานโรงงานที่เกาสง ไม่ได้ค่าแรงสองเดือน",
    )
    sent = await _out(play, "th-hotline", "TW-44")
    reference = sent["reference"]
    await ratree.once("accept", reference)
    await ratree.do("start", reference)
    report = "ไปพบนายจ้างพร้อมล่ามแล้ว ตกลงจ่ายภายในสิ้นเดือน"
    await play.write(ratree, "complete", reference, "--outcome", "assisted", "--text", text=report)
    await _heard(play, reference, "completed")
    await play.ends(13, scene.title, ratree, reference, "completed")
    play.rows[13] = _from_here(play.rows[13], sent)
    scene.say("รัตรี in Taipei takes it on, and goes there:", "รัตรีที่ไทเปรับเรื่อง และไปพบด้วยตนเอง")
    scene.quote("รัตรี", report)


async def embassy(play: Play, scene: Scene) -> None:
    """From an embassy, in a country without a node, to a node, which declines with a reason."""
    kanda = play.worker("US-20", "kanda")
    scene.say(
        "The embassy in Seoul: a Thai worker has died; his sister lives somewhere near Los Angeles.",
        "สถานทูตที่กรุงโซล: แรงงานไทยเสียชีวิต พี่สาวอยู่แถวลอสแอนเจลิส",
    )
    sent = await _out(play, "th-embassy", "US-20")
    reference = sent["reference"]
    await kanda.once("decline", reference, "--reason", "not_our_remit")
    await _heard(play, reference, "rejected")
    await play.ends(14, scene.title, kanda, reference, "rejected")
    play.rows[14] = _from_here(play.rows[14], sent)
    scene.say(
        "กานดา must decline, with the reason: the sister has moved to another state. The centre looks on.",
        "กานดาจำเป็นต้องส่งคืนพร้อมเหตุผล เพราะพี่สาวย้ายไปรัฐอื่นแล้ว ศูนย์จะหาที่อื่นต่อ",
    )


async def cut(play: Play, scene: Scene) -> None:
    """Berlin's line is cut. What Berlin sends waits there; what is for Berlin waits at the hub, unread."""
    anong, kanda, malai = play.worker("DE-01", "anong"), play.worker("US-20", "kanda"), play.officer("malai")
    line = play.stage.lines["DE-01"]
    line.cut()
    scene.say(
        "An excavator in Neukölln finds the cable. Berlin is offline.",
        "รถขุดตักโดนสายเคเบิลที่นอยเคิลน์ เบอร์ลินขาดการติดต่อ",
    )
    case, _ = await asyncio.gather(play.take_in(scene, anong, "de-pension"), _move_to_berlin(play))
    scene.say(
        "สมหวัง has come to ask about his pension all the same. อนงค์ takes him in and refers him; the letter "
        "waits in Berlin.",
        "สมหวังมาถามเรื่องบำนาญพอดี อนงค์รับเรื่องและส่งต่อตามปกติ จดหมายรออยู่ที่เบอร์ลิน",
    )
    tick = "name,birth_date,identity_number,finances,contact"
    reference = play.references["pension"] = await play.refer(
        scene, anong, case, "TH-00/dop", "entitlement", tick
    )
    waiting = await anong.do("status")
    expect(waiting["backlog"] == 1, f"{waiting['backlog']} letters wait in Berlin")
    handover = play.references["handover"]
    await play.until(kanda, handover, "received")
    await play.proof.look()
    count, keys, opened = play.proof.tried
    expect(count and not opened, f"{opened} of {count} letters for nodes could be opened at the centre")
    scene.say(
        f"Meanwhile ก้อง moves to his aunt in Berlin. Los Angeles hands him over, node to node: {handover}. "
        "It waits at "
        f"the centre, which tries all {keys} desk keys on it. None opens it: it is not meant to.",
        f"ระหว่างนั้น ก้องย้ายไปอยู่กับน้าที่เบอร์ลิน ลอสแอนเจลิสส่งต่อโหนดถึงโหนด {handover} จดหมายรออยู่ที่ศูนย์ "
        f"ลองเปิดด้วยกุญแจโต๊ะทั้ง {keys} ดอก เปิดไม่ได้สักดอก ตามที่ควรเป็น",
    )
    line.mend()
    await anong.once("status", until=lambda state: state["backlog"] == 0)
    taken = await anong.once("accept", handover)
    scene.say(
        f"The cable is mended. The letter leaves, once; ก้อง arrives, as case {taken['case']}.",
        f"ต่อสายเสร็จแล้ว จดหมายออกไปครั้งเดียว และเรื่องของก้องก็มาถึง เป็นเรื่อง {taken['case']}",
    )
    advice = "มีสิทธิรับบำนาญชราภาพ ส่งแบบคำขอและสำเนาบัตรผ่านสถานทูตได้"
    await play.report(malai, reference, "informed", advice)
    await play.ends(4, scene.title, anong, reference, "completed")
    scene.quote("มาลัย", advice)
    await play.until(kanda, handover, "accepted")


async def _move_to_berlin(play: Play) -> None:
    kanda = play.worker("US-20", "kanda")
    words = ["refer", play.references["voices case"], "--to", "DE-01", "--purpose", "partner_handover"]
    reference = (await kanda.do(*words, "--tick", "contact,name,health,services"))["reference"]
    play.references["handover"] = reference


async def _out(play: Play, name: str, seat: str) -> Answer:
    """A case of the centre's own goes to a node. Its words are the centre's already."""
    path = CASES / f"{name}.yaml"
    play.ledger.tell([path.read_text(encoding="utf-8")])
    return await play.officer("wanida").do("refer-to-node", str(path), "--to", seat)


def _from_here(row: Row, sent: Answer) -> Row:
    """The row as the referrer has it, who is the centre."""
    return replace(row, sent=len(sent["leaves"]), withheld=len(sent["stays"]))


async def _heard(play: Play, reference: str, state: str) -> Answer:
    return await play.officer("wanida").once("show", reference, until=lambda answer: answer["state"] == state)
