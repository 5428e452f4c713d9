"""What countries and languages are called, in Thai and in English: Unicode's CLDR, through Babel."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from babel import Locale

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


def _called(names: Mapping[str, str]) -> dict[str, str]:
    plain = {code: name for code, name in names.items() if len(code) == _LETTERS and code.isalpha()}
    return dict(sorted(plain.items(), key=lambda pair: pair[1]))
