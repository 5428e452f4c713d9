"""The partner organisations' seats and the privacy law of their countries, from two tables."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from songtor_proto.vocabulary.source import parse_csv, refuse

VACANT = "ZZ"
"""In place of a country where a seat is not taken (a code ISO 3166-1 leaves to its users)."""

_FORMS = ("explicit", "express", "written")
_YES = {"yes": True, "no": False}


@dataclass(frozen=True, slots=True)
class Jurisdiction:
    """A country's law on disclosure. Each basis is the citation to print; empty where the law states none."""

    country: str
    law: str
    consent_form: str
    """"explicit" or "express" (said or written), or "written"."""
    minor_under: int
    """Age in years."""
    consent_basis: str
    vital_basis: str
    vital_needs_incapacity: bool
    """Vital interest holds only where the client cannot consent, and that is recorded."""
    legal_duty_basis: str
    sensitive_rule: str
    breach_notice_hours: int | None
    note: str


@dataclass(frozen=True, slots=True)
class Organisation:
    """One seat of the registry. Names are empty where the seat is vacant."""

    number: int
    country: str
    name_th: str
    name_en: str
    public_benefit: bool
    note: str

    @property
    def seat(self) -> str:
        return f"{self.country}-{self.number:02}"

    @property
    def vacant(self) -> bool:
        return self.country == VACANT

    def label(self, lang: str) -> str:
        if self.vacant:
            return "Vacant seat" if lang == "en" else "ที่นั่งว่าง"
        return self.name_en if lang == "en" else self.name_th


def parse_jurisdictions(text: str) -> dict[str, Jurisdiction]:
    """By country (ISO 3166-1 alpha-2); StoreError("data") where a row is ill-formed or stands twice."""
    columns = (
        "iso_country", "law", "consent_form", "minor_under", "cross_border_consent_basis",
        "cross_border_vital_basis", "vital_needs_incapacity", "legal_duty_basis", "sensitive_data_rule",
        "breach_notice_hours", "note",
    )  # fmt: skip
    found: dict[str, Jurisdiction] = {}
    for row in parse_csv("jurisdictions", text, columns):
        country, where = row["iso_country"], f"jurisdictions.{row['iso_country']}"
        if (
            not _is_country(country)
            or country in found
            or not row["law"]
            or row["consent_form"] not in _FORMS
        ):
            raise refuse(where)
        found[country] = Jurisdiction(
            country=country,
            law=row["law"],
            consent_form=row["consent_form"],
            minor_under=_number(row["minor_under"], range(1, 31), where),
            consent_basis=row["cross_border_consent_basis"],
            vital_basis=row["cross_border_vital_basis"],
            vital_needs_incapacity=row["vital_needs_incapacity"] != ""
            and _flag(row["vital_needs_incapacity"], where),
            legal_duty_basis=row["legal_duty_basis"],
            sensitive_rule=row["sensitive_data_rule"],
            breach_notice_hours=(
                _number(row["breach_notice_hours"], range(1, 10_000), where)
                if row["breach_notice_hours"]
                else None
            ),
            note=row["note"],
        )
    return found


def parse_organisations(text: str, countries: Collection[str]) -> tuple[Organisation, ...]:
    """In the order of the registry. A row without a country is a vacant seat; StoreError("data") where a
    country has no line among the jurisdictions, a number stands twice or a taken seat lacks a name."""
    columns = ("seat", "iso_country", "name_th", "name_en", "registered_public_benefit", "source_note")
    found: dict[int, Organisation] = {}
    for row in parse_csv("organisations", text, columns):
        where = f"organisations.{row['seat']}"
        number, country = _number(row["seat"], range(1, 100), where), row["iso_country"] or VACANT
        named = bool(row["name_th"]) and bool(row["name_en"])
        if number in found or (country not in countries or not named if row["iso_country"] else named):
            raise refuse(where)
        found[number] = Organisation(
            number=number,
            country=country,
            name_th=row["name_th"],
            name_en=row["name_en"],
            public_benefit=_flag(row["registered_public_benefit"], where),
            note=row["source_note"],
        )
    return tuple(found.values())


def _is_country(code: str) -> bool:
    return len(code) == 2 and code.isascii() and code.isalpha() and code.isupper() and code != VACANT


def _number(text: str, allowed: range, where: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= 6 and int(text) in allowed):
        raise refuse(where)
    return int(text)


def _flag(text: str, where: str) -> bool:
    if text not in _YES:
        raise refuse(where)
    return _YES[text]
