"""The small, safe part of YAML that people fill in: mappings, lists and text.

Every plain value stays text ("NO" is Norway, 081 keeps its zero, 2531 is no number); an empty one is None.
Refused is what a form for people never needs: anchors and aliases, tags, a key given twice, several
documents, deep nesting."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import yaml

from songtor_proto.errors import InputError

MAXIMUM_BYTES = 1 << 20
MAXIMUM_DEPTH = 12
MAXIMUM_VALUES = 50_000

Path = tuple[str | int, ...]


class Document(NamedTuple):
    """What was read, and the line (from 1) at which the value of each path begins."""

    value: Any
    lines: dict[Path, int]


@dataclass(slots=True)
class _Open:
    """A mapping or list that has not ended yet."""

    path: Path
    value: dict[str, Any] | list[Any]
    key: str | None = None


def read(content: bytes) -> Document:
    """InputError("too_large") or ("yaml"), its field the line at fault."""
    if len(content) > MAXIMUM_BYTES:
        raise InputError("too_large")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _refuse(content.count(b"\n", 0, error.start) + 1) from None
    try:
        return _build(text)
    except yaml.MarkedYAMLError as error:
        raise _refuse(error.problem_mark.line + 1 if error.problem_mark else 0) from None
    except yaml.YAMLError as error:
        position = getattr(error, "position", None)
        raise _refuse(text.count("\n", 0, position) + 1 if isinstance(position, int) else 0) from None


def _refuse(line: int) -> InputError:
    return InputError("yaml", field=f":{line}" if line else "")


def _build(text: str) -> Document:
    document: list[Any] = []
    stack: list[_Open] = []
    lines: dict[Path, int] = {}
    for event in yaml.parse(text, Loader=yaml.CSafeLoader):
        if isinstance(event, yaml.CollectionEndEvent):
            stack.pop()
        elif isinstance(event, yaml.NodeEvent):
            line = event.start_mark.line + 1 if event.start_mark else 0
            top = stack[-1] if stack else None
            if _unwanted(event, top) or (top is None and document):
                raise _refuse(line)
            if top is not None and isinstance(top.value, dict) and top.key is None:
                top.key = str(getattr(event, "value", ""))
                continue
            value = _value(event)
            path = _place(top, value)
            lines[path] = line
            if top is None:
                document.append(value)
            if isinstance(value, (dict, list)):
                stack.append(_Open(path, value))
            if len(stack) > MAXIMUM_DEPTH or len(lines) > MAXIMUM_VALUES:
                raise _refuse(line)
    return Document(document[0] if document else None, lines)


def _unwanted(event: Any, top: _Open | None) -> bool:
    """An alias, anchor or tag; a key that is no text or stands twice."""
    if isinstance(event, yaml.AliasEvent) or event.anchor or event.tag not in (None, "!"):
        return True
    if top is None or isinstance(top.value, list) or top.key is not None:
        return False
    return not isinstance(event, yaml.ScalarEvent) or event.value in top.value


def _value(event: Any) -> Any:
    if isinstance(event, yaml.MappingStartEvent):
        return {}
    if isinstance(event, yaml.SequenceStartEvent):
        return []
    return None if not event.style and event.value in ("", "~", "null") else event.value


def _place(top: _Open | None, value: Any) -> Path:
    """Puts the value where it belongs and gives its path."""
    if top is None:
        return ()
    if isinstance(top.value, list):
        top.value.append(value)
        return (*top.path, len(top.value) - 1)
    assert top.key is not None
    name, top.key = top.key, None
    top.value[name] = value
    return (*top.path, name)
