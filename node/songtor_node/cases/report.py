"""A case as blocks of a report on paper: the parts that were chosen, with names or without. Pure."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from songtor_node.cases.facts import known_values
from songtor_node.cases.models import Person
from songtor_node.cases.names import called, hiding
from songtor_node.cases.record import CaseRecord
from songtor_proto.findings import find
from songtor_proto.minimise.unnamed import HIDDEN
from songtor_proto.vocabulary import policy, vocabulary
from songtor_proto.vocabulary.names import country, language
from songtor_web.dates import date_text
from songtor_web.paper.sheets import Block, Facts, Heading, Note, Prose, Table
from songtor_web.texts import Say


@dataclass(frozen=True, slots=True)
class Pen:
    """How a case is written down: in which words, and whether with names. `safe` is what hides them."""

    record: CaseRecord
    t: Say
    lang: str
    names: bool
    safe: Callable[[str], str]

    def label(self, name: str, code: str) -> str:
        terms = getattr(vocabulary(), name, None) or getattr(policy(), name)
        return str(terms[code].label(self.lang)) if code in terms else code

    def date(self, value: str) -> str:
        return date_text(value, self.lang)

    def facts(self, *rows: tuple[str, str]) -> Iterator[Block]:
        """Those that say something; the labels are the forms' own."""
        filled = [(str(self.t(f"field.{key}")), value) for key, value in rows if value]
        if filled:
            yield Facts(filled)

    def table(
        self, head: Sequence[str], widths: Sequence[float], rows: Iterable[Sequence[str]]
    ) -> Iterator[Block]:
        made = [list(row) for row in rows]
        if made:
            yield Table([str(self.t(f"paper.head_{key}")) for key in head], made, widths)

    def person(self, one: Person) -> str:
        """As the report calls them: by name and what they are, or by the latter alone."""
        name = called(one, self.lang) if self.names else ""
        return " · ".join(filter(None, (one.relation, name)))


def report(
    record: CaseRecord,
    parts: Iterable[str],
    *,
    t: Say,
    lang: str,
    names: bool,
    workers: Mapping[str, Collection[str]],
) -> list[Block]:
    """Codes of PARTS, in the report's own order. Without names, whoever is named in what people wrote gives
    way to what they are to the client, one of the `workers` (by what stands for them) to that, and what leads
    to a person's door is left out."""
    pen = Pen(record, t, lang, names, str if names else _without_names(record, workers))
    blocks: list[Block] = []
    dangers = ", ".join(pen.person(one) for one in record.people if one.danger)
    if dangers:
        blocks.append(Note(str(t("paper.must_not_know", who=dangers))))
    chosen = set(parts)
    for code, write in PARTS.items():
        made = list(write(pen)) if code in chosen else []
        blocks += [Heading(str(t(f"paper.part_{code}"))), *made] if made else []
    return blocks


def _without_names(record: CaseRecord, workers: Mapping[str, Collection[str]]) -> Callable[[str], str]:
    """Hides who is named, and what somebody could be reached or known by."""
    hide, reached = hiding(record, workers), known_values(record)
    known: dict[str, Collection[str]] = {
        code: reached[code] for code in ("contact", "address", "identity_number") if code in reached
    }

    def safe(text: str) -> str:
        text = hide(text)
        for one in reversed(find({"": text}, known, told={}, country=record.client.country or "TH")):
            text = f"{text[: one.start]}{HIDDEN}{text[one.end :]}"
        return text

    return safe


def _arrival(pen: Pen) -> Iterator[Block]:
    case = pen.record.case
    urgency = pen.record.urgency
    yield from pen.facts(
        ("target_group", pen.label("target_groups", case.target_group)),
        ("channel", pen.label("channels", case.channel)),
        ("referrer", pen.label("referrers", case.referrer)),
        ("step_other", pen.label("case_steps", case.step)),
        ("urgency_level", pen.label("threat_levels", urgency) if urgency != "unknown" else ""),
    )


