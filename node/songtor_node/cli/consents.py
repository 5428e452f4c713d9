"""`consent`: template, text, record, list, show, confirm, withdraw."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer

from songtor_node.cases.record import read_record
from songtor_node.cli.cases import Act, Words, at_case
from songtor_node.cli.console import Console, console
from songtor_node.cli.entries import filled
from songtor_node.consents import acts
from songtor_node.consents.form import ConsentForm
from songtor_node.consents.ground import text_to_show
from songtor_node.consents.models import Consent
from songtor_node.forms import check, load
from songtor_node.referrals.act import act as referring
from songtor_node.referrals.acts import withdraw_ground
from songtor_node.store.engine import writing
from songtor_node.templates import template as template_text
from songtor_proto.errors import InputError
from songtor_proto.plain_yaml import MAXIMUM_BYTES
from songtor_proto.spoken import spoken
from songtor_proto.vocabulary import policy, vocabulary
from songtor_web.dates import date_text

consent = typer.Typer(help="Consents and other grounds. / ความยินยอมและเหตุอื่น")

Case = Annotated[str, typer.Argument(metavar="CASE", help="Case code. / รหัสเรื่อง")]
Code = Annotated[str, typer.Argument(metavar="CONSENT", help="Consent code. / รหัสความยินยอม")]
File = Annotated[Path | None, typer.Option(help="The filled-in template; - = stdin. / แบบที่กรอกแล้ว")]


@consent.command()
def template(context: typer.Context) -> None:
    """Print an empty form with explanations. / พิมพ์แบบเปล่าพร้อมคำอธิบาย"""
    given = console(context)
    text = template_text("consent", given.lang, vocabulary(), policy())
    given.show({"template": text}, text.rstrip("\n"))


@consent.command()
def text(context: typer.Context, case: Case, words: Words = None, file: File = None) -> None:
    """Print what the client is shown or read before. / ข้อความที่ให้ผู้รับบริการดูหรืออ่านให้ฟังก่อน"""
    form = _form(console(context), words, file)
    with at_case(context, case, "consent text") as act:
        shown = text_to_show(read_record(act.session, act.case), form, acts.house_of(act.node), act.now)
    act.console.show({"text": shown}, shown.rstrip("\n"))


@consent.command()
def record(context: typer.Context, case: Case, words: Words = None, file: File = None) -> None:
    """Record a ground: consent record C-1 --file F, or basis=consent purpose=... / บันทึกความยินยอม"""
    form = _form(console(context), words, file)
    with at_case(context, case, "consent record") as act:
        house, random = acts.house_of(act.node), act.node.random
        made = acts.record(act.session, act.case, form, house, by=act.by, now=act.now, random=random)
    _show(act, made)


@consent.command("list")
def list_(context: typer.Context, case: Case) -> None:
    """List the grounds of a case. / ความยินยอมของเรื่องนี้"""
    with at_case(context, case, "consent list") as act:
        found = acts.listing(act.session, act.case)
    lang = act.console.lang
    rows = (
        (
            one.code,
            spoken("basis", one.basis, lang),
            policy().purposes[one.purpose].label(lang),
            ", ".join(one.recipients),
            date_text(one.expires_at.date(), lang),
            date_text(one.withdrawn_at.date(), lang) if one.withdrawn_at else "",
        )
        for one in found
    )
    headings = [
        ("รหัส", "code"),
        ("ฐาน", "basis"),
        ("เพื่อ", "purpose"),
        ("ผู้รับ", "recipients"),
        ("สิ้นสุด", "until"),
        ("ถอนเมื่อ", "withdrawn"),
    ]
    act.console.show([_as_data(act, one) for one in found], act.console.table(headings, rows))


@consent.command()
def show(context: typer.Context, code: Code) -> None:
    """Show a ground with its whole record. / ดูความยินยอมทั้งฉบับ"""
    with _at_consent(context, code, "consent show") as (act, found):
        data = {**_as_data(act, found), "record": found.record}
    shown = found.record["pii_processing"]["privacy_notice"].rstrip("\n")
    act.console.show(data, *_lines(found, act.console), "", shown)


@consent.command()
def confirm(context: typer.Context, code: Code) -> None:
    """Stand for it as the second person. / ยืนยันในฐานะคนที่สอง"""
    with _at_consent(context, code, "consent confirm") as (act, found):
        acts.confirm(act.session, found, by=act.by, now=act.now)
    _show(act, found)


@consent.command()
def withdraw(
    context: typer.Context,
    code: Code,
    by: Annotated[str, typer.Option(help="client, guardian, or who it is in the case. / ใครถอน")],
) -> None:
    """Withdraw: nothing more is disclosed on it, and what was sent is recalled. / ถอนความยินยอม"""
    given = console(context)
    with given.node() as node, referring(node) as now:
        recalled = sorted({referral.reference for referral in withdraw_ground(now, code, person=by)})
    given.show(
        {"consent": code.upper(), "recalled": recalled},
        given.choose(f"ถอน {code.upper()} แล้ว เรียกคืน: ", f"{code.upper()} is withdrawn; recalled: ")
        + (", ".join(recalled) or "-"),
    )


@contextmanager
def _at_consent(context: typer.Context, code: str, what: str) -> Iterator[tuple[Act, Consent]]:
    given = console(context)
    with given.node() as node, writing(node.engine) as session:
        now = node.clock()
        found, case, by = acts.find(session, code, node.worker, what=what, now=now)
        yield Act(given, node, session, case, by, now), found


def _form(given: Console, words: list[str] | None, file: Path | None) -> ConsentForm:
    """From a file or from words; not from both, so that nobody wonders which holds."""
    if file is None:
        return check(ConsentForm, filled(words or [], given.words))
    if words:
        raise InputError("usage", field="file")
    return load(ConsentForm, given.read(file, limit=MAXIMUM_BYTES, field="file"))


def _as_data(act: Act, found: Consent) -> dict[str, Any]:
    kept = found.model_dump(exclude={"record", "case_id"})
    return {"consent": kept.pop("code"), "case": act.case.code, **kept}


def _lines(found: Consent, given: Console) -> Iterator[str]:
    lang, words = given.lang, policy()
    yield f"{found.code}  {spoken('basis', found.basis, lang)}  {words.purposes[found.purpose].label(lang)}"
    yield ", ".join(found.recipients)
    yield ", ".join(words.categories[name].label(lang) for name in found.categories)
    yield f"{found.citation} ({found.jurisdiction})"
    yield given.choose("ถึงวันที่ ", "until ") + date_text(found.expires_at.date(), lang)
    if found.confirm_by:
        before = f"{found.confirm_by:%Y-%m-%d %H:%M} UTC"
        yield given.choose("ต้องมีคนที่สองยืนยันก่อน ", "a second person must confirm before ") + before
    if found.withdrawn_at:
        yield given.choose("ถอนแล้วเมื่อ ", "withdrawn on ") + date_text(found.withdrawn_at.date(), lang)


def _show(act: Act, found: Consent) -> None:
    act.console.show(_as_data(act, found), *_lines(found, act.console))
