"""`referral list`, `referral show`, `openings`, `recall`: where referrals stand and what became of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Annotated, Any

import typer
from rich.table import Table
from sqlmodel import select

from songtor_node.cases import service
from songtor_node.cli.console import Console, console
from songtor_node.cli.referrals import Reference, at_work
from songtor_node.referrals import find, history, recall, replies
from songtor_node.referrals.act import Act
from songtor_node.referrals.models import Referral
from songtor_node.referrals.pictures import family_lines
from songtor_node.store.engine import reading
from songtor_proto.errors import ConsentError, InputError, declared
from songtor_proto.minimise import why_text
from songtor_proto.spoken import spoken
from songtor_proto.vocabulary import policy
from songtor_proto.wire import envelope_pb2 as wire
from songtor_web.dates import date_text

referral = typer.Typer(help="Referrals. / เรื่องที่ส่งต่อ", no_args_is_help=True)

_RESULTS: dict[int, str] = {
    number: name.removeprefix("RECALL_RESULT_").lower() for name, number in wire.RecallResult.items()
}


@referral.command("list")
def list_(context: typer.Context) -> None:
    """List the referrals that you may see, both ways. / รายการเรื่องที่ส่งต่อ"""
    given = console(context)
    with given.node() as node, reading(node.engine) as session:
        found = [history.referral_data(one, node.clock()) for one in find.listing(session, node.worker)]
    given.show(found, *(line for one in found for line in _listed(one, given)))


@referral.command()
def show(context: typer.Context, reference: Reference) -> None:
    """Show a referral with all that was said. / ดูเรื่องที่ส่งต่อ"""
    with at_work(context) as work:
        lang = work.console.lang
        versions = [
            _version(work.act, one, lang) for one in find.thread(work.act, reference, what="referral")
        ]
        lines = [line for one in versions for line in _sheet(one, work.console)]
        work.say({"reference": versions[0]["reference"], "versions": versions}, *lines)


def openings(context: typer.Context, about: Annotated[str, typer.Argument(metavar="REF|CASE")]) -> None:
    """Who opened what was sent, when and for what: may be shown to the client. / ใครเปิดดูเรื่อง"""
    with at_work(context) as work:
        tasks = {one.task: one.reference for one in _about(work.act, about)}
        found = [
            {
                "reference": tasks[row.task],
                "opened": history.opened_at(opening, row.at).isoformat(),
                "by": row.sender,
                "role": opening.role,
                "desk_kind": opening.desk_kind,
                "purpose": opening.purpose,
            }
            for row, opening in history.openings(work.act.session, tasks)
        ]
        work.say(found, _openings_table(found, work.console))


def recall_(context: typer.Context, reference: Reference) -> None:
    """What became of every copy of what was taken back. / ใบรับรองการทำลาย"""
    with at_work(context) as work:
        found: list[dict[str, Any]] = [
            {
                "version": one.version,
                "place": copy.place,
                "result": _RESULTS.get(copy.result, str(copy.result)),
                "reason": copy.reason,
                "copy": copy.envelope_id.hex(),
            }
            for one in find.thread(work.act, reference, what="recall")
            for copy in recall.copies(work.act.session, one)
        ]
        lang = work.console.lang
        rows = [
            (
                one["copy"][-8:],
                spoken("place", one["place"], lang),
                spoken("result", one["result"], lang),
                spoken("duty", one["reason"], lang),
            )
            for one in found
        ]
        headings = [("สำเนา", "copy"), ("ที่ไหน", "where"), ("ผล", "result"), ("เหตุผล", "reason")]
        work.say(found, work.console.table(headings, rows))


def _listed(one: dict[str, Any], given: Console) -> Iterator[str]:
    """Two lines that no column breaks within a word: which one and whether it presses, then what it is."""
    lang = given.lang
    pressing = {
        given.choose("ถอนแล้ว", "withdrawn"): one["withdrawn"],
        given.choose("เกินกำหนด", "overdue"): one["overdue"] and not one["withdrawn"],
    }
    first = (
        one["reference"],
        "→" if one["outgoing"] else "←",
        one["peer"],
        spoken("stage", one["stage"], lang),
    )
    yield "  ".join((*first, *(word for word, holds in pressing.items() if holds)))
    yield f"  {spoken('purpose', one['purpose'], lang)} · {spoken('state', one['state'], lang)}"


def _openings_table(found: Sequence[dict[str, str]], given: Console) -> Table:
    rows = [
        (
            one["opened"][:16].replace("T", " "),
            one["reference"],
            one["by"],
            spoken("role", one["role"], given.lang),
            spoken("purpose", one["purpose"], given.lang),
        )
        for one in found
    ]
    headings = [
        ("เมื่อ (UTC)", "when (UTC)"),
        ("เลขอ้างอิง", "reference"),
        ("ที่ไหน", "where"),
        ("ใคร", "who"),
        ("เพื่ออะไร", "what for"),
    ]
    return given.table(headings, rows)


def _about(now: Act, about: str) -> Sequence[Referral]:
    """The versions under a reference, or everything that was sent of a case."""
    try:
        return find.thread(now, about, what="openings")
    except InputError as error:
        if error.code != "input.reference":
            raise
    case, _ = service.find(now.session, about, now.by, what="openings", now=now.now)
    return now.session.exec(select(Referral).where(Referral.case_id == case.id)).all()


def _version(now: Act, one: Referral, lang: str) -> dict[str, Any]:
    said = history.messages(now.session, one.task)
    data: dict[str, Any] = {
        **history.referral_data(one, now.now),
        "bytes_sent": history.bytes_sent(now.session, [one.task]),
        "leaves": sum(line["leaves"] for line in one.lines),
        "stays": sum(not line["leaves"] for line in one.lines),
        "messages": [history.message_data(message, lang) for message in said if message.kind != "referral"],
        "facts": [],
        "closed": "",
    }
    if one.outgoing:
        return data | {
            "lines": history.lines_data(one, lang),
            "standing": next((m.standing for m in said if m.ours), ""),
        }
    try:
        told = replies.read(one, now.now)
    except ConsentError as error:
        return data | {"closed": error.code}
    family = [*family_lines(told.facts, lang, one.created_at.date())]
    return data | {
        "facts": history.facts_data(told.facts, lang),
        "family": family,
        "referrer": told.referrer,
    }


def _sheet(one: dict[str, Any], given: Console) -> Iterator[Any]:
    lang = given.lang
    way = given.choose("ถึง", "to") if one["outgoing"] else given.choose("จาก", "from")
    version = given.choose("ฉบับที่", "version")
    state = spoken("state", one["state"], lang)
    yield f"{one['reference']}  {version} {one['version']}  {way} {one['peer']}  {state}"
    until = given.choose("ถึงวันที่", "until")
    what, level = spoken("purpose", one["purpose"], lang), spoken("urgency", one["urgency"], lang)
    yield f"{what} · {level} · {until} {date_text(one['expires'], lang)}"
    if one["closed"]:
        yield ConsentError(one["closed"].partition(".")[2]).public(lang)
    if one["outgoing"]:
        yield from _sent(one["lines"], given)
    if one["facts"]:
        label = {code: category.label(lang) for code, category in policy().categories.items()}
        yield given.table([("", "")] * 2, [(label[fact["category"]], fact["value"]) for fact in one["facts"]])
        yield from one["family"]
    for message in one["messages"]:
        yield _message_line(message, lang)


def _sent(lines: Sequence[dict[str, Any]], given: Console) -> Iterator[Any]:
    """What left, as it was said while that is kept; what stayed, and why."""
    lang = given.lang
    for title, leaves in ((given.choose("ส่งไป", "sent"), True), (given.choose("เก็บไว้", "kept here"), False)):
        rows = [
            (
                spoken("category", one["category"], lang),
                one["value"] if leaves else why_text(one["why"], lang),
            )
            for one in lines
            if one["leaves"] is leaves
        ]
        if rows:
            yield f"{title} {len(rows)}"
            yield given.table([("", "")] * 2, rows)


def _message_line(message: dict[str, Any], lang: str) -> str:
    """One line: when, which way, what, whether it arrived where that is not plain, and its words."""
    coded = ["state"] if message["kind"] == "status" else []  # the others' states go without saying
    coded += ["outcome", "reason", "role", "purpose"]
    words = [spoken(name, message[name], lang) for name in coded if message.get(name)]
    if said := declared(message["code"]):
        words.append(said.public(lang))
    words += [message["text"]] if message.get("text") else []
    words += [fact["value"] for fact in message.get("facts", ())]
    arrow = "→" if message["ours"] else "←"
    at = message["at"][:16].replace("T", " ")
    kind = spoken("kind", message["kind"], lang)
    plain = message["standing"] == "done"
    standing = "" if plain else f" ({spoken('standing', message['standing'], lang)})"
    return f"{at}  {arrow} {kind}{standing}  {'  '.join(words)}"
