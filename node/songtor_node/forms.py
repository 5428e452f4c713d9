"""What people fill in, as typed and bounded models, and the one error that says where a form is wrong.

A form has the same field names in a file, on the command line and on a page. Errors name a field and a line,
never a value.
"""

from __future__ import annotations

import re
import unicodedata
from calendar import monthrange
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated, Any, TypeVar
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
)
from pydantic_core import PydanticCustomError

from songtor_proto.errors import InputError
from songtor_proto.plain_yaml import Path, read
from songtor_proto.vocabulary import policy, vocabulary
from songtor_proto.vocabulary.dates import ABOUT, STILL, common_era

_DATE = re.compile(r"(\d{4})(?:-(\d{2}))?(?:-(\d{2}))?", re.ASCII)
_THAI_DIGITS = str.maketrans("๐๑๒๓๔๕๖๗๘๙", "0123456789")
_ALLOWED_CONTROLS = "\n\t\u200b\u200c\u200d"  # Thai uses the zero-width space between words


class Form(BaseModel):
    """Base of every form: nothing unknown, nothing unbounded, empty fields left out."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, str_strip_whitespace=True, hide_input_in_errors=True
    )


def _clean(text: str) -> str:
    """One spelling of each letter; nothing that can drive a screen or turn the direction of writing."""
    text = unicodedata.normalize("NFC", text)
    if any(
        unicodedata.category(letter) in ("Cc", "Cf", "Cs", "Co") and letter not in _ALLOWED_CONTROLS
        for letter in text
    ):
        raise PydanticCustomError("text", "control character")
    return text


def _date(text: str) -> str:
    """ISO 8601 as far as it is known; a year of the Buddhist era becomes one of the common era."""
    if not text:
        return text
    found = _DATE.fullmatch(text)
    if found is None:
        raise PydanticCustomError("date", "not a date")
    year, month, day = common_era(int(found[1])), found[2], found[3]
    if not 1850 <= year <= 2200 or (month and not 1 <= int(month) <= 12):
        raise PydanticCustomError("date", "no such date")
    if day and not 1 <= int(day) <= monthrange(year, int(month))[1]:
        raise PydanticCustomError("date", "no such date")
    return "-".join(part for part in (f"{year:04}", month, day) if part)


def _whole_date(text: str) -> str:
    if text and len(text) != len("2026-01-01"):
        raise PydanticCustomError("date", "not a whole date")
    return text


def _event_date(text: str) -> str:
    """A date as far as it is known; with `~` behind it (EDTF, level 1) it is about then."""
    return _date(text.removesuffix(ABOUT)) + ABOUT if text.endswith(ABOUT) else _date(text)


def _event_end(text: str) -> str:
    return text if text == STILL else _event_date(text)


def _number(value: Any) -> Any:
    if not isinstance(value, str):
        return 0 if value is None else value
    text = value.strip().replace(" ", "").replace("\u00a0", "").translate(_THAI_DIGITS)
    if re.fullmatch(r"\d+,\d{1,2}", text):
        return text.replace(",", ".")
    return text.replace(",", "") or 0


def _whole(value: Any) -> Any:
    return (value.strip().translate(_THAI_DIGITS) or 0) if isinstance(value, str) else value or 0


def _zone(name: str) -> str:
    if name:
        try:
            ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            raise PydanticCustomError("unknown_code", "no such time zone") from None
    return name


def _https(link: str) -> str:
    """Only what a browser opens over TLS, without a name and password in it."""
    if not link:
        return link
    try:
        parts = urlsplit(link)
        good = parts.scheme == "https" and bool(parts.hostname) and "@" not in parts.netloc
    except ValueError:
        good = False
    if not good or any(letter.isspace() for letter in link):
        raise PydanticCustomError("link", "not an https link")
    return link


def _moment(value: Any) -> Any:
    try:
        read = datetime.fromisoformat(value) if isinstance(value, str) else value
        if not isinstance(read, datetime) or read.tzinfo is None or not 2000 <= read.year <= 2200:
            raise ValueError
        return read.astimezone(UTC).replace(microsecond=0)
    except ValueError:
        raise PydanticCustomError("time", "not a time with its offset") from None


def one_of(list_name: str, *more: str) -> AfterValidator:
    """A code of that list of the vocabulary or the disclosure policy, or one of `more`."""

    def check(code: str) -> str:
        terms: Mapping[str, object] = getattr(vocabulary(), list_name, None) or getattr(policy(), list_name)
        if code and code not in terms and code not in more:
            raise PydanticCustomError("unknown_code", "unknown code")
        return code

    return AfterValidator(check)


def _none_is_empty(value: Any) -> Any:
    return "" if value is None else value


def _as_list(value: Any) -> Any:
    """Nothing is an empty list; text is a list with commas."""
    if value is None:
        return []
    return [part.strip() for part in value.split(",") if part.strip()] if isinstance(value, str) else value


Empty = BeforeValidator(_none_is_empty)
EmptyList = BeforeValidator(_as_list)
Line = Annotated[str, Empty, StringConstraints(max_length=300), AfterValidator(_clean)]
"""One line, or nothing."""
Prose = Annotated[str, Empty, StringConstraints(max_length=12_000), AfterValidator(_clean)]
Code = Annotated[str, Empty, StringConstraints(max_length=60)]
PartialDate = Annotated[str, Empty, StringConstraints(max_length=10), AfterValidator(_date)]
EventDate = Annotated[str, Empty, StringConstraints(max_length=11), AfterValidator(_event_date)]
EventEnd = Annotated[str, Empty, StringConstraints(max_length=11), AfterValidator(_event_end)]
WholeDate = Annotated[PartialDate, AfterValidator(_whole_date)]
ClockTime = Annotated[str, Empty, StringConstraints(pattern=r"^(([01]\d|2[0-3]):[0-5]\d)?$")]
Country = Annotated[str, Empty, StringConstraints(pattern=r"^([A-Z]{2})?$")]
Language = Annotated[str, StringConstraints(pattern=r"^[a-z]{2}$")]
Nought = BeforeValidator(_whole)
Number = Annotated[float, BeforeValidator(_number), Field(allow_inf_nan=False)]
"""As people write it: 1,500 or 12,50 or 12.50; nothing is nought."""
Currency = Annotated[str, Empty, StringConstraints(pattern=r"^([A-Z]{3})?$")]
TimeZone = Annotated[str, Empty, StringConstraints(max_length=60), AfterValidator(_zone)]
HttpsLink = Annotated[Line, AfterValidator(_https)]
Moment = Annotated[datetime, BeforeValidator(_moment)]
"""Aware, UTC, whole seconds; written in ISO 8601 with its offset: 2026-11-25T14:00+01:00."""
Flag = Annotated[bool, BeforeValidator(lambda value: False if value in (None, "") else value)]
Filled = Field(min_length=1)

_CODES = {
    "missing": "missing",
    "string_too_short": "missing",
    "too_short": "missing",
    "extra_forbidden": "unknown_field",
    "string_too_long": "too_large",
    "too_long": "too_large",
    "unknown_code": "unknown_code",
    "literal_error": "unknown_code",
    "date": "date",
    "time": "time",
    "link": "link",
    "text": "text",
    "identity_number": "identity_number",
    "ends_before": "ends_before",
}

M = TypeVar("M", bound=BaseModel)


def check(model: type[M], data: object, lines: Mapping[Path, int] | None = None) -> M:
    """The form that `data` fills in; InputError naming the first field at fault, and its line if known."""
    try:
        return model.model_validate(data)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False, include_context=False)[0]
        path: Path = first["loc"]
        if first["type"] == "extra_forbidden":
            path = path[:-1]  # an unknown name may be a person's, slipped to the left
        raise InputError(
            _CODES.get(first["type"], "value"), field=_where(path, first["loc"], lines or {})
        ) from None


def load(model: type[M], content: bytes) -> M:
    """The form in a file; InputError as `check` and as the reader of files."""
    document = read(content)
    return check(model, {} if document.value is None else document.value, document.lines)


def _where(path: Path, at: Path, lines: Mapping[Path, int]) -> str:
    """`client.contacts[0].channel:12`; a missing field has the line of what it is missing from."""
    name = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path).lstrip(".")
    while at and at not in lines:
        at = at[:-1]
    return f"{name}:{lines[at]}" if at in lines else name
