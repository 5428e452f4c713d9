"""Which data category each field of the schema belongs to. Rule M1."""

from __future__ import annotations

from collections.abc import Collection

from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.message import Message

from songtor_proto.wire.options_pb2 import data_category
from songtor_proto.wire.payload_pb2 import Facts


def category_of(field: FieldDescriptor) -> str:
    """The category that the schema gives the field; empty for a mere container of others."""
    return str(field.GetOptions().Extensions[data_category])


FACTS: dict[str, str] = {field.name: category_of(field) for field in Facts.DESCRIPTOR.fields}
"""Category by name of each field of Facts, in the order of the schema."""


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
