"""What a file is, by its own bytes; and a copy of it without what it need not say. Pure, bounded by its size.

A name's ending and the type that a browser declares are not believed. Pictures lose place, time, camera and
comments (only which way is up stays), and whatever hangs behind their end; an MP4 recording loses its notes,
the place among them. Nothing is decoded here. Of a PDF and of other recordings the file's own notes (author,
device) stay: they are not searched for.
"""

from __future__ import annotations

import re
import struct
import zlib
from collections.abc import Callable, Iterator
from itertools import islice
from typing import NamedTuple

from songtor_proto.errors import InputError

_MANY = 100_000  # parts of one picture


class FileType(NamedTuple):
    """`clean` gives the copy that is kept; it raises ValueError, struct.error or IndexError where the file is
    not whole."""

    media: str
    ending: str
    is_it: Callable[[bytes], bool]
    clean: Callable[[bytes], bytes]


def taken(content: bytes) -> tuple[FileType, bytes]:
    """What it is, and the copy to keep. InputError: file_type (none of ours, or damaged), file_active (a PDF
    that does more than show)."""
    found = next((one for one in TYPES if one.is_it(content)), None)
    if found is None:
        raise InputError("file_type", field="file")
    try:
        return found, found.clean(content)
    except (ValueError, IndexError, struct.error, zlib.error):
        raise InputError("file_type", field="file") from None


# JPEG: segments until a scan, scans until the end

_IN_SCAN = re.compile(rb"\xff[^\x00\xff\xd0-\xd7]")
_ADOBE = 12  # bytes of the one segment of that name that says how colours are kept


def _jpeg(content: bytes) -> bytes:
    kept, at, upright = [content[:2]], 2, b""
    for _ in range(_MANY):
        while content[at] == 0xFF and content[at + 1] == 0xFF:
            at += 1
        if content[at] != 0xFF:
            raise ValueError("segment")
        marker = content[at + 1]
        if marker == 0xD9:
            return b"".join([kept[0], upright, *kept[1:], b"\xff\xd9"])
        end = at + 2 + struct.unpack_from(">H", content, at + 2)[0]
        body = content[at + 4 : end]
        if marker == 0xE1:
            upright = upright or _upright(body)
        elif _draws(marker, body):
            if marker == 0xDA:
                found = _IN_SCAN.search(content, end)
                if found is None:
                    raise ValueError("no end")
                end = found.start()
            kept.append(content[at:end])
        at = end
    raise ValueError("too many parts")


def _draws(marker: int, body: bytes) -> bool:
    """Whether the picture is drawn from it: of programs' notes and comments only what says the colours."""
    if marker == 0xE2:
        return body.startswith(b"ICC_PROFILE\0")
    if marker == 0xEE:
        return body.startswith(b"Adobe") and len(body) == _ADOBE
    return not (0xE0 <= marker <= 0xEF or marker == 0xFE)


def _upright(exif: bytes) -> bytes:
    """A segment that says nothing but how the picture is to be turned; empty where that is not said."""
    if not exif.startswith(b"Exif\0\0"):
        return b""
    tiff = exif[6:]
    order = {b"II": "<", b"MM": ">"}.get(tiff[:2], "")
    if not order:
        return b""
    try:
        (first,) = struct.unpack_from(order + "I", tiff, 4)
        (entries,) = struct.unpack_from(order + "H", tiff, first)
        for number in range(min(entries, 100)):
            tag, _, _, value = struct.unpack_from(order + "HHIH", tiff, first + 2 + 12 * number)
            if tag == 0x0112 and 2 <= value <= 8:
                said = struct.pack(">HHIHHI", 0x0112, 3, 1, value, 0, 0)
                body = b"Exif\0\0MM\0\x2a\0\0\0\x08\0\x01" + said
                return b"\xff\xe1" + struct.pack(">H", len(body) + 2) + body
    except struct.error:
        pass
    return b""


# PNG and WebP: chunks

_PNG = b"\x89PNG\r\n\x1a\n"
_PNG_KEPT = {b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"iCCP", b"sBIT"}


def _png(content: bytes) -> bytes:
    kept, at = [_PNG], len(_PNG)
    for _ in range(_MANY):
        (size,) = struct.unpack_from(">I", content, at)
        name, end = content[at + 4 : at + 8], at + 12 + size
        if end > len(content) or (len(kept) == 1 and name != b"IHDR"):
            raise ValueError("chunk")
        if name in _PNG_KEPT:
            kept.append(content[at:end])
        if name == b"IEND":
            return b"".join(kept)
        at = end
    raise ValueError("too many parts")


_WEBP_KEPT = {b"VP8 ", b"VP8L", b"VP8X", b"ALPH", b"ICCP", b"ANIM", b"ANMF"}
_WEBP_NOTES = 0x0C  # flags of VP8X: EXIF and XMP follow


def _webp(content: bytes) -> bytes:
    kept = list(_webp_chunks(content))
    if not any(chunk[:3] == b"VP8" for chunk in kept):
        raise ValueError("no picture")
    body = b"WEBP" + b"".join(kept)
    return b"RIFF" + struct.pack("<I", len(body)) + body