def _client(pen: Pen) -> Iterator[Block]:
    client = pen.record.client
    place = ", ".join(
        filter(None, (client.city, client.region, client.country and country(client.country, pen.lang)))
    )
    about = [
        ("sex", str(pen.t(f"field.sex_{client.sex}")) if client.sex != "unknown" else ""),
        ("birth_date", pen.date(client.birth_date if pen.names else client.birth_date[:4])),
        ("nationality", country(client.nationality, pen.lang) if client.nationality else ""),
        ("languages", ", ".join(language(code, pen.lang) for code in client.languages)),
        ("religion", client.religion),
        ("client_city", place),
    ]
    if not pen.names:
        yield from pen.facts(*about)
        return
    numbers = [
        (str(pen.t(f"field.number_kind_{one['kind']}")), one["number"]) for one in client.identity_numbers
    ]
    yield from pen.facts(
        ("nickname", client.nickname),
        ("name_thai", client.name_thai),
        ("name_latin", client.name_latin),
        *about,
        ("client_address", client.address),
        ("number_number", "\n".join(" ".join(number) for number in numbers)),
    )
    yield from pen.table(
        ("way", "value", "safe", "say"),
        (2, 3, 3, 3),
        (
            (_way(pen, one["channel"]), one["value"], one["safe"], one.get("say", ""))
            for one in client.contacts
        ),
    )


def _way(pen: Pen, code: str) -> str:
    return str(pen.t(f"client.by_{code}")) if code in ("phone", "address") else pen.label("channels", code)


def _people(pen: Pen) -> Iterator[Block]:
    def about(one: Person) -> str:
        marks = ("danger", one.danger), ("guardian", one.guardian), ("lives_with", one.lives_with_client)
        said = [_MARKS[mark] for mark, true in marks if true]
        born = [pen.date(one.birth_date if pen.names else one.birth_date[:4])] if one.birth_date else []
        return ", ".join([*born, *(str(pen.t(key)) for key in said)])

    yield from pen.table(
        ("person", "about"), (2, 3), ((pen.person(one), about(one)) for one in pen.record.people)
    )


_MARKS = {
    "danger": "people_in_case.is_danger",
    "guardian": "people_in_case.is_guardian",
    "lives_with": "people_in_case.lives_with",
}


def _story(pen: Pen) -> Iterator[Block]:
    if pen.record.case.narrative:
        yield Prose(pen.safe(pen.record.case.narrative))


def _request(pen: Pen) -> Iterator[Block]:
    asked = pen.record.case.request
    if asked.get("text"):
        yield Prose(pen.safe(asked["text"]))
    kinds = ", ".join(pen.label("assistance_kinds", code) for code in asked.get("kinds", ()))
    yield from pen.facts(("request_kinds", kinds))


def _background(pen: Pen) -> Iterator[Block]:
    case = pen.record.case
    yield from pen.facts(
        *((key, pen.safe(case.health.get(key, ""))) for key in ("physical", "mental", "disability")),
        *((key, pen.safe(case.legal_status.get(key, ""))) for key in ("residence", "proceedings")),
        *((key, pen.safe(case.finances.get(key, ""))) for key in ("income", "entitlements", "debts")),
        *((f"education_{key}", pen.safe(case.education.get(key, ""))) for key in ("level", "text")),
    )


def _facts(pen: Pen) -> Iterator[Block]:
    yield from pen.table(
        ("fact", "source", "checked"),
        (5, 2, 3),
        (
            (
                pen.safe(one.text),
                pen.safe(one.source),
                "\n".join(
                    filter(None, (str(pen.t(f"field.verification_{one.verification}")), pen.safe(one.how)))
                ),
            )
            for one in pen.record.facts
        ),
    )


def _visits(pen: Pen) -> Iterator[Block]:
    yield from pen.table(
        ("when", "how", "who", "found"),
        (2, 2, 2, 5),
        (
            (
                " ".join(filter(None, (pen.date(one.when), one.at_time))),
                pen.label("follow_up_methods", one.method),
                pen.safe(one.who),
                pen.safe(one.found) or str(pen.t(f"field.visit_state_{one.state}")),
            )
            for one in pen.record.visits
        ),
    )


