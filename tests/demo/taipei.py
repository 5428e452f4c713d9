"""What came to Taipei."""

from __future__ import annotations

from songtor_proto.plain_yaml import read
from songtor_proto.vocabulary import policy
from tests.demo.play import CASES, Play, expect, refused, said
from tests.demo.teller import Scene


async def late_boy(play: Play, scene: Scene) -> None:
    """One desk rejects; the node shares again, under a wider consent."""
    ratree, orapin = play.worker("TW-44", "ratree"), play.officer("orapin")
    scene.say(
        "His grandmother saw it when ตั้ม was three. Nobody knew where to take him; he is eleven now, and has "
        "only just "
        "been seen by anyone.",
        "ยายสังเกตเห็นตั้งแต่ตั้มอายุสามขวบ แต่ไม่รู้จะพาไปที่ใด เพิ่งได้พบผู้เชี่ยวชาญเมื่ออายุสิบเอ็ด",
    )
    case = await play.take_in(scene, ratree, "tw-late-boy")
    reference = await play.refer(
        scene, ratree, case, "TH-00/dep", "disability", "family,health,services,narrative"
    )
    await play.handle(orapin, reference, ("reject", "--reason", "not_enough_facts"))
    await play.until(ratree, reference, "rejected")
    scene.say(
        "The department for persons with disabilities (พก.) hands it back: without a name no card can be "
        "made.",
        "กรมส่งเสริมคุณภาพชีวิตคนพิการส่งคืน เพราะไม่มีชื่อก็ทำบัตรให้ไม่ได้",
    )
    wider = (await play.ground(ratree, case, "tw-late-boy.wider.consent"))["consent"]
    tick = "family,health,services,narrative,name,birth_date"
    words = ["again", reference, "--consent", wider, "--tick", tick]
    await play.preview(scene, ratree, *words)
    await ratree.do(*words)
    scene.say(
        "รัตรี asks his mother, who now agrees to name and birthday too. The same reference goes again, as "
        "version 2.",
        "รัตรีถามแม่ ซึ่งยอมให้บอกชื่อและวันเกิดด้วย เลขอ้างอิงเดิมจึงส่งอีกครั้งเป็นฉบับที่ 2",
    )
    opened = await orapin.once("open", reference, until=lambda answer: answer["version"] == 2)
    expect(opened["state"] == "received", "the second version does not begin anew")
    await orapin.do("accept", reference)
    last = await play.ends(5, scene.title, ratree, reference, "accepted")
    expect(last["version"] == 2, "the version that was accepted is not the second")


async def trafficked(play: Play, scene: Scene) -> None:
    """A finding is taken out of the text; the client withdraws; one copy is destroyed and one kept by law."""
    ratree, chatchai, buppha = (
        play.worker("TW-44", "ratree"),
        play.officer("chatchai"),
        play.officer("buppha"),
    )
    scene.say(
        "ใจ came for a massage parlour and was told she owed 300,000 baht. Three days ago she got away.",
        "ใจมาเพราะคิดว่าจะได้งานร้านนวด แต่ถูกบอกว่าเป็นหนี้สามแสนบาท สามวันก่อนเธอหนีออกมาได้",
    )
    case = await play.take_in(scene, ratree, "tw-trafficking")
    words = ["refer", case, "--to", "TH-00/ops_datip", "--purpose", "trafficking"]
    words += ["--tick", "contact,narrative,legal_status,services,health"]
    await refused(ratree.do(*words), "consent.findings")
    scene.say(
        "The program will not send: her passport number and the broker's name stand in the middle of the "
        "text.",
        "โปรแกรมไม่ยอมส่ง เพราะเลขหนังสือเดินทางและชื่อนายหน้าปนอยู่ในข้อความ",
    )
    text = read((CASES / "tw-trafficking.yaml").read_bytes()).value["narrative"]
    await ratree.do("case", "set", case, f"narrative={text.replace('เลขที่ ZZ0000205 ', '')}")
    draft = await play.preview(scene, ratree, *words)
    left = draft["findings"]
    expect(all("ZZ0000205" not in one["text"] for one in left), "the passport number is still there")
    clear = [word for one in left for word in ("--clear", one["id"])]
    reference = (await ratree.do(*words, *clear))["reference"]
    scene.say(
        "รัตรี takes the number out, and clears the broker's name: against her the division must act.",
        "รัตรีตัดเลขออก และยืนยันชื่อนายหน้า เพราะเป็นคนที่เจ้าหน้าที่ต้องดำเนินการ",
    )
    await play.handle(chatchai, reference, ("accept",), ("start",), ("hold", "--duty", "criminal_case"))
    (part,) = (await chatchai.do("route", reference, "--to", "shelter-34"))["parts"]
    await play.handle(buppha, part["reference"], ("accept",))
    scene.say(
        "The anti-trafficking division opens a criminal case and asks the shelter in Ubon for a bed "
        f"({part['reference']}).",
        f"กองต่อต้านการค้ามนุษย์ตั้งเรื่องคดีอาญา และขอที่พักจากบ้านพักเด็กและครอบครัวอุบลราชธานี ({part['reference']})",
    )
    await play.proof.look()
    await ratree.do("withdraw", reference, "--by", "client")
    copies = await ratree.once("recall", reference, until=lambda found: len(found) > 1)
    fates = {(copy["result"], copy["reason"]) for copy in copies}
    expect(
        fates >= {("destroyed", ""), ("kept_by_legal_duty", "criminal_case")},
        f"the recall receipt says {fates}",
    )
    scene.say(
        "Then ใจ is afraid for her mother, and withdraws. The centre's signed receipt says what became of "
        "every copy:",
        "แล้วใจกลัวแทนแม่ จึงถอนความยินยอม ใบรับรองที่ศูนย์ลงนามบอกว่าสำเนาแต่ละชุดเป็นอย่างไร",
    )
    for copy in copies:
        kept = policy().duties_to_keep.get(copy["reason"])
        why = kept.label(scene.lang) if kept else ""
        scene.say(
            f"  one copy at a desk: {f'kept by law ({why})' if why else 'destroyed'}",
            f"  สำเนาหนึ่งที่โต๊ะ: {f'เก็บไว้ตามกฎหมาย ({why})' if why else 'ทำลายแล้ว'}",
        )
    await refused(buppha.do("open", part["reference"]), "consent.withdrawn")
    await play.ends(6, scene.title, ratree, reference, "cancelled")


