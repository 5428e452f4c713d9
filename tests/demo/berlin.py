"""What came to Berlin."""

from __future__ import annotations

from tests.demo.play import Play, expect, said
from tests.demo.teller import Scene


async def confined(play: Play, scene: Scene) -> None:
    """One desk accepts. The two columns are shown, and a finding in free text is cleared."""
    malee, arunee = play.worker("DE-01", "malee"), play.officer("arunee")
    scene.say(
        "A sister in Buri Ram writes on Facebook: นวล has been locked in by her husband in Berlin. มาลี "
        "speaks with her "
        "twice by video, an interpreter beside her, while he is at work.",
        "พี่สาวที่บุรีรัมย์ทักเฟซบุ๊กมาว่า นวลถูกสามีขังอยู่ที่เบอร์ลิน มาลีคุยกับเธอทางวิดีโอสองครั้งโดยมีล่าม ช่วงที่สามีไปทำงาน",
    )
    case = await play.take_in(scene, malee, "de-confined-wife")
    scene.say(
        "She consents aloud, before a witness; the very text she heard stays in Berlin. Before anything "
        "leaves, มาลี "
        "sees this:",
        "เธอยินยอมด้วยวาจาต่อหน้าพยาน ข้อความที่อ่านให้ฟังเก็บไว้ที่เบอร์ลิน ก่อนส่ง มาลีเห็นหน้านี้",
    )
    words = ["refer", case, "--to", "TH-00/dwf", "--purpose", "domestic_violence"]
    words += ["--tick", "contact,name,narrative,services"]
    draft = await play.preview(scene, malee, *words, show=True)
    findings = draft["findings"]
    expect(len(findings) == 2, f"{len(findings)} findings in the free text")
    texts = " · ".join(one["text"] for one in findings)
    scene.say(
        f"The free text is searched, and two places found: {texts}. That is where the sister lives, and her "
        "number. "
        "She agreed to be called, so มาลี clears the one and the other, and sends.",
        f"โปรแกรมค้นในข้อความ พบสองจุด: {texts} คือจังหวัดและเบอร์ของพี่สาว ซึ่งยินดีให้โทร มาลีจึงยืนยันทีละจุด แล้วส่ง",
    )
    clear = [word for one in findings for word in ("--clear", one["id"])]
    reference = play.references["confined"] = (await malee.do(*words, *clear))["reference"]
    report = "จัดที่พักปลอดภัยให้แล้ว มีเจ้าหน้าที่หญิงประสานกับล่ามทุกวัน"
    await play.report(arunee, reference, "assisted", report)
    last = await play.ends(1, scene.title, malee, reference, "completed")
    (answer,) = [one for one in said(last, "status") if one["state"] == "completed"]
    scene.say(
        f"{reference} reaches Women's Affairs (สค.). อรุณี opens it, which Berlin is told, accepts, and acts. "
        "Home comes:",
        f"{reference} ถึงกรมกิจการสตรีฯ อรุณีเปิดอ่าน (เบอร์ลินรู้ว่าใครเปิด) รับเรื่อง และลงมือ ผลที่กลับมา:",
    )
    scene.quote("อรุณี", next(fact["value"] for fact in answer["facts"] if fact["category"] == "narrative"))
    expect(said(last, "opening"), "Berlin was not told that the desk opened it")


