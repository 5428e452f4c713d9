"""Dates and times as a person reads them: the Buddhist era in Thai, relative where it helps."""

from __future__ import annotations

from datetime import datetime

from songtor_proto.vocabulary.dates import ABOUT, BUDDHIST, STILL, common_era, date_text

__all__ = [
    "ABOUT",
    "MONTHS",
    "STILL",
    "date_text",
    "iso_date",
    "month_text",
    "relative_text",
    "time_text",
    "year_shown",
]

MONTHS = {
    "th": (
        "มกราคม", "กุมภาพันธ์", "มีนาคม", "เมษายน", "พฤษภาคม", "มิถุนายน",
        "กรกฎาคม", "สิงหาคม", "กันยายน", "ตุลาคม", "พฤศจิกายน", "ธันวาคม",
    ),
    "en": (
        "January", "February", "March", "April", "May", "June",
        "July", "August", "September", "October", "November", "December",
    ),
}  # fmt: skip
_RELATIVE = {  # past, future
    "th": (("เมื่อ {} นาทีก่อน", "เมื่อ {} ชั่วโมงก่อน", "เมื่อ {} วันก่อน"), ("อีก {} นาที", "อีก {} ชั่วโมง", "อีก {} วัน")),
    "en": (("{} min ago", "{} h ago", "{} days ago"), ("{} min left", "{} h left", "{} days left")),
}
_NOW = {"th": "เมื่อครู่นี้", "en": "just now"}


def year_shown(year: str, lang: str) -> str:
    """The year of the common era as it is written in that language."""
    return str(int(year) + BUDDHIST) if lang == "th" and year.isascii() and year.isdigit() else year


def iso_date(year: str, month: str = "", day: str = "") -> str:
    """`2026-11-20` from what was typed; a year of the Buddhist era becomes one of the common era. What makes
    no date stays as it is, for the form to refuse."""
    if year.isascii() and year.isdigit():
        year = str(common_era(int(year)))
    if not (year or month or day):
        return ""
    parts = [year or "?", month.zfill(2) if month or day else "", day.zfill(2) if day else ""]
    return "-".join(part for part in parts if part)


def month_text(value: str, lang: str) -> str:
    """`Nov 2026`, or `พ.ย. 2569`, from `2026-11`."""
    return date_text(value[:7], lang)


def time_text(value: datetime, lang: str) -> str:
    """`20 พ.ย. 2569, 14:05`, in the time of this machine."""
    here = value.astimezone()
    return f"{date_text(here.date(), lang)}, {here:%H:%M}"


def relative_text(value: datetime, now: datetime, lang: str) -> str:
    """`2 days left`, `3 h ago`; beyond thirty days the date."""
    seconds = (value - now).total_seconds()
    minutes = round(abs(seconds) / 60)
    if minutes >= 30 * 24 * 60:
        return date_text(value.astimezone().date(), lang)
    forms = _RELATIVE[lang][seconds > 0]
    if not minutes:
        return _NOW[lang]
    if minutes < 60:
        return forms[0].format(minutes)
    if minutes < 48 * 60:
        return forms[1].format(minutes // 60)
    return forms[2].format(minutes // (24 * 60))
