"""Bytes as people read them: hexadecimal in lines, and messages field by field."""

from __future__ import annotations

from typing import Any

from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.message import Message

_LINE, _WHOLE, _HEAD = 32, 256, 64


def block(*lines: str) -> str:
    return "\n".join(["```", *lines, "```"])


def hexes(data: bytes) -> str:
    """A block of hexadecimal; long ones are cut, with their length."""
    shown = data if len(data) <= _WHOLE else data[:_HEAD]
    lines = [shown[i : i + _LINE].hex() for i in range(0, len(shown), _LINE)]
    return block(*lines, *([] if shown is data else [f"… {len(data):,} bytes in all"]))


def fields(message: Message) -> str:
    """A block with the bytes of each field and what they say, in the order in which they are written."""
    lines, whole = [], b""
    for field, value in message.ListFields():
        part = type(message)()
        if field.is_repeated:
            getattr(part, field.name).extend(value)
        elif isinstance(value, Message):
            getattr(part, field.name).CopyFrom(value)
        else:
            setattr(part, field.name, value)
        data = part.SerializeToString(deterministic=True)
        whole += data
        shown = data.hex() if len(data) <= 24 else f"{data[:20].hex()}…"
        lines.append(f"{shown:<50}{field.name}{_says(field, value)}")
    assert whole == message.SerializeToString(deterministic=True)
    return block(*lines)


def _says(field: FieldDescriptor, value: Any) -> str:
    if field.is_repeated:
        return f", {len(value)} times"
    if isinstance(value, bytes):
        return f": {len(value)} bytes"
    if isinstance(value, Message):
        return f": {type(value).__name__}"
    if field.enum_type is not None:
        return f": {field.enum_type.values_by_number[int(str(value))].name}"
    return f": {value}"
