"""The network is founded: a hub, its desks and officers, three nodes that come in by invitation."""

from __future__ import annotations

import asyncio

from tests.demo.play import Play
from tests.demo.program import Failed
from tests.demo.stage import NETWORK
from tests.demo.teller import Scene

SEATS = {"DE-01": ("Berlin", "เบอร์ลิน"), "TW-44": ("Taipei", "ไทเป"), "US-20": ("Los Angeles", "ลอสแอนเจลิส")}
WORKERS = {
    "DE-01": {"malee": "มาลี", "anong": "อนงค์"},
    "TW-44": {"ratree": "รัตรี"},
    "US-20": {"kanda": "กานดา", "pranee": "ปราณี"},
}
PROVINCIAL = ("province-10", "province-41", "province-56", "shelter-34")
OFFICERS = {
    "wanida": "tsda",
    "arunee": "dwf",
    "prasit": "dcy",
    "kanya": "dsdw",
    "malai": "dop",
    "orapin": "dep",
    "chatchai": "ops_datip",
    "nipa": "province-10",
    "udom": "province-41",
    "saengla": "province-56",
    "buppha": "shelter-34",
}
MISSION = "สถานเอกอัครราชทูต ณ กรุงเบอร์ลิน"


async def founded(play: Play, scene: Scene) -> None:
    stage = play.stage
    made = await stage.hub.run(
        "init", "--network", NETWORK, "--address", "127.0.0.1", "--listen", "127.0.0.1:0", "--one-passphrase"
    )
    play.ports = await stage.serve("hub", stage.hub)
    scene.say(
        f"In Bangkok the centre founds the network {NETWORK}: {made['seats']} seats, its own root, a key for "
        "each "
        "desk. Nobody is in it yet.",
        f"ที่กรุงเทพฯ ศูนย์กลางตั้งเครือข่าย {NETWORK} มี {made['seats']} ที่นั่ง มีรากความเชื่อถือของตนเอง และกุญแจประจำทุกโต๊ะ "
        "ยังไม่มีใครเข้าร่วม",
    )
    async with asyncio.TaskGroup() as together:
        together.create_task(_people(play))
        joined = [together.create_task(_join(play, seat)) for seat in SEATS]
    await _compare(play, dict(task.result() for task in joined))
    for seat, (en, th) in SEATS.items():
        names = ", ".join(WORKERS[seat].values())
        scene.say(
            f"{en} ({seat}) comes in by its one-time code. At work there: {names}.",
            f"{th} ({seat}) เข้าร่วมด้วยรหัสเชิญ มี {names} ทำงาน",
        )
    scene.say(
        "Each key's fingerprint was read over the telephone and is the same at both ends.",
        "ลายนิ้วมือของกุญแจทุกดอกอ่านเทียบกันทางโทรศัพท์แล้ว ตรงกันทั้งสองฝ่าย",
    )
    async with asyncio.TaskGroup() as together:
        for seat, node in stage.nodes.items():
            together.create_task(stage.serve(seat, node, "--listen", "127.0.0.1:0", "--health-port", "0"))
    scene.say(
        f"{len(stage.servers)} servers run now, each with its own folder, its own keys and its own line.",
        f"ตอนนี้มี {len(stage.servers)} โปรแกรมทำงาน ต่างมีโฟลเดอร์ กุญแจ และสายของตนเอง",
    )


async def _join(play: Play, seat: str) -> tuple[str, str]:
    """Gives the seat with the fingerprint that its node shows."""
    invited, node = await asyncio.gather(play.stage.hub.run("seat", "invite", seat), play.stage.make(seat))
    play.invitations[seat] = invited["code"]
    enrolled = await node.run("enrol", "-", said=invited["code"] + "\n")
    for code, name in WORKERS.get(seat, {}).items():
        await node.run("worker", "add", code, "--role", "caseworker", "--name", name)
    return seat, enrolled["fingerprint"]


async def _people(play: Play) -> None:
    async with asyncio.TaskGroup() as together:
        together.create_task(_provincial(play))
        for code, desk in OFFICERS.items():
            role = "intake_officer" if desk == "tsda" else "desk_officer"
            together.create_task(play.stage.hub.run("officer", "add", code, "--desk", desk, "--role", role))


async def _provincial(play: Play) -> None:
    for desk in PROVINCIAL:  # one after the other: they share a keyring
        await play.stage.hub.run("desk", "add", desk)


async def _compare(play: Play, read_out: dict[str, str]) -> None:
    known = {key["owner"]: key["fingerprint"] for key in await play.stage.hub.run("keys")}
    for seat, fingerprint in read_out.items():
        if known[seat] != fingerprint:
            raise Failed(f"{seat}: the centre has another fingerprint than the node")
