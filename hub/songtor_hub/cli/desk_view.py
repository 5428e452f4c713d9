"""How a desk's work reads: as lines for a person, as an object for a program."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

import typer
from google.protobuf.json_format import MessageToDict

from songtor_proto import lifecycle
from songtor_proto.minimise import FACTS, finding_text, value_text, why_text
from songtor_proto.spoken import spoken
from songtor_proto.times import from_ms
from songtor_proto.wire.envelope_pb2 import Urgency
from songtor_proto.wire.payload_pb2 import ABSENT_REASON_UNSAFE, AbsentReason
from songtor_web.screen import shown

if TYPE_CHECKING:
    from songtor_hub.bootstrap import Hub
    from songtor_hub.cli.options import Options
    from songtor_hub.desks.desk import Task
    from songtor_hub.desks.inbox import Item
    from songtor_hub.desks.opening import Message, Opened
    from songtor_proto.findings import Search
    from songtor_proto.minimise import Disclosure, Line
    from songtor_proto.wire.payload_pb2 import Absent, Facts, PartResult

_STANDING = {
    "reference": ("เลขอ้างอิง", "Reference"),
    "version": ("ฉบับที่", "Version"),
    "from": ("จาก", "From"),
    "to": ("ถึง", "To"),
    "purpose": ("วัตถุประสงค์", "Purpose"),
    "urgency": ("ความเร่งด่วน", "Urgency"),
    "state": ("สถานะ", "State"),
    "stage_label": ("ขั้น 4R", "4R"),
    "created": ("ส่งเมื่อ", "Created"),
    "updated": ("เปลี่ยนล่าสุด", "Updated"),
    "respond_by": ("ตอบภายใน", "Respond by"),
    "expires": ("ใช้ได้ถึง", "Until"),
    "confirmed": ("มีคนที่สองยืนยันแล้ว", "Confirmed by a second person"),
    "legal_hold": ("เก็บไว้ตามกฎหมาย", "Kept by legal duty"),
    "withdrawn": ("ถอนแล้ว", "Withdrawn"),
}
_NAMES = {
    "referrer": ("ผู้พาเรื่องมา", "Brought by"),
    "outcome": ("ผลลัพธ์", "Outcome"),
    "reason": ("เหตุผล", "Reason"),
    "text": ("ข้อความ", "Text"),
    "absent": ("ไม่ได้ส่งมา", "Not sent"),
    "parts": ("แต่ละส่วน", "Parts"),
}
_CODES = {"purpose": "purpose", "urgency": "urgency", "state": "state", "legal_hold": "duty"}
_TIMES = {"created", "updated", "respond_by", "expires"}


def item(one: Item) -> dict[str, Any]:
    until = one.unconfirmed_until
    return {
        "reference": one.reference,
        "version": one.version,
        "urgency": urgency(one.urgency),
        "state": lifecycle.code(one.state),
        "with": one.with_,
        "received": one.received,
        "purpose": one.purpose,
        "respond_by": one.respond_by.isoformat(timespec="minutes"),
        "overdue": one.overdue,
        "unconfirmed_until": until and until.isoformat(timespec="minutes"),
        "news": one.news,
    }


def inbox_lines(items: Iterable[Mapping[str, Any]], lang: str) -> Iterator[str]:
    """Two lines each: what is pressing, then what it is."""
    heads = ("Respond by", "Overdue", "New") if lang == "en" else ("ตอบภายใน", "เกินกำหนด", "ใหม่")
    for one in items:
        due = f"{heads[0]} {_time_text(one['respond_by'])}"
        late, news = heads[1] if one["overdue"] else "", f"{heads[2]} {one['news']}" if one["news"] else ""
        first = (one["reference"], spoken("urgency", one["urgency"], lang), due, late, news)
        yield "  ".join(filter(None, first))
        second = (spoken("purpose", one["purpose"], lang), spoken("state", one["state"], lang))
        yield "  " + " · ".join(filter(None, second))


def standing(task: Task, hub: Hub, lang: str) -> dict[str, Any]:
    """Where a referral stands: nothing of its content."""
    stage = lifecycle.stage(task.state)
    known = hub.vocabulary.referral_stages
    return {
        "reference": task.reference,
        "version": task.version,
        "state": lifecycle.code(task.state),
        "stage": stage,
        "stage_label": known[stage].label(lang) if stage in known else "",
        "urgency": urgency(task.urgency),
        "purpose": task.purpose or "",
        "from": task.referrer,
        "to": task.recipient,
        "created": _time(task.created_ms),
        "updated": _time(task.updated_ms),
        "respond_by": _time(task.respond_by_ms),
        "expires": _time(task.expires_ms),
        "confirmed": task.confirmed,
        "legal_hold": task.legal_hold or "",
        "withdrawn": task.withdrawn_ms is not None,
    }


def urgency(number: int) -> str:
    known = number in Urgency.values()
    return Urgency.Name(Urgency.ValueType(number))[8:].lower() if known else str(number)


def tell_standing(options: Options, told: Mapping[str, Any], acts: Iterable[Mapping[str, Any]] = ()) -> None:
    if options.as_json:
        options.tell("", "", **told)
        return
    lang = options.lang
    for key, heads in _STANDING.items():
        if told[key] not in ("", False, None):
            _say(f"{heads[lang == 'en']}: {_worded(key, told[key], lang)}")
    for part in told.get("parts", ()):
        _say(f"  → {part['to']}  {part['reference']}  {spoken('state', part['state'], lang)}")
    for act in acts:
        who = f"{act['desk']}/{act['officer']} ({spoken('role', act['role'], lang)})"
        _say(f"  {_time_text(act['at'])}  {who}  {spoken('act', act['act'], lang)}")


def _worded(key: str, value: Any, lang: str) -> str:
    """As people say it: codes by their labels, a flag as a tick."""
    if what := _CODES.get(key):
        return spoken(what, value, lang)
    return "✓" if value is True else _time_text(value) if key in _TIMES else str(value)


def _time_text(time: str) -> str:
    return time.replace("+00:00", " UTC").replace("T", " ", 1)


def tell_opened(
    options: Options, opened: Opened, told: Mapping[str, Any], hub: Hub, files: Sequence[str] = ()
) -> None:
    """`files`: of pictures that were written."""
    if options.as_json:
        terms = None if opened.terms is None else _dict(opened.terms)
        messages = [_message(one) for one in opened.messages]
        options.tell("", "", **told, terms=terms, messages=messages, files=files)
        return
    tell_standing(options, told)
    if opened.terms is not None:
        _say(f"{opened.terms.legal_citation} ({opened.terms.jurisdiction})")
    for one in opened.messages:
        side = ("เรา" if options.lang == "th" else "we") if one.ours else told["with"]
        state = lifecycle.code(one.state) if one.state else ""
        moved = spoken("state", state, options.lang) if one.kind == "status" else ""
        kind = spoken("kind", one.kind, options.lang)
        _say(f"\n{_time_text(_time(one.at_ms))}  {side}  {kind}  {moved}".rstrip())
        for line in _lines(one, hub, options.lang):
            _say(f"  {line}")
    for name in files:
        _say(name)
    if files:
        options.tell(
            "ลบไฟล์เหล่านี้เมื่อใช้เสร็จ การเรียกคืนไปไม่ถึงไฟล์ที่เก็บไว้",
            "Delete these files when you are done: a withdrawal does not reach them.",
        )


def tell_disclosure(options: Options, to: str, disclosure: Disclosure, search: Search, hub: Hub) -> None:
    """What leaves and what stays, each line with its reason; and what was found in free text."""
    thai = options.lang == "th"
    _say(f"\n→ {to}")
    for head, lines in (
        ("ส่งไป" if thai else "Leaves", disclosure.leaves),
        ("ไม่ส่ง" if thai else "Stays", [line for line in disclosure.stays if line.value_text]),
    ):
        _say(f" {head}")
        for line in lines:
            label = hub.policy.categories[line.category].label(options.lang)
            _say(f"  {label}: {line.value_text}  [{why_text(line.why, options.lang)}]")
    heads = ("ต้องตรวจก่อนส่ง", "ตรวจแล้ว") if thai else ("Look at this before it goes", "Cleared")
    for one in search.as_data():
        kind = finding_text(one["kind"], options.lang)
        _say(f" {heads[one['cleared']]} --clear {one['id']}  {one['path']}: {one['text']}  [{kind}]")


def disclosure_dict(disclosure: Disclosure, search: Search) -> dict[str, Any]:
    return {
        "leaves": [_line(line) for line in disclosure.leaves],
        "stays": [_line(line) for line in disclosure.stays if line.value_text],
        "absent": [
            {"category": one.category, "reason": AbsentReason.Name(one.reason)[14:].lower()}
            for one in disclosure.absent
        ],
        "findings": search.as_data(),
    }


def _line(line: Line) -> dict[str, Any]:
    return {"category": line.category, "field": line.field, "value": line.value_text, "why": line.why}


def _message(one: Message) -> dict[str, Any]:
    state = lifecycle.code(one.state) if one.state else ""
    said = _dict(one.said)
    return {"at": _time(one.at_ms), "kind": one.kind, "state": state, "ours": one.ours, "said": said}


def _dict(message: Any) -> dict[str, Any]:
    return MessageToDict(message, preserving_proto_field_name=True)


def _lines(one: Message, hub: Hub, lang: str) -> Iterable[str]:
    """What a message says, a line each: codes by their labels, facts by their categories'."""
    body = one.said.WhichOneof("body")
    if body is None:
        return
    said = getattr(one.said, body)
    for field, value in said.ListFields():
        if field.name == "facts":
            yield from _facts(value, hub, lang, from_ms(one.at_ms).date())
        elif field.name == "terms":
            continue
        else:
            name = _NAMES.get(field.name, (field.name, field.name))[lang == "en"]
            yield f"{name}: {_text(field.name, value, hub, lang)}"


