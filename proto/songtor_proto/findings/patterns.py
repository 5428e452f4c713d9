"""What looks like a person's number, address or account, whoever the person is."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence

Span = tuple[int, int, str]
"""Start and end in the plain text, and the kind."""

_PROFILES = (
    r"(?:facebook|fb|messenger|instagram|tiktok|twitter|x|linkedin|youtube|vk|kakao|weibo)\.com|threads\.net"
    r"|(?:line|fb|m|wa|t)\.me|lin\.ee"
)
_PASSPORT = r"passport|reisepass|หนังสือเดินทาง|護照"
# On plain text: lower case, ASCII digits. Every repetition is bounded. Edges are look-arounds, because \b
# does not see the one between a Thai letter and a digit.
_TEXTUAL = (
    ("email", r"[a-z0-9._%+-]{1,64}@[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63}){0,4}\.[a-z]{2,24}"),
    ("profile_url", rf"(?<![a-z0-9])(?:{_PROFILES})/[\w.~@?=&%+#/-]{{1,200}}"),
    (
        "line_id",
        r"(?:(?<![a-z])line|ไลน์|ไอดี)\s{0,3}(?:(?:id|ไอดี|ไลน์)\s{0,3}[:=]?|[:=@])\s{0,3}@?[a-z0-9._-]{4,20}",
    ),
    ("handle", r"(?<![\w.%+-])@[a-z0-9._]{4,30}"),
    ("passport", r"(?<![a-z0-9])[a-z]{1,2}-?\d{6,8}(?![a-z0-9])"),
    ("passport", rf"(?:{_PASSPORT})[^a-z0-9\n]{{0,12}}(?=[a-z0-9]{{0,8}}\d)[a-z0-9]{{6,9}}(?![a-z0-9])"),
    # Looked ahead to, so that a word before it does not swallow it.
    ("iban", r"(?<![a-z0-9])(?=([a-z]{2}[\W_]{0,2}\d[\W_]{0,2}\d(?:[\W_]{0,2}[a-z0-9]){11,30}))"),
)
_PATTERNS = tuple((kind, re.compile(pattern)) for kind, pattern in _TEXTUAL)
_DATE = re.compile(r"(?<!\d)(?:\d{4}-\d{1,2}-\d{1,2}|\d{1,2}([/.-])\d{1,2}\1\d{4})(?!\d)")
# Digits with at most three characters between two of them that are no letter, comma or colon.
_RUN = re.compile(r"\d(?:(?:[^\w,:;\n]|_){0,3}\d)*")
_GROUP = re.compile(r"\d+")
_LONG = 9
_VERY_LONG = 15


def patterns(text: str, regions: Collection[str]) -> Iterator[Span]:
    """Every pattern in a plain text. `regions`: ISO 3166-1 codes whose telephone numbers count."""
    for kind, pattern in _PATTERNS:
        for match in pattern.finditer(text):
            if kind != "iban":
                yield match.start(), match.end(), kind
            elif end := _iban_end(match):
                yield match.start(), end, kind
    dateless = _DATE.sub(lambda date: "\n" * len(date[0]), text)
    for match in _RUN.finditer(dateless):
        yield from _numbers(dateless, match, regions)


def _iban_end(match: re.Match[str]) -> int:
    """Where the account number ends in what may run on into words; 0 where it is none."""
    from stdnum import iban

    places = [place for place in range(match.start(1), match.end(1)) if match.string[place].isalnum()]
    symbols = "".join(match.string[place] for place in places)
    for length in reversed([*_adding_up(symbols)]):
        if iban.is_valid(symbols[:length]):
            return places[length - 1] + 1
    return 0


def _adding_up(symbols: str) -> Iterator[int]:
    """The lengths, from 15, at which its check digits are right (ISO 7064): so few are looked at closely."""
    head = "".join(str(int(symbol, 36)) for symbol in symbols[:4])
    rest, last, places = 0, int(head), 10 ** len(head)
    for length, symbol in enumerate(symbols[4:], 5):
        value = int(symbol, 36)
        rest = (rest * (10 if value < 10 else 100) + value) % 97
        if length >= 15 and (rest * places + last) % 97 == 1:
            yield length


def _numbers(text: str, run: re.Match[str], regions: Collection[str]) -> Iterator[Span]:
    from stdnum.th import pin

    places = [place for place in range(run.start(), run.end()) if text[place].isdigit()]
    digits = "".join(text[place] for place in places)
    for first in range(len(digits) - 12):
        last = first + 12
        free_before = first == 0 or places[first] - places[first - 1] > 1
        free_after = last + 1 == len(digits) or places[last + 1] - places[last] > 1
        if free_before and free_after and pin.is_valid(digits[first : last + 1]):
            yield places[first], places[last] + 1, "thai_id"
    groups = [(run.start() + group.start(), run.start() + group.end()) for group in _GROUP.finditer(run[0])]
    # A number of something else may stand right before or after.
    for part in (groups, groups[1:], groups[:-1]):
        if part and _is_telephone(text, part, regions):
            yield part[0][0], part[-1][1], "phone"
            break
    if _is_long(text, groups):
        yield run.start(), run.end(), "digits"


def _is_telephone(text: str, groups: Sequence[tuple[int, int]], regions: Collection[str]) -> bool:
    digits = "".join(text[start:end] for start, end in groups)
    if not 7 <= len(digits) <= 15:
        return False
    international = text[: groups[0][0]].endswith("+")
    return any(_is_valid(digits, international, region) for region in regions)


def _is_valid(digits: str, international: bool, region: str) -> bool:
    """Whether it is a number of that country in full, with the 0 in front where the country has one."""
    import phonenumbers

    trunk = phonenumbers.ndd_prefix_for_region(region, True)
    if not international and trunk == "0" and not digits.startswith("0"):
        return False
    try:
        number = phonenumbers.parse("+" * international + digits, region)
    except phonenumbers.NumberParseException:
        return False
    return phonenumbers.is_valid_number(number)


def _is_long(text: str, groups: Sequence[tuple[int, int]]) -> bool:
    """Nine digits in one piece, or joined by hyphens or dots, or spelled out in small groups; or very many.

    Two amounts or a few years in a row are none of these.
    """
    lengths = [end - start for start, end in groups]
    if sum(lengths) >= _LONG and max(lengths) <= 3:
        return True
    piece, before = 0, 0
    for start, end in groups:
        joined = piece > 0 and text[before:start] in ("-", ".")
        piece, before = (piece if joined else 0) + end - start, end
        if piece >= _LONG:
            return True
    return sum(lengths) > _VERY_LONG
