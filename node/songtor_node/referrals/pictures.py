"""What facts show as a picture, the same at whoever sends them and whoever receives them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from google.protobuf.json_format import MessageToDict

from songtor_proto.wire.payload_pb2 import Facts
from songtor_web.pictures.received import Shown, shown
from songtor_web.texts import Say, shared


def pictures(facts: Facts, t: Say, lang: str, on: date) -> list[Shown]:
    """`on`: the day for which ages are told, that of the message."""
    return shown(MessageToDict(facts, preserving_proto_field_name=True), t, lang, on)


def family_lines(facts: Facts, lang: str, on: date) -> Iterator[str]:
    """A genogram in sentences, for a terminal; its other facts read as values there."""
    for picture in pictures(Facts(genogram=facts.genogram), shared(lang), lang, on):
        for heading, sentences in picture.words():
            yield heading
            yield from (f"  {sentence}" for sentence in sentences)