async def fraud(play: Play, scene: Scene) -> None:
    """A plain referral; the worker leaves the text at home."""
    ratree, wanida = play.worker("TW-44", "ratree"), play.officer("wanida")
    scene.say(
        "ประเสริฐ sent 45,000 baht to a voice that said it was the labour fund, and a picture of his identity "
        "card. He is ashamed.",
        "ประเสริฐโอนเงินสี่หมื่นห้าให้คนที่อ้างว่าเป็นกองทุนแรงงาน และส่งรูปบัตรประชาชนไปด้วย เขาละอายใจ",
    )
    case = await play.take_in(scene, ratree, "tw-fraud")
    scene.say(
        "Number and card stand all through the text, so รัตรี leaves the text at home and sends the rest.",
        "ในข้อความมีทั้งเบอร์และเลขบัตร รัตรีจึงไม่ส่งข้อความ ส่งเฉพาะส่วนอื่น",
    )
    reference = await play.refer(scene, ratree, case, "TH-00/tsda", "fraud_help", "contact,finances")
    advice = "ได้ประสานธนาคารอายัดบัญชีแล้ว โปรดให้ผู้เสียหายแจ้งความออนไลน์ภายในเจ็ดวัน"
    await play.report(wanida, reference, "partly_assisted", advice)
    await play.ends(7, scene.title, ratree, reference, "completed")
    scene.quote("วนิดา", advice)


async def family(play: Play, scene: Scene) -> None:
    """Help for those who stayed behind, at a provincial office."""
    ratree, udom = play.worker("TW-44", "ratree"), play.officer("udom")
    scene.say(
        "สุรชัย broke his leg on a scaffold and cannot send money home, where his mother brings up his two "
        "children.",
        "สุรชัยตกนั่งร้านขาหัก ส่งเงินกลับบ้านไม่ได้ แม่เลี้ยงหลานสองคนอยู่ที่อุดรธานี",
    )
    case = await play.take_in(scene, ratree, "tw-family-in-thailand")
    tick = "family,contact,name,narrative,finances,services"
    reference = await play.refer(scene, ratree, case, "TH-00/province-41", "family_support", tick, {"place"})
    report = "เยี่ยมบ้านแล้ว มอบเงินสงเคราะห์สามพันบาทและประสานโรงเรียนเรื่องค่าเทอม"
    await play.report(udom, reference, "assisted", report)
    last = await play.ends(8, scene.title, ratree, reference, "completed")
    expect(
        any(one.get("outcome") == "assisted" for one in said(last, "status")), "the outcome did not come home"
    )
    scene.say("The provincial office in Udon Thani visits, and says so:", "พมจ. อุดรธานีไปเยี่ยม และแจ้งกลับมา")
    scene.quote("อุดม", report)
