"""What came as data and is drawn: at a terminal in sentences, on wish as files that other programs show."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from google.protobuf.json_format import MessageToDict

from songtor_hub.desks.opening import Message, Opened
from songtor_proto.errors import InputError
from songtor_proto.times import from_ms
from songtor_proto.wire.payload_pb2 import Facts
from songtor_web.pictures.received import Shown, shown
from songtor_web.texts import shared


def pictures(facts: Facts, lang: str, on: date) -> list[Shown]:
    """`on`: the day of the message, for ages."""
    return shown(MessageToDict(facts, preserving_proto_field_name=True), shared(lang), lang, on)


def sentences(picture: Shown) -> Iterator[str]:
    """All that it shows."""
    for heading, said in picture.words():
        if heading:
            yield f"  {heading}"
        yield from (f"    {sentence}" for sentence in said)


def private(folder: Path) -> Path:
    """The folder, made where it is not there. InputError("file") where that cannot be, or where others can
    look into it: a withdrawal does not reach what lies there."""
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        if folder.stat().st_mode & 0o077:
            raise InputError("file", field="--pictures")
    except OSError as error:
        raise InputError("file", field="--pictures") from error
    return folder


def write(opened: Opened, folder: Path, lang: str) -> list[str]:
    """SVG files that only this user can read, by reference, category and message. InputError("file")."""
    made = []
    for number, message in enumerate(opened.messages, 1):
        for picture in _drawn(message, lang):
            name = f"{opened.task.reference}-{picture.category}-{number}.svg"
            flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW
            try:
                with open(os.open(folder / name, flags, 0o600), "w", encoding="utf-8") as file:
                    file.write(picture.draw())
            except OSError as error:
                raise InputError("file", field="--pictures") from error
            made.append(name)
    return made


def _drawn(message: Message, lang: str) -> list[Shown]:
    body = message.said.WhichOneof("body")
    facts = getattr(getattr(message.said, body), "facts", None) if body else None
    return pictures(facts, lang, from_ms(message.at_ms).date()) if facts is not None else []
