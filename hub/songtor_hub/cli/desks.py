"""The desks' commands. Each is an act of the officer named with `--as`, at that officer's desk.

Nothing here decides: what may be done and told is for the rooms and the rules.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from songtor_hub.cli.app import app
from songtor_hub.cli.options import Options, options_of
from songtor_proto.errors import InputError

if TYPE_CHECKING:
    from songtor_hub.desks.desk import Desk

MAXIMUM_WORDS = 1 << 16

Ref = Annotated[str, typer.Argument(metavar="REFERENCE", help="DE02-7K3M-Q9XM")]
Reason = Annotated[str, typer.Option(help="รหัสเหตุผล · Code of the reason")]
Words = Annotated[str, typer.Argument(metavar="TEXT", help="- อ่านจากอินพุต · - reads standard input")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="ดูก่อน ยังไม่ส่ง · Show, and send nothing")]


@app.command()
def inbox(context: typer.Context) -> None:
    """กล่องรับเรื่อง · What waits at the desk: overdue first, then by urgency and time left."""
    from songtor_hub.cli import desk_view
    from songtor_hub.desks.inbox import inbox

    with _at_work(context) as (options, desk):
        rows = [desk_view.item(item) for item in inbox(desk)]
    options.show(rows, desk_view.INBOX)


@app.command()
def show(context: typer.Context, reference: Ref) -> None:
    """สถานะ · Where a referral stands and who did what; its content stays closed."""
    from songtor_hub.cli import desk_view
    from songtor_hub.desks import acts
    from songtor_proto.times import from_ms

    with _at_work(context) as (options, desk):
        task = desk.find(reference)
        told = desk_view.standing(task, desk.hub, options.lang)
        told["parts"] = [desk_view.standing(part, desk.hub, options.lang) for part in acts.parts(desk, task)]
        told["acts"] = [
            {
                "at": from_ms(act.at_ms).isoformat(timespec="minutes"),
                "desk": act.desk,
                "officer": act.officer,
                "role": act.role,
                "act": act.act,
            }
            for act in desk.acts(task.id)
        ]
        desk_view.tell_standing(options, told, told["acts"])


@app.command("open")
def open_(context: typer.Context, reference: Ref) -> None:
    """เปิดอ่าน · The content. It is recorded, and told to the node that it came from."""
    from songtor_hub.cli import desk_view
    from songtor_hub.desks.opening import open_task

    with _at_work(context) as (options, desk):
        opened = open_task(desk, reference)
        told = desk_view.standing(opened.task, desk.hub, options.lang)
        told["with"] = told["from"] if opened.terms is not None else told["to"]
        desk_view.tell_opened(options, opened, told, desk.hub)


@app.command()
def accept(context: typer.Context, reference: Ref) -> None:
    """รับเรื่อง · The desk takes the referral on."""
    from songtor_hub.desks import acts

    with _acting_on(context, reference) as desk:
        acts.accept(desk, reference)


@app.command()
def start(context: typer.Context, reference: Ref) -> None:
    """เริ่มดำเนินการ · Work begins."""
    from songtor_hub.desks import acts

    with _acting_on(context, reference) as desk:
        acts.start(desk, reference)


@app.command()
def reject(context: typer.Context, reference: Ref, reason: Reason) -> None:
    """ไม่รับ · The desk does not take it on; the reason is a code of the list."""
    from songtor_hub.desks import acts

    with _acting_on(context, reference) as desk:
        acts.reject(desk, reference, reason)


@app.command()
def fail(context: typer.Context, reference: Ref, reason: Reason) -> None:
    """ทำไม่สำเร็จ · What was begun could not be carried through."""
    from songtor_hub.desks import acts

    with _acting_on(context, reference) as desk:
        acts.fail(desk, reference, reason)


@app.command()
def ask(context: typer.Context, reference: Ref, text: Words) -> None:
    """ถามกลับ · A question to the referrer; the referral is on hold until the answer."""
    from songtor_hub.desks import acts

    with _acting_on(context, reference) as desk:
        acts.ask(desk, reference, _words(text))


@app.command()
def answer(context: typer.Context, reference: Ref, text: Words) -> None:
    """ตอบ · Answers the question about a referral that went out from this desk."""
    from songtor_hub.desks import acts

    with _acting_on(context, reference) as desk:
        acts.answer(desk, reference, _words(text))


@app.command()
def complete(
    context: typer.Context,
    reference: Ref,
    outcome: Annotated[str, typer.Option(help="รหัสผลลัพธ์ · Code of the outcome")],
    say: Annotated[str, typer.Option(help="ข้อเท็จจริงโดยสรุป หรือ - · A summary in words, or -")] = "",
    report: Annotated[Path | None, typer.Option(help="แฟ้ม YAML · Facts to send back, as a file")] = None,
    despite_open: Annotated[
        bool, typer.Option("--despite-open", help="แม้ยังมีส่วนที่ค้าง · Although a part is open")
    ] = False,
) -> None:
    """รายงานผล · The outcome, with the results of all parts."""
    from songtor_hub.desks import acts
    from songtor_hub.desks.case_file import parse_facts, read_mapping

    facts = parse_facts(read_mapping(_file(report)) if report else {})
    facts.narrative = _words(say) or facts.narrative
    with _acting_on(context, reference) as desk:
        acts.complete(desk, reference, outcome, facts, despite_open=despite_open)


@app.command("traced-consent")
def traced_consent(context: typer.Context, reference: Ref) -> None:
    """ผู้ถูกตามหายินยอม · Records that the traced person said, to this desk, that they may be told about."""
    from songtor_hub.desks import acts

    with _acting_on(context, reference) as desk:
        acts.traced_consent(desk, reference)


@app.command()
def hold(
    context: typer.Context,
    reference: Ref,
    duty: Annotated[str, typer.Option(help="รหัสหน้าที่ตามกฎหมาย · Code of the duty to keep")],
) -> None:
    """เก็บไว้ตามกฎหมาย · The law wants the content kept even if consent is withdrawn."""
    from songtor_hub.desks import acts

    with _acting_on(context, reference) as desk:
        acts.hold(desk, reference, duty)


@app.command()
def release(context: typer.Context, reference: Ref) -> None:
    """เลิกเก็บ · The duty to keep has ended; what was withdrawn meanwhile is destroyed now."""
    from songtor_hub.desks import acts

    with _acting_on(context, reference) as desk:
        acts.release(desk, reference)


@app.command()
def withdraw(
    context: typer.Context,
    reference: Ref,
    reason: Annotated[str, typer.Option(help="withdrawn, entered_in_error …")] = "withdrawn",
) -> None:
    """ถอนคืน · Takes back what this desk referred; its content is destroyed wherever it went."""
    from songtor_hub.desks import acts

    with _acting_on(context, reference) as desk:
        acts.withdraw(desk, reference, reason)


@app.command()
def confirm(context: typer.Context, reference: Ref) -> None:
    """ยืนยันเป็นคนที่สอง · The duty officer stands behind what one worker sent at night."""
    from songtor_hub.desks.confirm import confirm

    with _at_work(context) as (options, desk):
        confirm(desk, reference)
        options.tell(
            f"ยืนยัน {reference} แล้ว", f"{reference} is confirmed.", reference=reference, confirmed=True
        )


@app.command()
def route(
    context: typer.Context,
    reference: Ref,
    to: Annotated[list[str], typer.Option(help="dwf, province-50 … (หลายโต๊ะได้ · repeat for more)")],
    dry_run: DryRun = False,
) -> None:
    """ส่งต่อให้โต๊ะอื่น · Passes on to other desks what each of them needs, and no more."""
    from songtor_hub.cli import desk_view
    from songtor_hub.desks import route

    with _at_work(context) as (options, desk):
        parts = route.prepare(desk, reference, to, options.lang)
        if not dry_run:
            route.send(desk, parts)
        if options.as_json:
            told = [
                {"to": part.recipient, "reference": part.reference}
                | desk_view.disclosure_dict(part.disclosure)
                for part in parts
            ]
            options.tell("", "", reference=reference, sent=not dry_run, parts=told)
            return
        for part in parts:
            desk_view.tell_disclosure(
                options, f"{part.recipient} {part.reference}", part.disclosure, desk.hub
            )
        _say_sent(options, dry_run)


@app.command("refer-to-node")
def refer_to_node(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="แฟ้มเคส YAML · The case, with its ground")],
    to: Annotated[str, typer.Option(help="DE-02")],
    again: Annotated[str, typer.Option(help="ฉบับใหม่ของเลขนี้ · A new version of this reference")] = "",
    dry_run: DryRun = False,
) -> None:
    """ส่งต่อให้องค์กรภาคี · A case that came to the centre goes to a partner's node."""
    from songtor_hub.cli import desk_view
    from songtor_hub.desks import refer_to_node

    content = _file(file)
    with _at_work(context) as (options, desk):
        draft = refer_to_node.prepare(desk, content, to, again=again, lang=options.lang)
        if not dry_run:
            refer_to_node.send(desk, draft)
        if options.as_json:
            told = desk_view.disclosure_dict(draft.disclosure)
            options.tell("", "", reference=draft.reference, to=to, sent=not dry_run, **told)
            return
        desk_view.tell_disclosure(options, f"{to} {draft.reference}", draft.disclosure, desk.hub)
        _say_sent(options, dry_run)


