"""Making a node and its workers: `init`, `recover`, `worker`."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated, Literal

import typer

from songtor_node import workers
from songtor_node.bootstrap import KEYRING, check_here, create_node, make_folder
from songtor_node.cli.console import Console, console
from songtor_node.store.engine import reading, writing
from songtor_node.unlock import KEY_BYTES, KEY_FILE, Unlock, key_line
from songtor_proto.errors import InputError, StoreError
from songtor_proto.keyring import Keyring

SHORTEST = 12  # characters of a passphrase
ACKNOWLEDGEMENT = ("ผู้ขโมยจะได้ทุกอย่าง", "a thief then has everything")

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
    """Make a new node. / สร้างโหนดใหม่"""
    given = console(context)
    path = _key_path(given, unlock, key_out)
    chosen = Unlock(raw_key=os.urandom(KEY_BYTES)) if path else Unlock(passphrase=_new_passphrase(given))
    make_folder(given.data)
    if path and chosen.raw_key:  # before what it opens, so that nothing is made that nobody can open
        _write_key(path, key_line(chosen.raw_key))
    node = create_node(given.data, chosen)
    try:
        recovery = node.keyring.set_recovery()
        node.keyring.save()
    finally:
        node.close()
    given.show(
        {"data": str(given.data), "unlock": unlock, "recovery_code": recovery},
        given.choose(
            "สร้างโหนดแล้ว พิมพ์รหัสกู้คืนนี้ลงกระดาษ เก็บในที่ปลอดภัย แล้วล้างหน้าจอ",
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
    keyring = Keyring.open(given.data / KEYRING, recovery_code=typed)
    keyring.set_passphrase(_new_passphrase(given, new_passphrase_file))
    keyring.save()
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


@worker.command("list")
def list_(context: typer.Context) -> None:
    """List the workers. / รายชื่อผู้ปฏิบัติงาน"""
    given = console(context)
    with given.node() as node, reading(node.engine) as session:
        found = workers.listing(session)
    rows = [(one.code, node.vocabulary.node_roles[one.role].label(given.lang), one.name) for one in found]
    given.show(
        [{"worker": one.code, "role": one.role, "name": one.name} for one in found],
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
    words = given.choose(*ACKNOWLEDGEMENT)
    given.note(
        given.choose(
            f"กุญแจจะอยู่ในไฟล์ข้างข้อมูล ใครขโมยเครื่องนี้จะอ่านได้ทั้งหมด หากยอมรับ พิมพ์: {words}",
            f"The key will lie beside the data: who steals this machine reads all. To accept, type: {words}",
        )
    )
    if sys.stdin.readline(256).strip() != words:
        raise InputError("acknowledgement")
    return given.data / KEY_FILE


def _write_key(path: Path, line: str) -> None:
    """For its owner alone, and never over a file that is there."""
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(line)
    except OSError:
        raise StoreError("write", field="key-out") from None


def _new_passphrase(given: Console, file: Path | None = None) -> str:
    """From a file, or typed twice."""
    if file := file or given.passphrase_file:
        typed = given.read(file, limit=4096, field="passphrase-file").decode(errors="replace").strip()
    else:
        typed = given.secret("รหัสผ่านใหม่", "New passphrase")
        if typed != given.secret("พิมพ์อีกครั้ง", "Once more"):
            raise InputError("passphrase")
    if len(typed) < SHORTEST:
        raise InputError("passphrase_short")
    return typed