async def flower(play: Play, scene: Scene) -> None:
    """A guardian's consent with the child's own view; the desk asks and the node answers."""
    anong, prasit = play.worker("DE-01", "anong"), play.officer("prasit")
    scene.say(
        "ดาว is twelve and looks after her small brother every evening. With her mother and อนงค์ she has "
        "coloured all "
        "eight petals of the flower; school is red.",
        "ดาวอายุสิบสอง ต้องดูแลน้องทุกเย็น เธอกับแม่และอนงค์ระบายดอกไม้ครบแปดกลีบแล้ว กลีบการศึกษาเป็นสีแดง",
    )
    case = await play.take_in(scene, anong, "de-child-flower")
    scene.say(
        "Her mother consents for her, and what ดาว herself thinks of it is written down beside. It stays in "
        "Berlin.",
        "แม่ยินยอมแทน และบันทึกความเห็นของดาวเองไว้ด้วย ซึ่งเก็บอยู่ที่เบอร์ลินเท่านั้น",
    )
    tick = "family,genogram,timeline,education,health,narrative,services"
    reference = await play.refer(scene, anong, case, "TH-00/dcy", "child_protection", tick, {"place"})
    question = "ย่าที่ขอนแก่นทราบเรื่องนี้แล้วหรือยัง และยินดีให้เจ้าหน้าที่จังหวัดไปเยี่ยมหรือไม่"
    await play.handle(prasit, reference, ("accept",))
    await play.write(prasit, "ask", reference, text=question)
    scene.say("Children and Youth (ดย.) accepts, and asks:", "กรมกิจการเด็กฯ รับเรื่อง แล้วถามกลับ")
    scene.quote("ประสิทธิ์", question)
    await play.until(anong, reference, "on-hold")
    answer = "ย่าทราบแล้วและยินดีให้ไปเยี่ยม ขอให้เลี่ยงวันพระ"
    await play.write(anong, "answer", reference, text=answer)
    scene.quote("อนงค์", answer)
    await prasit.once("start", reference, but=("envelope.transition",))
    await play.ends(2, scene.title, anong, reference, "in-progress")
    scene.say("With the answer the work goes on.", "เมื่อได้คำตอบ งานจึงเดินต่อ")


async def homecoming(play: Play, scene: Scene) -> None:
    """The centre re-routes to two desks; their results come home as one."""
    malee, wanida = play.worker("DE-01", "malee"), play.officer("wanida")
    kanya, saengla = play.officer("kanya"), play.officer("saengla")
    scene.say(
        "After thirty-one years ยายบัวเงิน wants to go home, near her grandniece in Phayao, before the New "
        "Year.",
        "หลังอยู่เยอรมนีมาสามสิบเอ็ดปี ยายบัวเงินอยากกลับไปอยู่ใกล้หลานสาวที่พะเยาก่อนปีใหม่",
    )
    case = await play.take_in(scene, malee, "de-elderly-return")
    tick = "contact,name,birth_date,family,health,services,narrative"
    reference = await play.refer(scene, malee, case, "TH-00/tsda", "return_to_thailand", tick, {"place"})
    play.references["homecoming"] = reference
    await play.handle(wanida, reference, ("accept",), ("start",))
    routed = await wanida.do("route", reference, "--to", "dsdw", "--to", "province-56")
    scene.say(
        f"วนิดา at the centre accepts {reference} and passes on to two desks what each of them needs:",
        f"วนิดาที่ศูนย์รับ {reference} แล้วส่งต่อสองโต๊ะ เฉพาะเท่าที่แต่ละโต๊ะต้องใช้",
    )
    (dsdw, province) = routed["parts"]
    for part in (dsdw, province):
        scene.say(
            f"  {part['to']}: {len(part['leaves'])} fields, as {part['reference']}",
            f"  {part['to']}: {len(part['leaves'])} ข้อมูล เลขอ้างอิง {part['reference']}",
        )
    await play.handle(
        kanya, dsdw["reference"], ("accept",), ("start",), ("complete", "--outcome", "assisted")
    )
    place = "มีที่ว่างในศูนย์พัฒนาการจัดสวัสดิการผู้สูงอายุ รับได้วันที่ 20 ธันวาคม"
    await play.report(saengla, province["reference"], "placed_in_care", place)
    summary = "จองที่ในศูนย์ผู้สูงอายุที่พะเยาแล้ว เจ้าหน้าที่รับที่สนามบิน 20 ธันวาคม"
    await play.write(wanida, "complete", reference, "--outcome", "returned_home", "--say", text=summary)
    last = await play.ends(3, scene.title, malee, reference, "completed")
    (report,) = [one for one in said(last, "status") if one["state"] == "completed"]
    outcomes = sorted(part["outcome"] for part in report["parts"])
    expect(outcomes == ["assisted", "placed_in_care"], f"the results of the parts came home as {outcomes}")
    scene.say(
        "Both results come home in one report, which does not say which desks they were:",
        "ผลของทั้งสองโต๊ะกลับมาในรายงานฉบับเดียว โดยไม่บอกว่าเป็นโต๊ะใด",
    )
    scene.quote("วนิดา", summary)