@app.command()
def trust(
    context: typer.Context,
    owner: Annotated[str, typer.Argument(help="DE-02")],
    fingerprint: Annotated[str, typer.Argument(help="ตัวเลขแปดกลุ่ม · Eight groups of five digits")],
) -> None:
    """เทียบลายนิ้วมือกุญแจแล้ว · Two people compared the fingerprint by voice; the desks believe the new key."""
    from songtor_hub.desks import pins

    with _at_work(context) as (options, desk):
        pins.trust(desk.hub, owner, fingerprint)
        options.tell(f"เชื่อกุญแจของ {owner} แล้ว", f"{owner}'s key is believed.", owner=owner, trusted=True)


@contextmanager
def _at_work(context: typer.Context) -> Iterator[tuple[Options, Desk]]:
    """The desk of the officer who acts."""
    from songtor_hub.bootstrap import Role
    from songtor_hub.desks.desk import at_work

    options = options_of(context)
    hub = options.open(Role.DESKS)
    try:
        yield options, at_work(hub)
    finally:
        hub.close()


@contextmanager
def _acting_on(context: typer.Context, reference: str) -> Iterator[Desk]:
    """As `_at_work`; afterwards it is told where the referral stands now."""
    from songtor_hub.cli import desk_view

    with _at_work(context) as (options, desk):
        yield desk
        told = desk_view.standing(desk.find(reference), desk.hub, options.lang)
        line = f"{told['reference']}: {told['state']} ({told['stage_label']})"
        options.tell(line, line, **told)


def _say_sent(options: Options, dry_run: bool) -> None:
    if dry_run:
        options.tell("ยังไม่ได้ส่ง", "Nothing was sent.")
    else:
        options.tell("ส่งแล้ว", "Sent.")


def _words(text: str) -> str:
    """What is said, kept out of the list of processes where it is given as `-`."""
    return sys.stdin.read(MAXIMUM_WORDS) if text == "-" else text


def _file(path: Path) -> bytes:
    """InputError: "file", "too_large"."""
    from songtor_proto.plain_yaml import MAXIMUM_BYTES

    try:
        with path.open("rb") as file:
            content = file.read(MAXIMUM_BYTES + 1)
    except OSError as error:
        raise InputError("file", field=path.name) from error
    if len(content) > MAXIMUM_BYTES:
        raise InputError("too_large", field=path.name)
    return content
