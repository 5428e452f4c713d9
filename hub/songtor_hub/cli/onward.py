"""The desks' commands for what goes out from a desk: to other desks, to nodes, and whose key is believed."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from songtor_hub.cli.app import app
from songtor_hub.cli.at_work import Clear, Ref, Words, acting_on, at_work, contents, words
from songtor_hub.cli.options import Options

DryRun = Annotated[bool, typer.Option("--dry-run", help="ดูก่อน ยังไม่ส่ง · Show, and send nothing")]


@app.command()
def answer(context: typer.Context, reference: Ref, text: Words, clear: Clear = None) -> None:
    """ตอบ · Answers the question about a referral that went out from this desk."""
    from songtor_hub.desks import acts

    with acting_on(context, reference) as desk:
        acts.answer(desk, reference, words(text), cleared=clear or ())


@app.command()
def withdraw(
    context: typer.Context,
    reference: Ref,
    reason: Annotated[str, typer.Option(help="withdrawn, entered_in_error …")] = "withdrawn",
) -> None:
    """ถอนคืน · Takes back what this desk referred; its content is destroyed wherever it went."""
    from songtor_hub.desks import acts

    with acting_on(context, reference) as desk:
        acts.withdraw(desk, reference, reason)


@app.command()
def confirm(context: typer.Context, reference: Ref) -> None:
    """ยืนยันเป็นคนที่สอง · The duty officer stands behind what one worker sent at night."""
    from songtor_hub.desks.confirm import confirm

    with at_work(context) as (options, desk):
        confirm(desk, reference)
        options.tell(
            f"ยืนยัน {reference} แล้ว", f"{reference} is confirmed.", reference=reference, confirmed=True
        )


@app.command()
def route(
    context: typer.Context,
    reference: Ref,
    to: Annotated[list[str], typer.Option(help="dwf, province-50 … (หลายโต๊ะได้ · repeat for more)")],
    clear: Clear = None,
    dry_run: DryRun = False,
) -> None:
    """ส่งต่อให้โต๊ะอื่น · Passes on to other desks what each of them needs, and no more."""
    from songtor_hub.cli import desk_view
    from songtor_hub.desks import route

    with at_work(context) as (options, desk):
        parts = route.prepare(desk, reference, to, options.lang, cleared=clear or ())
        if not dry_run:
            route.send(desk, parts)
        if options.as_json:
            told = [
                {"to": part.recipient, "reference": part.reference}
                | desk_view.disclosure_dict(part.disclosure, part.search)
                for part in parts
            ]
            options.tell("", "", reference=reference, sent=not dry_run, parts=told)
            return
        for part in parts:
            to_whom = f"{part.recipient} {part.reference}"
            desk_view.tell_disclosure(options, to_whom, part.disclosure, part.search, desk.hub)
        _say_sent(options, dry_run)


@app.command("refer-to-node")
def refer_to_node(
    context: typer.Context,
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="แฟ้มเรื่อง YAML หรือ - · The case, with its ground; - = stdin")
    ],
    to: Annotated[str, typer.Option(help="DE-02")],
    again: Annotated[str, typer.Option(help="ฉบับใหม่ของเลขนี้ · A new version of this reference")] = "",
    clear: Clear = None,
    dry_run: DryRun = False,
) -> None:
    """ส่งต่อให้องค์กรภาคี · A case that came to the centre goes to a partner's node."""
    from songtor_hub.cli import desk_view
    from songtor_hub.desks import refer_to_node

    content = contents(file)
    with at_work(context) as (options, desk):
        draft = refer_to_node.prepare(desk, content, to, again=again, cleared=clear or (), lang=options.lang)
        if not dry_run:
            refer_to_node.send(desk, draft)
        if options.as_json:
            told = desk_view.disclosure_dict(draft.disclosure, draft.search)
            options.tell("", "", reference=draft.reference, to=to, sent=not dry_run, **told)
            return
        to_whom = f"{to} {draft.reference}"
        desk_view.tell_disclosure(options, to_whom, draft.disclosure, draft.search, desk.hub)
        _say_sent(options, dry_run)


@app.command()
def trust(
    context: typer.Context,
    owner: Annotated[str, typer.Argument(help="DE-02")],
    fingerprint: Annotated[str, typer.Argument(help="ตัวเลขแปดกลุ่ม · Eight groups of five digits")],
) -> None:
    """เทียบลายนิ้วมือกุญแจแล้ว · Two people compared the fingerprint by voice; the desks believe the new key."""
    from songtor_hub.desks import pins

    with at_work(context) as (options, desk):
        pins.trust(desk.hub, owner, fingerprint)
        options.tell(f"เชื่อกุญแจของ {owner} แล้ว", f"{owner}'s key is believed.", owner=owner, trusted=True)


def _say_sent(options: Options, dry_run: bool) -> None:
    if dry_run:
        options.tell("ยังไม่ได้ส่ง", "Nothing was sent.")
    else:
        options.tell("ส่งแล้ว", "Sent.")
