"""Making a node and its workers: `init`, `recover`, `worker`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Literal

import typer

from songtor_node import founding, workers
from songtor_node.accounts import people
from songtor_node.bootstrap import check_free, check_here
from songtor_node.cli.console import Console, console
from songtor_node.store.engine import reading, writing
from songtor_node.unlock import KEY_FILE
from songtor_node.web.entrance import sessions
from songtor_proto.errors import InputError

worker = typer.Typer(help="Workers. / ผู้ปฏิบัติงาน")

KeyOut = Annotated[Path | None, typer.Option(help="File for the credential. / ไฟล์สำหรับ systemd-creds")]
NewFile = Annotated[Path | None, typer.Option(help="File with the new one. / ไฟล์รหัสผ่านใหม่")]
Role = Annotated[str, typer.Option(help="caseworker, volunteer, interpreter, monk, node_admin ...")]


def init(
    context: typer.Context,
    unlock: Annotated[
        Literal["passphrase", "credential", "keyfile"],
        typer.Option(help="How the store is unlocked. / เปิดฐานข้อมูลด้วยอะไร"),
    ] = "passphrase",
    key_out: KeyOut = None,
) -> None:
    """Make a new node. / สร้างเครื่องหลักใหม่"""
    given = console(context)
    check_free(given.data)
    path = _key_path(given, unlock, key_out)
    node, recovery = founding.found(
        given.data, key_path=path, passphrase="" if path else _new_passphrase(given)
    )
    node.close()
    given.show(
        {"data": str(given.data), "unlock": unlock, "recovery_code": recovery},
        given.choose(
            "สร้างเครื่องหลักแล้ว พิมพ์รหัสกู้คืนนี้ลงกระดาษ เก็บในที่ปลอดภัย แล้วล้างหน้าจอ",
            "The node is made. Print this recovery code, keep it safe, then clear the screen:",
        ),
        f"  {recovery}",
    )
    if unlock == "credential":
        given.note(f"systemd-creds encrypt --name=songtor-node {path} /etc/credstore.encrypted/songtor-node")


def recover(context: typer.Context, new_passphrase_file: NewFile = None) -> None:
    """Set a new passphrase with the recovery code. / ตั้งรหัสผ่านใหม่ด้วยรหัสกู้คืน"""
    given = console(context)
    check_here(given.data)
    typed = given.secret("รหัสกู้คืน", "Recovery code") if sys.stdin.isatty() else sys.stdin.readline(512)
    founding.recover(given.data, typed, _new_passphrase(given, new_passphrase_file))
    given.show({"recovered": True}, given.choose("ตั้งรหัสผ่านใหม่แล้ว", "The new passphrase is set."))


@worker.command()
def add(
    context: typer.Context,
    code: str,
    role: Role,
    name: Annotated[str, typer.Option(help="Name. / ชื่อ")] = "",
) -> None:
    """Add a worker. / เพิ่มผู้ปฏิบัติงาน"""
    given = console(context)
    with given.node() as node, writing(node.engine) as session:
        workers.add(session, code, name=name, role=role, vocabulary=node.vocabulary, now=node.clock())
    given.show({"worker": code, "role": role}, given.choose(f"เพิ่ม {code} แล้ว", f"{code} is added."))


@worker.command("code")
def code_(context: typer.Context, code: str) -> None:
    """A one-time code for a first sign-in, or after a loss. / รหัสครั้งเดียวสำหรับเข้าใช้ครั้งแรก"""
    given = console(context)
    with given.node() as node, writing(node.engine) as session:
        once = people.give_code(session, code, by=code, now=node.clock(), random=node.random)
        sessions.end_all(session, code)
    given.show(
        {"worker": code, "code": once},
        given.choose("รหัสครั้งเดียว ใช้ได้ 72 ชั่วโมง", "One-time code, good for 72 hours:"),
        f"  {once}",
    )


@worker.command("leave")
def leave(context: typer.Context, code: str) -> None:
    """Someone works here no longer. / ผู้ปฏิบัติงานออกจากหน้าที่"""
    given = console(context)
    with given.node() as node, writing(node.engine) as session:
        people.leave(session, code, by=code, now=node.clock())
        sessions.end_all(session, code)
    given.show({"worker": code, "active": False}, given.choose(f"ปิดบัญชี {code} แล้ว", f"{code} has left."))


@worker.command("list")
def list_(context: typer.Context) -> None:
    """List the workers. / รายชื่อผู้ปฏิบัติงาน"""
    given = console(context)
    with given.node() as node, reading(node.engine) as session:
        found = workers.listing(session, everyone=True)
    rows = [(one.code, node.vocabulary.node_roles[one.role].label(given.lang), one.name) for one in found]
    given.show(
        [{"worker": one.code, "role": one.role, "name": one.name, "active": one.active} for one in found],
        given.table([("รหัส", "code"), ("บทบาท", "role"), ("ชื่อ", "name")], rows),
    )


def _key_path(given: Console, unlock: str, key_out: Path | None) -> Path | None:
    """Where a machine's key goes; for a bare file only once the operator has typed what that means."""
    if unlock == "passphrase":
        return None
    if unlock == "credential":
        if key_out is None:
            raise InputError("missing", field="key-out")
        return key_out
    words = given.choose(*founding.ACKNOWLEDGEMENT)
    given.note(
        given.choose(
            f"กุญแจจะอยู่ในไฟล์ข้างข้อมูล ใครขโมยเครื่องนี้จะอ่านได้ทั้งหมด หากยอมรับ พิมพ์: {words}",
            f"The key will lie beside the data: who steals this machine reads all. To accept, type: {words}",
        )
    )
    founding.check_acknowledged(sys.stdin.readline(256), words)
    return given.data / KEY_FILE


def _new_passphrase(given: Console, file: Path | None = None) -> str:
    """From a file, or typed twice."""
    if file := file or given.passphrase_file:
        typed = given.read(file, limit=4096, field="passphrase-file").decode(errors="replace").strip()
        again = typed
    else:
        typed = given.secret("รหัสผ่านใหม่", "New passphrase")
        again = given.secret("พิมพ์อีกครั้ง", "Once more")
    founding.check_passphrase(typed, again)
    return typed
