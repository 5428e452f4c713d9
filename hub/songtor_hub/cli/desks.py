"""The desks' commands: what came to a desk is read, decided and reported back, by the officer of `--as`.

Nothing here decides: what may be done and told is for the rooms and the rules.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from songtor_hub.cli.app import app
from songtor_hub.cli.at_work import Clear, Ref, Words, acting_on, at_work, contents, words

Reason = Annotated[str, typer.Option(help="รหัสเหตุผล · Code of the reason")]


@app.command()
def inbox(context: typer.Context) -> None:
    """กล่องรับเรื่อง · What waits at the desk: overdue first, then by urgency and time left."""
    from songtor_hub.cli import desk_view
    from songtor_hub.desks.inbox import inbox

    with at_work(context) as (options, desk):
        rows = [desk_view.item(item) for item in inbox(desk)]
    options.list(rows, desk_view.inbox_lines(rows, options.lang))


@app.command()
def show(context: typer.Context, reference: Ref) -> None:
    """สถานะ · Where a referral stands and who did what; its content stays closed."""
    from songtor_hub.cli import desk_view
    from songtor_proto.times import from_ms

    with at_work(context) as (options, desk):
        task = desk.find(reference)
        told = desk_view.standing(task, desk.hub, options.lang)
        told["parts"] = [desk_view.standing(part, desk.hub, options.lang) for part in desk.parts(task.id)]
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
def open_(
    context: typer.Context,
    reference: Ref,
    pictures: Annotated[
        Path | None, typer.Option(help="เขียนภาพ (SVG) ลงโฟลเดอร์นี้ · Draw the pictures into this folder")
    ] = None,
) -> None:
    """เปิดอ่าน · The content. It is recorded, and told to the node that it came from."""
    from songtor_hub.cli import desk_view
    from songtor_hub.cli.pictures import private, write
    from songtor_hub.desks.opening import open_task

    with at_work(context) as (options, desk):
        folder = private(pictures) if pictures else None
        opened = open_task(desk, reference)
        told = desk_view.standing(opened.task, desk.hub, options.lang)
        told["with"] = told["from"] if opened.terms is not None else told["to"]
        files = write(opened, folder, options.lang) if folder else ()
        desk_view.tell_opened(options, opened, told, desk.hub, files)


@app.command()
def accept(context: typer.Context, reference: Ref) -> None:
    """รับเรื่อง · The desk takes the referral on."""
    from songtor_hub.desks import acts

    with acting_on(context, reference) as desk:
        acts.accept(desk, reference)


@app.command()
def start(context: typer.Context, reference: Ref) -> None:
    """เริ่มดำเนินการ · Work begins."""
    from songtor_hub.desks import acts

    with acting_on(context, reference) as desk:
        acts.start(desk, reference)


@app.command()
def reject(context: typer.Context, reference: Ref, reason: Reason) -> None:
    """ไม่รับ · The desk does not take it on; the reason is a code of the list."""
    from songtor_hub.desks import acts

    with acting_on(context, reference) as desk:
        acts.reject(desk, reference, reason)


@app.command()
def fail(context: typer.Context, reference: Ref, reason: Reason) -> None:
    """ทำไม่สำเร็จ · What was begun could not be carried through."""
    from songtor_hub.desks import acts

    with acting_on(context, reference) as desk:
        acts.fail(desk, reference, reason)


@app.command()
def ask(context: typer.Context, reference: Ref, text: Words, clear: Clear = None) -> None:
    """ถามกลับ · A question to the referrer; the referral is on hold until the answer."""
    from songtor_hub.desks import acts

    with acting_on(context, reference) as desk:
        acts.ask(desk, reference, words(text), cleared=clear or ())


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
    clear: Clear = None,
) -> None:
    """รายงานผล · The outcome, with the results of all parts."""
    from songtor_hub.desks import acts
    from songtor_hub.desks.case_file import parse_facts, read_mapping

    facts = parse_facts(read_mapping(contents(report)) if report else {})
    facts.narrative = words(say) or facts.narrative
    with acting_on(context, reference) as desk:
        acts.complete(desk, reference, outcome, facts, despite_open=despite_open, cleared=clear or ())


@app.command("traced-consent")
def traced_consent(context: typer.Context, reference: Ref) -> None:
    """ผู้ถูกตามหายินยอม · Records that the traced person said, to this desk, that they may be told about."""
    from songtor_hub.desks import acts

    with acting_on(context, reference) as desk:
        acts.traced_consent(desk, reference)


@app.command()
def hold(
    context: typer.Context,
    reference: Ref,
    duty: Annotated[str, typer.Option(help="รหัสหน้าที่ตามกฎหมาย · Code of the duty to keep")],
) -> None:
    """เก็บไว้ตามกฎหมาย · The law wants the content kept even if consent is withdrawn."""
    from songtor_hub.desks import acts

    with acting_on(context, reference) as desk:
        acts.hold(desk, reference, duty)


@app.command()
def release(context: typer.Context, reference: Ref) -> None:
    """เลิกเก็บ · The duty to keep has ended; what was withdrawn meanwhile is destroyed now."""
    from songtor_hub.desks import acts

    with acting_on(context, reference) as desk:
        acts.release(desk, reference)
