"""Dates as a person reads them: the Buddhist era in Thai."""

from __future__ import annotations

from datetime import date

BUDDHIST = 543
ABOUT, STILL = "~", ".."
"""Of EDTF: behind a date that is not exact; in place of the end of what is still so."""
_BUDDHIST_FROM = 2300  # no client was born, and no date lies, so late in the common era
_MONTHS = {
    "th": ("ม.ค.", "ก.พ.", "มี.ค.", "เม.ย.", "พ.ค.", "มิ.ย.", "ก.ค.", "ส.ค.", "ก.ย.", "ต.ค.", "พ.ย.", "ธ.ค."),
    "en": ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
}


_ABOUT = {"th": "ราว {}", "en": "about {}"}
_NOW = {"th": "ปัจจุบัน", "en": "now"}


def common_era(year: int) -> int:
    """A year as it was typed, of the Buddhist era or of the common one."""
    return year - BUDDHIST if year >= _BUDDHIST_FROM else year


def date_text(value: date | str, lang: str) -> str:
    """`20 Nov 2026`, or `20 พ.ย. 2569`; ISO 8601 text that is known in part stays so. `2019~` is about then,
    `..` is now."""
    if value == STILL:
        return _NOW[lang]
    if isinstance(value, str) and value.endswith(ABOUT):
        return _ABOUT[lang].format(date_text(value.removesuffix(ABOUT), lang))
    year, month, day = [*str(value)[:10].split("-"), "", ""][:3]
    if not year:
        return ""
    era = int(year) + BUDDHIST if lang == "th" else int(year)
    return " ".join(filter(None, (day.lstrip("0"), month and _MONTHS[lang][int(month) - 1], str(era))))
