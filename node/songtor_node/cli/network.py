"""`enrol`, `keys`, `sync`, `status`, `alert`, `serve`: this node in its network."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from songtor_node import alerts
from songtor_node.bootstrap import check_here
from songtor_node.cli.console import Console, console
from songtor_node.link.state import state_of
from songtor_node.link.voice import Spoken, believe, spoken
from songtor_node.referrals.act import act
from songtor_node.store.engine import reading
from songtor_node.web.reach.way import HERE, choose
from songtor_proto.errors import InputError

if TYPE_CHECKING:
    from songtor_node.serve import Ready

PART_FAILED = 70  # EX_SOFTWARE: the supervisor starts it again


def enrol(context: typer.Context, code: Annotated[str, typer.Argument(help="- = stdin")]) -> None:
    """Bring this node into the network that invites it. / เข้าร่วมเครือข่ายด้วยรหัสเชิญ"""
    from songtor_node.link.enrol import enrol as join
    from songtor_node.link.grpc_hub import GrpcNetwork

    given = console(context)
    code = sys.stdin.readline(16_384) if code == "-" else code
    with given.node() as node:
        digits = join(node, code, GrpcNetwork())
        seat = node.seat
    given.show(
        {"seat": seat, "fingerprint": digits},
        given.choose(
            f"เข้าร่วมเครือข่ายแล้ว: {seat} อ่านลายนิ้วมือกุญแจนี้ให้ศูนย์กลางฟังทางโทรศัพท์",
            f"In the network as {seat}. Read this fingerprint to the centre over the telephone:",
        ),
        f"  {digits}",
    )


def keys(
    context: typer.Context,
    voice: Annotated[
        tuple[str, str] | None,
        typer.Option("--trust", metavar="ADDRESS FINGERPRINT", help="Compared by voice. / เทียบทางเสียงแล้ว"),
    ] = None,
    renew: Annotated[bool, typer.Option("--renew", help="Make new ones of our own. / สร้างกุญแจใหม่")] = False,
) -> None:
    """Fingerprints to compare by voice; a changed key waits for it. / ลายนิ้วมือกุญแจ"""
    given = console(context)
    if voice:
        _believe(given, *voice)
        return
    if renew:
        _renew(given)
        return
    with given.node() as node, reading(node.engine) as session:
        known = spoken(session)
    given.show(
        [asdict(one) for one in known],
        given.table(
            [("ใคร", "who"), ("ลายนิ้วมือ", "fingerprint"), ("", "")],
            [(one.owner, one.fingerprint, _mark(one, given)) for one in known],
        ),
    )


def sync(
    context: typer.Context,
    once: Annotated[bool, typer.Option("--once", help="For scripts. / ครั้งเดียว")] = True,
) -> None:
    """Send what waits and fetch what came. / รับส่งกับศูนย์กลาง"""
    from songtor_node.link.grpc_hub import GrpcNetwork
    from songtor_node.link.sync import Link

    given = console(context)
    with given.node() as node:
        link = Link(node, GrpcNetwork())
        try:
            report = link.sync_once()
        finally:
            link.close()
    given.show(
        {"sent": report.sent, "received": report.received, "renewed": report.renewed},
        given.choose(
            f"ส่ง {report.sent} รับ {report.received}", f"{report.sent} sent, {report.received} received"
        ),
    )


def status(context: typer.Context) -> None:
    """How this node stands with its network, and what a person must look at. / สถานะของเครื่องหลัก"""
    given = console(context)
    with given.node() as node:
        state = state_of(node)
    given.show(state, *_standing(state, given))


def seen(context: typer.Context, code: str, subject: str) -> None:
    """An alert has been dealt with. / จัดการการแจ้งเตือนแล้ว"""
    given = console(context)
    with given.node() as node, act(node) as now:
        if not alerts.settle(now.session, code, subject=subject):
            raise InputError("not_here", field="alert")
    given.show({"seen": code}, given.choose("ปิดการแจ้งเตือนแล้ว", "The alert is closed."))


def serve(
    context: typer.Context,
    listen: Annotated[str, typer.Option(metavar="IP:PORT", help="The pages. / ที่อยู่หน้าเว็บ")] = HERE,
    lan: Annotated[
        bool, typer.Option("--lan", help="TLS for phones of this house. / ให้โทรศัพท์ในเครือข่ายเดียวกันใช้ได้")
    ] = False,
    certificate: Annotated[Path | None, typer.Option(help="TLS chain, PEM. / ใบรับรอง TLS")] = None,
    key: Annotated[Path | None, typer.Option(help="Its key, PEM. / กุญแจของใบรับรอง")] = None,
    host: Annotated[str, typer.Option(metavar="NAME", help="Its name. / ชื่อในใบรับรอง")] = "",
    behind_proxy: Annotated[
        str, typer.Option(metavar="NAME", help="A proxy does TLS for that name. / ชื่อที่พร็อกซีให้บริการ")
    ] = "",
    health_port: Annotated[int, typer.Option(min=0, max=65535, help="On loopback. / พอร์ตตรวจสุขภาพ")] = 8471,
) -> None:
    """The pages, and the line to the centre, for good. / เปิดหน้าเว็บและทำงานตลอดเวลา"""
    from songtor_node.link.grpc_hub import GrpcNetwork
    from songtor_node.serve import run
    from songtor_node.web.front import Front, Reach

    given = console(context)
    way = choose(listen, house=lan, certificate=certificate, key=key, host=host, proxy=behind_proxy)
    front = Front(given.data, GrpcNetwork(), Reach(frozenset()))
    if unlock := given.at_hand():
        check_here(given.data)
        front.unlock(unlock)

    def ready(now: Ready) -> None:
        new = {"start_code": front.start_code} if front.is_nobodys else {}
        locked = front.node is None
        given.show({**asdict(now), **new}, *_greeting(now, phones=way.house, locked=locked, **new))
        sys.stdout.flush()

    def phones(addresses: Sequence[str]) -> None:
        if not given.json:
            given.show({}, f"โทรศัพท์ในเครือข่ายนี้เปิด / phones of this house open:  {addresses[0]}")
            sys.stdout.flush()

    try:
        whole = run(front, way, health_port=health_port, ready=ready, phones=phones)
    finally:
        if front.node is not None:
            front.node.close()
    if not whole:
        raise typer.Exit(PART_FAILED)


def _greeting(
    now: Ready, start_code: str = "", *, phones: bool = False, locked: bool = False
) -> Iterator[str]:
    """In both languages: nobody has chosen one yet."""
    yield f"ส่งต่อพร้อมใช้แล้ว เปิดเว็บเบราว์เซอร์ไปที่  {now.pages}"
    yield f"Songtor is ready. Open in a browser:  {now.pages}"
    if start_code:
        yield f"รหัสเริ่มต้น / start code:  {start_code[:4]} {start_code[4:]}"
    if phones and locked:
        yield "โทรศัพท์เปิดได้หลังจากปลดล็อกที่หน้านั้นแล้ว ที่อยู่จะขึ้นที่นี่"
        yield "Phones can come once it is unlocked on that page; their address will stand here."


def _standing(state: dict[str, Any], given: Console) -> Iterator[str]:
    yield f"{state['seat']}  {state['network']}"
    yield given.choose("ติดต่อล่าสุด ", "last contact ") + _time(state["last_contact"])
    yield given.choose("รอส่ง ", "waiting to be sent ") + str(state["backlog"])
    yield given.choose("ใบรับรองใช้ได้ถึง ", "certificate until ") + _time(state["certificate_until"])
    for one in state["alerts"]:
        yield f"! {one['message'][given.lang]}"
        yield f"  {one['subject']} ×{one['times']}  {_time(one['last'])}"
        done = given.choose("จัดการแล้วพิมพ์", "once it is dealt with")
        yield f"  {done}: songtor-node seen {one['code']} {one['subject']}"
    if not state["alerts"]:
        yield given.choose("ไม่มีการแจ้งเตือน", "no alerts")


def _time(iso: str) -> str:
    return f"{iso[:16].replace('T', ' ')} UTC" if iso else "-"


def _believe(given: Console, owner: str, digits: str) -> None:
    with given.node() as node, act(node) as now:
        key = believe(now, owner, digits)
        said = {"owner": owner, "version": key.version, "trusted": True}
    given.show(said, given.choose(f"เชื่อถือกุญแจของ {owner} แล้ว", f"The key of {owner} is believed."))


def _renew(given: Console) -> None:
    from songtor_node.link.grpc_hub import GrpcNetwork
    from songtor_node.link.rotation import renew_keys
    from songtor_node.link.sync import Link

    with given.node() as node:
        link = Link(node, GrpcNetwork())
        try:
            digits = renew_keys(node, link.connect())
        finally:
            link.close()
    said = given.choose("กุญแจใหม่ใช้แล้ว ลายนิ้วมือ: ", "The new keys are in use. Fingerprint: ")
    given.show({"fingerprint": digits}, said + digits)


def _mark(one: Spoken, given: Console) -> str:
    if one.own:
        return given.choose("ของเรา", "ours")
    if one.revoked:
        return given.choose("ถูกเพิกถอน", "revoked")
    return "" if one.trusted else given.choose("เปลี่ยนกุญแจ โปรดเทียบทางเสียง", "changed: compare by voice")
