"""The terms of the field and the desks behind the hub, from vocabulary.yaml and provinces.csv."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace

from songtor_proto.address import Address
from songtor_proto.errors import InputError
from songtor_proto.vocabulary.source import Line, parse_csv, parse_yaml, refuse


@dataclass(frozen=True, slots=True)
class Term:
    """A code with its labels. `sensitive` is of problems, `group` of problems and ties, `colour` of
    journey stages."""

    code: str
    th: str
    en: str
    sensitive: bool = False
    colour: str = ""
    group: str = ""

    def label(self, lang: str) -> str:
        return self.en if lang == "en" else self.th


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk(Term):
    """Where the hub can route a referral. With `per_province` there is one in each province. The short names,
    for lists, are empty where the label is short enough."""

    kind: str
    per_province: bool
    short_th: str = ""
    short_en: str = ""

    def short(self, lang: str) -> str:
        return (self.short_en if lang == "en" else self.short_th) or self.label(lang)


Terms = Mapping[str, Term]


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Every list by its name, each a mapping from code to term in the order of the file."""

    case_steps: Terms
    referral_stages: Terms
    referral_states: Terms
    practice_forms: Terms
    channels: Terms
    target_groups: Terms
    problem_groups: Terms
    problems: Terms
    dimensions: Terms
    threat_levels: Terms
    journey_stages: Terms
    ties: Terms
    around: Terms
    tie_strengths: Terms
    tie_flows: Terms
    life_themes: Terms
    follow_up_methods: Terms
    assistance_kinds: Terms
    conditions: Terms
    goal_outcomes: Terms
    meeting_states: Terms
    grounds: Terms
    message_kinds: Terms
    desk_acts: Terms
    message_standings: Terms
    copy_places: Terms
    copy_results: Terms
    node_roles: Terms
    hub_roles: Terms
    desks: Mapping[str, Desk]
    provinces: Terms

    def desk(self, address: Address) -> Desk:
        """The desk at that address, labelled with its province; InputError("unknown_code") where none is."""
        desk = self.desks.get(address.desk_code)
        if desk is None or desk.per_province != bool(address.province):
            raise InputError("unknown_code", field=str(address))
        if not desk.per_province:
            return desk
        province = self.provinces.get(address.province)
        if province is None:
            raise InputError("unknown_code", field=str(address))
        return replace(desk, th=f"{desk.th} {province.th}", en=f"{desk.en}, {province.en}")

    @property
    def standing_desks(self) -> tuple[str, ...]:
        """Codes of the desks that exist from the start: all but those of a province."""
        return tuple(desk.code for desk in self.desks.values() if not desk.per_province)


def term(line: Line) -> Term:
    return Term(
        code=line.code(),
        th=line.text("th"),
        en=line.text("en"),
        sensitive=line.flag("sensitive", False),
        colour=line.text("colour", ""),
        group=line.text("group", ""),
    )


def _desk(line: Line) -> Desk:
    return Desk(
        code=line.code(),
        th=line.text("th"),
        en=line.text("en"),
        kind=line.text("kind"),
        per_province=line.flag("per_province", False),
        short_th=line.text("short_th", ""),
        short_en=line.text("short_en", ""),
    )


def parse_provinces(text: str) -> Terms:
    """Provinces by ISO 3166-2:TH number ("10" is Bangkok)."""
    found: dict[str, Term] = {}
    for row in parse_csv("provinces", text, ("number", "name_th", "name_en")):
        number = row["number"]
        valid = (
            len(number) == 2 and number.isascii() and number.isdigit() and row["name_th"] and row["name_en"]
        )
        if not valid or number in found:
            raise refuse(f"provinces.{number}")
        found[number] = Term(number, row["name_th"], row["name_en"])
    return found


def parse_vocabulary(text: str, provinces: Terms) -> Vocabulary:
    """StoreError("data") where a list is missing or unknown, a code stands twice or a label is missing."""
    data = parse_yaml("vocabulary", text)
    roles = data.inner("roles")
    special = {"desks", "provinces", "node_roles", "hub_roles"}
    lists = {
        field.name: data.terms(field.name, term) for field in fields(Vocabulary) if field.name not in special
    }
    desks = data.terms("desks", _desk)
    data.done()
    node_roles, hub_roles = roles.terms("node", term), roles.terms("hub", term)
    roles.done()
    return Vocabulary(**lists, node_roles=node_roles, hub_roles=hub_roles, desks=desks, provinces=provinces)