def _facts(facts: Facts, hub: Hub, lang: str, on: date) -> Iterable[str]:
    from songtor_hub.cli.pictures import pictures, sentences

    drawn = {picture.category: picture for picture in pictures(facts, lang, on)}
    for field, category in FACTS.items():
        if text := value_text(facts, field, lang):
            picture = drawn.get(category)
            yield f"{hub.policy.categories[category].label(lang)}: {picture.summary if picture else text}"
            yield from sentences(picture) if picture else ()


def _text(field: str, value: Any, hub: Hub, lang: str) -> str:
    if field in ("outcome", "reason", "referrer", "role", "purpose"):
        return spoken(field, str(value), lang)
    if field == "absent":
        return "; ".join(_absent(one, hub, lang) for one in value)
    if field == "parts":
        return "; ".join(_part(one, lang) for one in value)
    return _time(value) if field == "opened_ms" else str(value)


def _absent(one: Absent, hub: Hub, lang: str) -> str:
    """Which category, and whether it may be asked for."""
    known = hub.policy.categories
    what = known[one.category].label(lang) if one.category in known else one.category
    unsafe = ("ส่งแล้วไม่ปลอดภัย อย่าถามต่อ", "not safe to send; please do not ask")
    unknown = ("ผู้ส่งยังไม่ทราบ", "they do not know it yet")
    return f"{what} ({(unsafe if one.reason == ABSENT_REASON_UNSAFE else unknown)[lang == 'en']})"


def _part(one: PartResult, lang: str) -> str:
    """How a part stands, and how it ended."""
    state = spoken("state", lifecycle.code(one.state), lang) if one.state else ""
    ended = (spoken("outcome", one.outcome, lang), spoken("reason", one.reason, lang))
    return " · ".join(filter(None, (state, *ended)))


def _say(text: str) -> None:
    """What a node wrote is read here, and drives no terminal."""
    typer.echo(shown(text))


def _time(ms: int) -> str:
    return from_ms(ms).isoformat(timespec="minutes")
