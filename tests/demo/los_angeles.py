"""What came to Los Angeles."""

from __future__ import annotations

from tests.demo.play import Play, expect, refused, said
from tests.demo.teller import Scene


async def danger(play: Play, scene: Scene) -> None:
    """The guardian is the danger: left out of consent and withdrawal; two people act on a legal duty."""
    kanda, prasit = play.worker("US-20", "kanda"), play.officer("prasit")
    scene.say(
        "A teacher saw the marks of a belt on ภู's back. The stepfather is his guardian, and is looking for "
        "him.",
        "ครูเห็นรอยเข็มขัดบนหลังของภู พ่อเลี้ยงเป็นผู้ปกครองตามกฎหมาย และกำลังตามหาเด็ก",
    )
    case = await play.take_in(scene, kanda, "us-custody-danger", "us-custody-danger.consent")
    words = ["basis=guardian_consent", "purpose=child_protection", "recipients=TH-00/dcy"]
    words += ["guardian=พ่อเลี้ยง", "child_view=ไม่ได้ถาม"]
    await refused(kanda.do("consent", "record", case, *words), "consent.guardian_is_danger")
    scene.say(
        "He offers to sign. The program will not have him sign, nor give him a copy, nor let him withdraw. "
        "กานดา and "
        "ปราณี act together, on the duty to report that California's law lays on them.",
        "เขาเสนอจะลงนาม โปรแกรมไม่รับ ไม่ให้สำเนา และไม่ให้ถอน กานดากับปราณีรับผิดชอบร่วมกัน ตามหน้าที่แจ้งเหตุของรัฐแคลิฟอร์เนีย",
    )
    tick = "family,health,incident,services"
    reference = play.references["danger"] = await play.refer(
        scene, kanda, case, "TH-00/dcy", "child_protection", tick, {"place"}
    )
    await refused(kanda.do("withdraw", reference, "--by", "พ่อเลี้ยง"), "consent.not_theirs")
    await play.handle(prasit, reference, ("accept",), ("start",))
    await play.ends(9, scene.title, kanda, reference, "in-progress")
    scene.say(
        "Children and Youth takes it on, and looks for the mother in Chiang Rai. His withdrawal stops "
        "nothing.",
        "กรมกิจการเด็กฯ รับเรื่อง และติดต่อแม่ที่เชียงราย คำขอถอนของพ่อเลี้ยงไม่มีผล",
    )


async def voices(play: Play, scene: Scene) -> None:
    """The centre advises on a student who hears voices; later he moves to Berlin."""
    kanda, wanida = play.worker("US-20", "kanda"), play.officer("wanida")
    scene.say(
        "ก้อง has not left his room for two months and hears voices. He would see a doctor who speaks Thai. "
        "His mother "
        "is not to know yet.",
        "ก้องไม่ออกจากห้องมาสองเดือนและหูแว่ว ยอมพบแพทย์ถ้าพูดภาษาไทยได้ และยังไม่ให้แม่รู้",
    )
    grounds = ("us-mental-illness.consent", "us-mental-illness.handover.consent")
    case = play.references["voices case"] = await play.take_in(scene, kanda, "us-mental-illness", *grounds)
    tick = "contact,health,narrative,services"
    reference = await play.refer(scene, kanda, case, "TH-00/tsda", "psychosocial", tick)
    advice = "นัดจิตแพทย์ที่พูดภาษาไทยทางวิดีโอวันพุธ ขอให้มีคนอยู่เป็นเพื่อนระหว่างปรับยา"
    await play.report(wanida, reference, "informed", advice)
    await play.ends(10, scene.title, kanda, reference, "completed")
    scene.quote("วนิดา", advice)


