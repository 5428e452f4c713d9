"""`name=value` words of a command line, as a form is filled in with them."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

from songtor_proto.errors import InputError
from songtor_proto.plain_yaml import read

_WORD = re.compile(r"([a-z][a-z_.]{0,60})=(.*)", re.DOTALL)


def filled(
    words: Sequence[str],
    said: Callable[[str], str],
    *,
    text_field: str = "",
    into: dict[str, Any] | None = None,
) -> dict[str, Any]:
    """`into` with each `a.b=value` put in its place. `[...]` and `{...}` are read as in a file; a word
    without a name is the value of `text_field`. `said` gives the value of `-`.
    InputError: usage (a word that is neither, a name given twice), value."""
    data: dict[str, Any] = {} if into is None else into
    seen: set[str] = set()
    for word in words:
        found = _WORD.fullmatch(word)
        if found is None and not text_field:
            raise InputError("usage")
        name, value = (found[1], found[2]) if found else (text_field, word)
        if name in seen:
            raise InputError("usage", field=name)
        seen.add(name)
        value = said(value)
        _put(data, name, _nested(name, value) if value[:1] in ("[", "{") else value)
    return data


def _nested(name: str, value: str) -> Any:
    try:
        return read(value.encode()).value
    except InputError:
        raise InputError("value", field=name) from None


def _put(data: dict[str, Any], name: str, value: Any) -> None:
    *blocks, last = name.split(".")
    for block in blocks:
        inner = data.setdefault(block, {})
        if not isinstance(inner, dict):
            raise InputError("usage", field=name)
        data = inner
    data[last] = value
