"""Dates as a person reads them: the Buddhist era in Thai."""

from __future__ import annotations

from datetime import date

BUDDHIST = 543
_BUDDHIST_FROM = 2300  # no client was born, and no date lies, so late in the common era
_MONTHS = {
    "th": ("ม.ค.", "ก.พ.", "มี.ค.", "เม.ย.", "พ.ค.", "มิ.ย.", "ก.ค.", "ส.ค.", "ก.ย.", "ต.ค.", "พ.ย.", "ธ.ค."),
    "en": ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
}


def common_era(year: int) -> int:
    """A year as it was typed, of the Buddhist era or of the common one."""
    return year - BUDDHIST if year >= _BUDDHIST_FROM else year


def date_text(value: date | str, lang: str) -> str:
    """`20 Nov 2026`, or `20 พ.ย. 2569`; ISO 8601 text that is known in part stays so."""
    year, month, day = [*str(value)[:10].split("-"), "", ""][:3]
    if not year:
        return ""
    era = int(year) + BUDDHIST if lang == "th" else int(year)
    return " ".join(filter(None, (day.lstrip("0"), month and _MONTHS[lang][int(month) - 1], str(era))))
