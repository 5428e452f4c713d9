"""Which data category each field of the schema belongs to. Rule M1."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.message import Message

from songtor_proto.wire.options_pb2 import data_category
from songtor_proto.wire.payload_pb2 import Facts


def category_of(field: FieldDescriptor) -> str:
    """The category that the schema gives the field; empty for a mere container of others."""
    return str(field.GetOptions().Extensions[data_category])


FACTS: dict[str, str] = {field.name: category_of(field) for field in Facts.DESCRIPTOR.fields}
"""Category by name of each field of Facts, in the order of the schema."""


_NO_WORDS = {"songtor.v1.Facts.genogram", "songtor.v1.LifeEvent.when"}
"""Codes, years and dates alone, whoever wrote them (M9)."""


def strings(message: Message, path: str = "") -> Iterator[tuple[str, str]]:
    """Every text in a message that is not empty, by its path: `incidents[0].text`."""
    for field, value in message.ListFields():
        if field.full_name in _NO_WORDS:
            continue
        name = f"{path}.{field.name}" if path else field.name
        items = value if field.is_repeated else [value]
        for index, item in enumerate(items):
            place = f"{name}[{index}]" if field.is_repeated else name
            if isinstance(item, Message):
                yield from strings(item, place)
            elif isinstance(item, str):
                yield place, item


def keep(facts: Facts, categories: Collection[str]) -> Facts:
    """A copy with only the fields of these categories, and nothing that the schema does not name."""
    kept = Facts()
    kept.CopyFrom(facts)
    message: Message = kept
    message.DiscardUnknownFields()
    for name, category in FACTS.items():
        if category not in categories:
            message.ClearField(name)
    return kept
