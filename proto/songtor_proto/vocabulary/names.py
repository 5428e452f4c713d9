"""What countries, languages, currencies and time zones are called: Unicode's CLDR, through Babel."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache

from babel import Locale
from babel.core import get_global
from babel.dates import get_timezone_location
from babel.numbers import get_currency_name, get_territory_currencies

_LETTERS = 2  # ISO 3166-1 and ISO 639-1
_NO_COUNTRY = frozenset({"XA", "XB", "ZZ", "EU", "EZ", "UN", "QO"})
_SHORT = {"th": {"HK": "ฮ่องกง", "MO": "มาเก๊า"}, "en": {"HK": "Hong Kong", "MO": "Macao"}}


@cache
def countries(lang: str) -> dict[str, str]:
    """Name by ISO 3166-1 code, Thailand first, then by name."""
    found = _called({**Locale(lang).territories, **_SHORT[lang]})
    return {"TH": found["TH"], **{code: name for code, name in found.items() if code not in _NO_COUNTRY}}


@cache
def languages(lang: str) -> dict[str, str]:
    """Name by ISO 639-1 code, Thai and English first, then by name."""
    found = _called(Locale(lang).languages)
    return {code: found[code] for code in ("th", "en")} | found


def country(code: str, lang: str) -> str:
    """One that has no name here as it is."""
    return countries(lang).get(code, code)


def language(code: str, lang: str) -> str:
    """One that has no name here as it is."""
    return languages(lang).get(code, code)


@cache
def currencies(countries: tuple[str, ...], lang: str) -> dict[str, str]:
    """Name by ISO 4217 code, of what these countries pay with, in their order."""
    codes = dict.fromkeys(code for country in countries for code in get_territory_currencies(country))
    return {code: f"{get_currency_name(code, locale=lang)} ({code})" for code in codes}


@cache
def time_zones(countries: tuple[str, ...], lang: str) -> dict[str, str]:
    """Where it is, by the IANA's name; of each country its usual zones."""
    of_country = get_global("territory_zones")
    names = [
        zone
        for country in countries
        for zone in of_country.get(country, ())
        if zone.count("/") == 1 and not zone.startswith("Antarctica")
    ]
    return _in_order({name: zone_name(name, lang) for name in names})


def zone_name(zone: str, lang: str) -> str:
    """`เวลาเยอรมนี (เบอร์ลิน)`."""
    return str(get_timezone_location(zone, locale=lang))


def _called(names: Mapping[str, str]) -> dict[str, str]:
    plain = {code: name for code, name in names.items() if len(code) == _LETTERS and code.isalpha()}
    return _in_order(plain)


def _in_order(names: Mapping[str, str]) -> dict[str, str]:
    """By name: as in a Thai dictionary a vowel that is written before its consonant comes after it, and the
    marks above do not count."""

    def spelt(name: str) -> str:
        return re.sub(r"([เแโใไ])(.)", r"\2\1", re.sub(r"[็่้๊๋์]", "", name))

    return dict(sorted(names.items(), key=lambda pair: spelt(pair[1])))