def _incidents(pen: Pen) -> Iterator[Block]:
    yield from pen.table(
        ("when", "happened", "by"),
        (2, 6, 2),
        ((pen.date(one.when), pen.safe(one.text), pen.safe(one.perpetrator)) for one in pen.record.incidents),
    )


def _problems(pen: Pen) -> Iterator[Block]:
    said = [
        "- " + ": ".join(filter(None, (pen.label("problems", one.code), pen.safe(one.note))))
        for one in pen.record.problems
    ]
    if said:
        yield Prose("\n".join(said))
    judged = pen.record.case.assessment
    yield from pen.facts(
        ("assessment_causes", pen.safe(judged.get("causes", ""))),
        ("assessment_team", pen.safe(judged.get("team", ""))),
    )


def _flower(pen: Pen) -> Iterator[Block]:
    yield from pen.table(
        ("dimension", "whose", "level", "reason"),
        (3, 2, 2, 5),
        (
            (
                pen.label("dimensions", one.dimension),
                str(pen.t(f"paper.whose_{one.subject}")),
                pen.label("threat_levels", one.level),
                pen.safe(one.reason),
            )
            for one in pen.record.petals
        ),
    )


def _plan(pen: Pen) -> Iterator[Block]:
    yield from pen.table(
        ("goal", "todo", "who", "due", "stage"),
        (4, 4, 3, 2, 2),
        (
            (
                f"{pen.label('dimensions', one.dimension)}\n{pen.safe(one.text)}",
                pen.safe("\n".join(filter(None, (one.todo, *(step["what"] for step in one.steps))))),
                pen.safe("\n".join(filter(None, (one.who, one.agency)))),
                pen.date(one.due),
                "\n".join(
                    filter(
                        None,
                        (
                            pen.label("journey_stages", one.stage),
                            pen.label("goal_outcomes", one.outcome),
                            pen.safe(one.refusal),
                        ),
                    )
                ),
            )
            for one in pen.record.goals
        ),
    )


def _help(pen: Pen) -> Iterator[Block]:
    yield from pen.table(
        ("when", "help", "who", "done"),
        (2, 3, 3, 5),
        (
            (
                pen.date(one.when),
                pen.label("assistance_kinds", one.kind),
                pen.safe("\n".join(filter(None, (one.who, one.agency)))),
                pen.safe(one.text),
            )
            for one in pen.record.work
        ),
    )


def _follow_ups(pen: Pen) -> Iterator[Block]:
    yield from pen.table(
        ("when", "how", "condition", "found"),
        (2, 3, 3, 5),
        (
            (
                pen.date(one.done or one.due),
                pen.label("follow_up_methods", one.method),
                pen.label("conditions", one.condition),
                pen.safe(one.result),
            )
            for one in pen.record.follow_ups
        ),
    )


def _notes(pen: Pen) -> Iterator[Block]:
    for one in pen.record.notes:
        yield Prose(f"{pen.date(one.at.date().isoformat())}: {pen.safe(one.text)}")


def _closing(pen: Pen) -> Iterator[Block]:
    for one in pen.record.closings:
        yield from pen.facts(
            ("closing_outcome", pen.label("outcomes", one.outcome)),
            ("closing_reason", pen.safe(one.reason)),
            ("closing_summary", pen.safe(one.summary)),
            ("closing_satisfaction", pen.safe(one.satisfaction)),
        )


PARTS: dict[str, Callable[[Pen], Iterator[Block]]] = {
    "arrival": _arrival,
    "client": _client,
    "people": _people,
    "story": _story,
    "request": _request,
    "background": _background,
    "facts": _facts,
    "visits": _visits,
    "incidents": _incidents,
    "problems": _problems,
    "flower": _flower,
    "plan": _plan,
    "help": _help,
    "follow_ups": _follow_ups,
    "notes": _notes,
    "closing": _closing,
}
"""Of a report, in its order. (The events of a life are the timeline's.)"""