async def missing(play: Play, scene: Scene) -> None:
    """He is found, and has not agreed: the answer is the same as if nobody had been."""
    kanda, wanida, nipa = play.worker("US-20", "kanda"), play.officer("wanida"), play.officer("nipa")
    scene.say(
        "A sister looks for ธงชัย, twelve years without a word; their mother is dying.",
        "น้องสาวตามหาธงชัย ซึ่งขาดการติดต่อมาสิบสองปี แม่ป่วยหนัก",
    )
    case = await play.take_in(scene, kanda, "us-missing-relative")
    tick = "name,birth_date,narrative"
    reference = await play.refer(scene, kanda, case, "TH-00/tsda", "tracing", tick, {"place"})
    await play.handle(wanida, reference, ("accept",), ("start",))
    (part,) = (await wanida.do("route", reference, "--to", "province-10"))["parts"]
    found = "พบตัวแล้วที่บางซื่อ เจ้าตัวยังไม่พร้อมติดต่อกลับ"
    await play.report(nipa, part["reference"], "person_found", found)
    await play.write(wanida, "complete", reference, "--outcome", "person_found", "--say", text=found)
    last = await play.ends(11, scene.title, kanda, reference, "completed")
    expect(last["outcome"] == "not_found", f"the answer was {last['outcome']}")
    (report,) = [one for one in said(last, "status") if one["state"] == "completed"]
    expect(not report["facts"] and not report["parts"], "the answer says more than that nobody was found")
    scene.say(
        "Bangkok finds him; he does not wish to be found, or not yet. What Los Angeles is told is what it "
        "would be told "
        "if he had not been found: not_found, without a word more.",
        "กรุงเทพฯ พบตัวแล้ว แต่เขายังไม่ยินยอมให้บอก คำตอบที่ลอสแอนเจลิสได้รับจึงเหมือนกับเมื่อไม่พบ คือ “ไม่พบตัว” ไม่มีคำอื่น",
    )


async def at_night(play: Play, scene: Scene) -> None:
    """Red, at night, one worker: levels 0 and 1 go at once; the duty officer is the second person."""
    pranee, wanida = play.worker("US-20", "pranee"), play.officer("wanida")
    scene.say(
        "Ten past one in the morning. ทราย writes that he has broken down the door; then her telephone is "
        "dead. ปราณี is "
        "alone on duty.",
        "ตีหนึ่งสิบนาที ทรายส่งข้อความว่าแฟนเก่าพังประตูเข้ามา แล้วโทรศัพท์ก็ดับ ปราณีอยู่เวรคนเดียว",
    )
    case = await play.take_in(scene, pranee, "us-red-at-night")
    words = ["refer", case, "--to", "TH-00/tsda", "--purpose", "emergency_protection"]
    draft = await play.preview(scene, pranee, *words, "--tick", "contact,services")
    kept = {line["category"] for line in draft["stays"] if line["why"] == "above_emergency_level"}
    expect({"name", "contact", "address"} <= kept, f"one worker alone could send more than {kept}")
    reference = (await pranee.do(*words, "--tick", "contact,services"))["reference"]
    scene.say(
        "One person may send only what does not say who she is, and only because it is red. Name, number and "
        "address wait.",
        "คนเดียวส่งได้เฉพาะสิ่งที่ไม่บอกว่าเป็นใคร และเพราะเป็นเรื่องแดงเท่านั้น ชื่อ เบอร์ และที่อยู่ยังไม่ไป",
    )
    await wanida.once("confirm", reference)
    await play.handle(wanida, reference, ("accept",), ("start",))
    last = await play.ends(12, scene.title, pranee, reference, "in-progress")
    expect(said(last, "confirmation"), "the node was not told that a second person confirmed")
    scene.say(
        "Within the minute วนิดา, on duty in Bangkok, stands behind it as the second person; without her it "
        "would be "
        "recalled in 24 hours.",
        "ไม่ถึงนาที วนิดาซึ่งเข้าเวรที่กรุงเทพฯ ยืนยันเป็นคนที่สอง หากไม่มี ระบบจะเรียกคืนใน 24 ชั่วโมง",
    )
