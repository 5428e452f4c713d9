"""A case as one sheet for a person to read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from songtor_node.cases import plan
from songtor_node.cases.models import Person
from songtor_node.cases.record import CaseRecord
from songtor_node.cli.console import Console
from songtor_proto.spoken import spoken
from songtor_proto.vocabulary import Terms, names, policy, vocabulary
from songtor_web.dates import date_text, time_text

_VERIFICATION = {"unverified": "?", "verified": "✓", "contradicted": "✗"}


def sheet(record: CaseRecord, console: Console) -> Iterator[Any]:
    """Lines and tables; what is not known is left out."""
    case, words, lang = record.case, vocabulary(), console.lang

    def label(terms: Terms, code: str) -> str:
        return terms[code].label(lang) if code in terms else code

    def section(th: str, en: str, rows: Iterable[Iterable[str]]) -> Iterator[Any]:
        filled = [list(row) for row in rows]
        if filled:
            yield ""
            yield console.choose(th, en)
            yield console.table([("", "")] * len(filled[0]), filled)

    yield f"{case.code}  {label(words.case_steps, case.step)}  {label(words.threat_levels, record.urgency)}"
    yield from section("ผู้รับบริการ", "Client", _person(record.client, console))
    for person in record.people:
        yield from section(person.relation, person.relation, _person(person, console))
    called = {
        one.key: one.relation or console.choose("ผู้รับบริการ", "Client")
        for one in (record.client, *record.people)
    }
    yield from section(
        "ความสัมพันธ์",
        "Ties",
        (
            [
                called.get(one.one, "?"),
                label(words.ties, one.kind),
                called.get(one.other, "?"),
                date_text(one.since, lang),
                date_text(one.until, lang),
            ]
            for one in record.ties
        ),
    )
    yield from section(
        "รอบตัว",
        "Around them",
        (
            [
                one.name,
                label(words.around, one.kind),
                called.get(one.whom, ""),
                label(words.tie_strengths, one.strength),
                label(words.tie_flows, one.flow),
                one.note,
            ]
            for one in record.connections
        ),
    )
    yield from section(
        "ปัญหา",
        "Problems",
        ([str(one.rank), label(words.problems, one.code), one.note] for one in record.problems),
    )
    yield from section(
        "ภาวะคุกคาม",
        "Threats",
        (
            [
                spoken("own", one.subject, lang),
                label(words.dimensions, one.dimension),
                label(words.threat_levels, one.level),
                one.reason,
            ]
            for one in record.petals
        ),
    )
    yield from section("การวินิจฉัย", "Diagnosis", ([text] for text in case.assessment.values() if text))
    yield from section("สิ่งที่ขอ", "Request", [[case.request["text"]]] if case.request["text"] else [])
    yield from section("ข้อเท็จจริงโดยสรุป", "Summary", [[case.narrative]] if case.narrative else [])
    yield from section(
        "ข้อเท็จจริง",
        "Facts",
        (
            [str(number), _VERIFICATION[one.verification], one.text, one.how]
            for number, one in enumerate(record.facts, 1)
        ),
    )
    yield from section(
        "การเยี่ยมและการโทร",
        "Visits and calls",
        (
            [
                date_text(one.when, lang),
                label(words.follow_up_methods, one.method),
                spoken("meeting", one.state, lang),
                one.who,
                one.met,
                one.found,
            ]
            for one in record.visits
        ),
    )
    yield from section(
        "เส้นเวลาชีวิต",
        "Events",
        ([date_text(one.when, lang), date_text(one.until, lang), one.text] for one in record.events),
    )
    yield from section(
        "เหตุการณ์",
        "Incidents",
        ([date_text(one.when, lang), one.text, one.perpetrator] for one in record.incidents),
    )
    for name in ("health", "legal_status", "finances", "education"):
        title = policy().categories[name].label(lang)
        yield from section(title, title, ([text] for text in getattr(case, name).values() if text))
    yield from section(
        "แผน",
        "Plan",
        (
            [
                label(words.dimensions, one.dimension),
                one.text,
                one.who or one.agency,
                date_text(one.due, lang),
                label(words.journey_stages, one.stage),
                one.refusal,
                label(words.goal_outcomes, one.outcome),
            ]
            for one in record.goals
        ),
    )
    yield from section(
        "สิ่งที่ต้องทำ",
        "Steps",
        (
            [
                f"{number}.{place}",
                one.what,
                " · ".join(filter(None, (one.agency, one.who))),
                ", ".join(policy().categories[code].label(lang) for code in one.information),
                str(one.days or ""),
                date_text(one.started, lang),
                date_text(one.done, lang),
            ]
            for number, goal in enumerate(record.goals, 1)
            for place, one in enumerate(plan.points(goal), 1)
        ),
    )
    yield from section(
        "งานที่ทำ",
        "Work",
        (
            [
                date_text(one.when, lang),
                label(words.assistance_kinds, one.kind),
                label(words.practice_forms, one.practice_form),
                one.agency,
                one.who,
                f"{one.hours:g}",
                f"{one.cost:,.2f} {one.currency}" if one.cost else "",
                one.text,
            ]
            for one in record.work
        ),
    )
    yield from section(
        "พูดคุยทางไกล",
        "Sessions at a distance",
        (
            [
                time_text(one.starts, lang),
                f"{one.minutes}",
                spoken("meeting", one.state, lang),
                one.joins,
                one.notes,
            ]
            for one in record.sessions
        ),
    )
    yield from section(
        "การติดตาม",
        "Follow-ups",
        (
            [
                str(number),
                label(words.follow_up_methods, one.method),
                date_text(one.due, lang),
                date_text(one.done, lang),
                label(words.conditions, one.condition),
                one.result,
            ]
            for number, one in enumerate(record.follow_ups, 1)
        ),
    )
    yield from section(
        "ยุติเรื่อง",
        "Closure",
        (
            [
                date_text(one.at.date(), lang),
                label(policy().outcomes, one.outcome),
                one.reason,
                one.summary,
                one.satisfaction,
            ]
            for one in record.closings
        ),
    )
    yield from section(
        "บันทึก", "Notes", ([date_text(one.at.date(), lang), one.by, one.text] for one in record.notes)
    )
    yield from section(
        "ไม่ปลอดภัยที่จะส่ง",
        "Unsafe to pass on",
        ([spoken("category", one["category"], lang), one["reason"]] for one in case.unsafe),
    )


def _person(person: Person, console: Console) -> Iterator[list[str]]:
    lang = console.lang
    country = names.country(person.country, lang)
    flags = {
        console.choose("ผู้ปกครอง", "guardian"): person.guardian,
        console.choose("เป็นอันตราย", "is the danger"): person.danger,
        console.choose("อยู่กับผู้รับบริการ", "lives with the client"): person.lives_with_client,
    }
    called = (person.name_thai, person.name_latin, person.nickname)
    rows = [
        (console.choose("ชื่อ", "name"), " / ".join(filter(None, called))),
        (console.choose("สถานะ", "is"), ", ".join(name for name, holds in flags.items() if holds)),
        (console.choose("เพศ", "sex"), "" if person.sex == "unknown" else spoken("own", person.sex, lang)),
        (console.choose("เกิด", "born"), date_text(person.birth_date, lang)),
        (
            console.choose("ภาษา", "languages"),
            ", ".join(names.language(code, lang) for code in person.languages),
        ),
        (console.choose("สัญชาติ", "nationality"), names.country(person.nationality, lang)),
        (console.choose("ศาสนา", "religion"), person.religion),
        (console.choose("เมือง", "place"), ", ".join(filter(None, (person.city, person.region, country)))),
        (console.choose("ที่อยู่", "address"), person.address),
    ]
    for contact in person.contacts:
        said = filter(None, (contact["value"], contact["safe"], contact.get("say")))
        rows.append((spoken("channel", contact["channel"], lang), " · ".join(said)))
    for number in person.identity_numbers:
        kind, of = spoken("own", number["kind"], lang), names.country(number["country"], lang)
        rows.append((kind, f"{number['number']} ({of})"))
    return ([name, text] for name, text in rows if text)
