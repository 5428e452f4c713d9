"""`case`: template, import, list, show, step, add, set, verify, done, assign, looks."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, Literal, NamedTuple

import typer
from sqlmodel import Session, col, select

from songtor_node.bootstrap import Node
from songtor_node.cases import alike, service
from songtor_node.cases.casefile import CaseHead, read_case
from songtor_node.cases.kinds import KINDS
from songtor_node.cases.models import Case, Look
from songtor_node.cases.record import CaseRecord, as_form, read_record
from songtor_node.cli.console import Console, console
from songtor_node.cli.entries import filled
from songtor_node.cli.sheet import sheet
from songtor_node.forms import check
from songtor_node.store.engine import reading, writing
from songtor_node.templates import template as template_text
from songtor_node.workers import Worker, acting
from songtor_proto.errors import InputError
from songtor_proto.plain_yaml import MAXIMUM_BYTES
from songtor_proto.vocabulary import policy, vocabulary

case = typer.Typer(help="Cases. / เรื่องของผู้รับบริการ")

Code = Annotated[str, typer.Argument(metavar="CASE", help="Case code. / รหัสเรื่อง")]
Kind = Annotated[str, typer.Argument(help=", ".join(KINDS))]
Number = Annotated[int, typer.Argument(help="As `case show` numbers it. / ตามลำดับในเรื่อง")]
Step = Annotated[str, typer.Argument(help=", ".join(vocabulary().case_steps))]
Words = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="FIELD=-|FIELD=VALUE",
        help="- = stdin; others on this computer see what is typed here. / - อ่านจากอินพุต คนอื่นจึงไม่เห็น",
    ),
]


class Act(NamedTuple):
    """One worker at one case, inside one transaction."""

    console: Console
    node: Node
    session: Session
    case: Case
    by: Worker
    now: datetime

    def done(self) -> None:
        code = self.case.code
        said = self.console.choose(f"บันทึกลง {code} แล้ว", f"Recorded in {code}.")
        self.console.show({"case": code}, said)


@contextmanager
def at_case(context: typer.Context, code: str, what: str) -> Iterator[Act]:
    """The case of that code, the look at it recorded as `what`."""
    given = console(context)
    with given.node() as node, writing(node.engine) as session:
        now = node.clock()
        found, by = service.find(session, code, node.worker, what=what, now=now)
        yield Act(given, node, session, found, by, now)


@case.command()
def template(context: typer.Context) -> None:
    """Print an empty case file with explanations. / พิมพ์แฟ้มเรื่องเปล่าพร้อมคำอธิบาย"""
    given = console(context)
    text = template_text("case", given.lang, vocabulary(), policy())
    given.show({"template": text}, text.rstrip("\n"))


@case.command("import")
def import_(context: typer.Context, file: Annotated[Path, typer.Argument(help="- = stdin")]) -> None:
    """Take a case in from a file, all of it or nothing. / นำเข้าแฟ้มเรื่อง"""
    given = console(context)
    form = read_case(given.read(file, limit=MAXIMUM_BYTES, field="file"))
    with given.node() as node, writing(node.engine) as session:
        by = acting(session, node.worker)
        made = service.create(session, form, by=by, now=node.clock(), random=node.random)
        alike.look(session, made, by=by, now=node.clock())
        code = made.code
    given.show({"case": code}, given.choose(f"รับเรื่องแล้ว รหัส {code}", f"The case is taken in: {code}"))


@case.command("list")
def list_(context: typer.Context) -> None:
    """List the cases that you may see. / รายการเรื่องที่คุณดูได้"""
    given = console(context)
    with given.node() as node, reading(node.engine) as session:
        found = [summary(record) for record in service.listing(session, node.worker)]
    words, lang = vocabulary(), given.lang
    rows = (
        (
            one["case"],
            words.case_steps[one["step"]].label(lang),
            words.threat_levels[one["urgency"]].label(lang),
            one["name"],
            ", ".join(words.problems[problem].label(lang) for problem in one["problems"][:2]),
        )
        for one in found
    )
    headings = [("รหัส", "code"), ("ขั้นตอน", "step"), ("ภาวะ", "threat"), ("ชื่อ", "name"), ("ปัญหา", "problems")]
    given.show(found, given.table(headings, rows))


@case.command()
def show(context: typer.Context, code: Code) -> None:
    """Show all of a case. / ดูเรื่องทั้งหมด"""
    with at_case(context, code, "show") as act:
        record = read_record(act.session, act.case)
    taken = [{"step": one.step, "reason": one.reason, "by": one.by, "at": one.at} for one in record.steps]
    whole = {**summary(record), "steps": taken, "file": as_form(record).model_dump(mode="json")}
    act.console.show(whole, *sheet(record, act.console))


@case.command()
def step(
    context: typer.Context,
    code: Code,
    step: Step,
    reason: Annotated[str, typer.Option(help="Needed but for one step forward; - = stdin. / เหตุผล")] = "",
) -> None:
    """Take a case to a step. / เปลี่ยนขั้นตอน"""
    reason = console(context).words(reason)
    with at_case(context, code, "step") as act:
        service.take_step(act.session, act.case, step, reason=reason, by=act.by, now=act.now)
    label = vocabulary().case_steps[step].label(act.console.lang)
    act.console.show({"case": act.case.code, "step": step}, f"{act.case.code}: {label}")


@case.command()
def add(context: typer.Context, code: Code, kind: Kind, words: Words = None) -> None:
    """Add an entry: case add C-1 note -, case add C-1 fact text=- source=sister. / เพิ่มรายการ"""
    name = kind.replace("-", "_")
    if name not in KINDS:
        raise InputError("unknown_code", field="kind")
    entry = check(KINDS[name].form, filled(words or [], console(context).words, text_field="text"))
    with at_case(context, code, f"add {name}") as act:
        service.add(act.session, act.case, name, entry, by=act.by, now=act.now)
    act.done()


@case.command("set")
def set_(context: typer.Context, code: Code, words: Words = None) -> None:
    """Change what a case says once: case set C-1 client.address=-. / แก้ไขข้อมูลของเรื่อง"""
    with at_case(context, code, "set") as act:
        record = read_record(act.session, act.case)
        head = as_form(record).model_dump(mode="json", include=set(CaseHead.model_fields))
        form = check(CaseHead, filled(words or [], act.console.words, into=head))
        service.amend(act.session, act.case, form, by=act.by, now=act.now)
    act.done()


@case.command()
def verify(
    context: typer.Context,
    code: Code,
    number: Number,
    how: Annotated[str, typer.Option(help="How it was checked; - = stdin. / ตรวจสอบอย่างไร")],
    result: Annotated[Literal["verified", "contradicted"], typer.Option()] = "verified",
) -> None:
    """Say what came of checking a fact. / บันทึกผลการตรวจสอบข้อเท็จจริง"""
    how = console(context).words(how)
    with at_case(context, code, "verify") as act:
        service.verify(act.session, act.case, number, verification=result, how=how, by=act.by, now=act.now)
    act.done()


@case.command()
def done(
    context: typer.Context,
    code: Code,
    number: Number,
    result: Annotated[str, typer.Option(help="What was found; - = stdin. / ผลการติดตาม")],
    condition: Annotated[
        str, typer.Option(help=f"{', '.join(vocabulary().conditions)} / ผู้รับบริการเป็นอย่างไร")
    ] = "",
) -> None:
    """Say what a follow-up found. / บันทึกผลการติดตาม"""
    result = console(context).words(result)
    with at_case(context, code, "done") as act:
        service.finish(
            act.session, act.case, number, result=result, condition=condition, by=act.by, now=act.now
        )
    act.done()


@case.command()
def assign(context: typer.Context, code: Code, worker: str) -> None:
    """Let a worker see the case. / มอบหมายเรื่อง"""
    with at_case(context, code, "assign") as act:
        service.assign(act.session, act.case, worker, by=act.by, now=act.now)
    act.done()


@case.command()
def looks(context: typer.Context, code: Code) -> None:
    """Who looked at the case, and when. / ใครเปิดดูเรื่องนี้เมื่อใด"""
    with at_case(context, code, "looks") as act:
        query = select(Look).where(Look.case_id == act.case.id).order_by(col(Look.id))
        found = [(f"{look.at:%Y-%m-%d %H:%M}", look.by, look.what) for look in act.session.exec(query)]
    act.console.show(
        [{"at": at, "by": by, "what": what} for at, by, what in found],
        act.console.table([("เมื่อ (UTC)", "when (UTC)"), ("ใคร", "who"), ("ทำอะไร", "what")], found),
    )


def summary(record: CaseRecord) -> dict[str, Any]:
    """One line of a list."""
    case, client = record.case, record.client
    return {
        "case": case.code,
        "step": case.step,
        "urgency": record.urgency,
        "target_group": case.target_group,
        "problems": [problem.code for problem in record.problems],
        "name": client.name_thai or client.name_latin or client.nickname,
        "origin": case.origin,
        "by": case.by,
        "at": case.at,
    }