def _webp_chunks(content: bytes) -> Iterator[bytes]:
    whole, at = 8 + struct.unpack_from("<I", content, 4)[0], 12
    for _ in range(_MANY):
        if at >= min(whole, len(content)):
            return
        (size,) = struct.unpack_from("<I", content, at + 4)
        end = at + 8 + size + size % 2
        if end > len(content) + size % 2:
            raise ValueError("chunk")
        chunk = content[at:end]
        if chunk[:4] == b"VP8X":
            chunk = chunk[:8] + bytes([chunk[8] & ~_WEBP_NOTES]) + chunk[9:]
        if chunk[:4] in _WEBP_KEPT:
            yield chunk
        at = end
    raise ValueError("too many parts")


# PDF

_ACTIVE = (
    b"/JavaScript", b"/Launch", b"/EmbeddedFile", b"/RichMedia", b"/Rendition", b"/GoToE", b"/SubmitForm",
    b"/ImportData", b"/XFA", b"/Encrypt",
)  # fmt: skip
_LETTERS = sorted(set(b"".join(_ACTIVE)) - set(b"/"))
_ESCAPED = [  # one step of C for each, however often it is there
    (escaped.encode(), bytes([letter]))
    for letter in _LETTERS
    for escaped in sorted({f"#{letter:02x}", f"#{letter:02X}"})
]
_STREAM = re.compile(rb"stream\r?\n")
_INFLATED = 256 * 1024  # bytes of one stream that are looked into
_INFLATED_ALL = 32 * 1024 * 1024
_STREAMS = 10_000


def _pdf(content: bytes) -> bytes:
    """As far as the last `%%EOF`. Refused where a script, a program to start, a file inside, a form that
    sends itself or a lock is named: plainly, with `#` escapes, or within the first 256 KiB of a deflated
    stream (of all streams 10,000, and 32 MiB). Not found: names deeper in a stream, or in one packed
    otherwise or twice; faults of a viewer that a picture or font inside may use. So a PDF is given out as a
    file, never shown in a page."""
    end = content.rfind(b"%%EOF")
    if end < 0:
        raise ValueError("no end")
    _check_names(content)
    left, whole = _INFLATED_ALL, memoryview(content)
    for found in islice(_STREAM.finditer(content), _STREAMS):
        packed = whole[found.end() : found.end() + _INFLATED]
        try:
            inside = zlib.decompressobj().decompress(packed, min(_INFLATED, left))
        except zlib.error:
            continue
        _check_names(inside)
        left -= len(inside)
        if left <= 0:
            break
    return content[: end + len(b"%%EOF")] + b"\n"


def _check_names(text: bytes) -> None:
    plain = text
    for escaped, letter in _ESCAPED if b"#" in text else ():
        plain = plain.replace(escaped, letter)
    if any(name in plain for name in _ACTIVE):
        raise InputError("file_active", field="file")


# MP4: boxes in boxes

_MP4_BRANDS = (b"M4A", b"mp4", b"iso", b"3gp", b"dash")  # no picture's: of HEIC and AVIF nothing is cleaned
_NOTES, _OF_BOXES = {b"udta", b"meta", b"uuid"}, {b"moov", b"trak"}
_DEEP = 8


def _mp4(content: bytes) -> bytes:
    """Of the same length, for its tables count bytes; its notes are blank."""
    kept, left = bytearray(content), [(0, len(content))]
    for _ in range(_MANY):
        if not left:
            return bytes(kept)
        at, end = left.pop()
        if at == end:
            continue
        size, name = struct.unpack_from(">I4s", kept, at)
        head = 8
        if size == 1:
            (size,), head = struct.unpack_from(">Q", kept, at + 8), 16
        last = at + size if size else end
        if not at + head <= last <= end:
            raise ValueError("box")
        inside: list[tuple[int, int]] = []
        if name in _NOTES:
            kept[at + 4 : at + 8] = b"free"
            kept[at + head : last] = bytes(last - at - head)
        elif name in _OF_BOXES:
            inside = [(at + head, last)]
        left += [(last, end), *inside]
        if len(left) > _DEEP:
            raise ValueError("too deep")
    raise ValueError("too many parts")


def _as_it_is(content: bytes) -> bytes:
    return content


TYPES = (
    FileType("image/jpeg", "jpg", lambda content: content.startswith(b"\xff\xd8\xff"), _jpeg),
    FileType("image/png", "png", lambda content: content.startswith(_PNG), _png),
    FileType("image/webp", "webp", lambda content: content[:4] + content[8:12] == b"RIFFWEBP", _webp),
    FileType("application/pdf", "pdf", lambda content: content.startswith(b"%PDF-1."), _pdf),
    FileType("application/pdf", "pdf", lambda content: content.startswith(b"%PDF-2."), _pdf),
    FileType("audio/ogg", "ogg", lambda content: content.startswith(b"OggS\0"), _as_it_is),
    FileType(
        "audio/mp4",
        "m4a",
        lambda content: content[4:8] == b"ftyp" and content[8:12].startswith(_MP4_BRANDS),
        _mp4,
    ),
    FileType(
        "audio/webm",
        "webm",
        lambda content: content.startswith(b"\x1aE\xdf\xa3") and b"webm" in content[:64],
        _as_it_is,
    ),
)
