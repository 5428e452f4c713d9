"""Papers of a case: what is taken, what is refused, what a file loses, and how it is given out."""

from __future__ import annotations

import hashlib
import os
import re
import struct
import sys
import tempfile
import time
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import select

from songtor_node.bootstrap import Node
from songtor_node.cases import papers, service
from songtor_node.cases.casefile import read_case
from songtor_node.cases.file_types import taken
from songtor_node.cases.models import Case
from songtor_node.cases.papers import MAX_BYTES, MAX_CASE_BYTES, Paper
from songtor_node.store.base import Setting
from songtor_node.store.engine import reading, writing
from songtor_node.workers import acting
from songtor_proto.errors import InputError
from tests.support.linked import CASE
from tests.support.node import NOW, new_node
from tests.support.visitor import Visitor, visitor

PLACE = b"Berlin 52.5200 13.4050"


def segment(marker: int, body: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, marker, len(body) + 2) + body


def exif(orientation: int) -> bytes:
    entry = struct.pack("<HHIHH", 0x0112, 3, 1, orientation, 0)
    return b"Exif\0\0II\x2a\0\x08\0\0\0\x01\0" + entry + b"\0\0\0\0" + PLACE


SCAN = segment(0xDA, b"\x01\x01\0\0\x3f\0") + b"\x12\xff\x00\x34\xff\xd0\x56"
JPEG = (
    b"\xff\xd8"
    + segment(0xE0, b"JFIF\0\x01\x01\0\0\x01\0\x01\0\0")
    + segment(0xE1, exif(6))
    + segment(0xE2, b"ICC_PROFILE\0\x01\x01colours")
    + segment(0xFE, PLACE)
    + segment(0xDB, bytes(65))
    + SCAN
    + b"\xff\xd9"
)


def chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


PNG = (
    b"\x89PNG\r\n\x1a\n"
    + chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0))
    + chunk(b"eXIf", PLACE)
    + chunk(b"tEXt", b"Comment\0" + PLACE)
    + chunk(b"IDAT", zlib.compress(b"\0\0"))
    + chunk(b"IEND", b"")
)


def riff(*chunks: tuple[bytes, bytes]) -> bytes:
    body = b"WEBP" + b"".join(
        name + struct.pack("<I", len(data)) + data + b"\0" * (len(data) % 2) for name, data in chunks
    )
    return b"RIFF" + struct.pack("<I", len(body)) + body


WEBP = riff((b"VP8X", b"\x0c" + bytes(9)), (b"VP8 ", b"picture"), (b"EXIF", PLACE), (b"XMP ", PLACE))
PDF = b"%PDF-1.4\n1 0 obj <</Type /Catalog>> endobj\ntrailer <</Root 1 0 R>>\n%%EOF\n"
OGG = b"OggS\0\x02" + bytes(20)


@pytest.fixture
def node(tmp_path: Path) -> Iterator[Node]:
    made = new_node(tmp_path / "papers")
    yield made
    made.close()


@pytest.fixture
def code(node: Node) -> str:
    with writing(node.engine) as session:
        by = acting(session, "malee")
        return service.create(session, read_case(CASE.encode()), by=by, now=NOW, random=node.random).code


@pytest.fixture
def malee(node: Node) -> Visitor:
    return visitor(node, "malee", "en")


def send(client: Visitor, code: str, content: bytes, name: str = "x.jpg", media: str = "image/jpeg") -> int:
    return client.post(
        f"/cases/{code}/papers", {"name": ""}, files={"file": (name, content, media)}
    ).status_code


@contextmanager
def watched() -> Iterator[list[object]]:
    """Files that this process opens to write meanwhile, but for the store's own, which the database opens."""
    written: list[object] = []
    watching = True

    def heed(event: str, args: tuple[object, ...]) -> None:
        if watching and event == "open" and isinstance(args[2], int) and args[2] & (os.O_WRONLY | os.O_RDWR):
            written.append(args[0])

    sys.addaudithook(heed)  # for good; afterwards it heeds nothing
    yield written
    watching = False


def kept(node: Node) -> list[tuple[Paper, bytes]]:
    with reading(node.engine) as session:
        return [(one, papers.content_of(session, one)) for one in session.exec(select(Paper))]


@pytest.mark.parametrize("picture", [JPEG, PNG, WEBP], ids=["jpeg", "png", "webp"])
def test_a_picture_loses_where_and_with_what_it_was_taken(picture: bytes) -> None:
    """No place, time, camera or comment stays; what makes the picture does; twice changes nothing."""
    assert PLACE in picture
    found, clean = taken(picture)
    assert PLACE not in clean
    assert found.is_it(clean)
    assert taken(clean)[1] == clean


@pytest.mark.parametrize("marker", [0xE1, 0xE2, 0xEC, 0xED, 0xEE, 0xFE])
@pytest.mark.parametrize("head", [b"Adobe", b"ICC_PROFILE", b"Adobe\0d\0\0\0\0\x01", b"MPF\0"])
def test_no_comment_stays_by_beginning_like_colours(marker: int, head: bytes) -> None:
    _, clean = taken(b"\xff\xd8" + segment(marker, head + PLACE) + SCAN + b"\xff\xd9")
    assert PLACE not in clean
    assert SCAN in clean


def test_a_photograph_stays_upright_and_keeps_its_colours() -> None:
    """Of a camera's notes only which way is up is kept."""
    _, clean = taken(JPEG)
    assert clean.count(b"Exif\0\0") == 1
    assert b"\x01\x12\x00\x03\x00\x00\x00\x01\x00\x06" in clean
    assert b"ICC_PROFILE" in clean
    assert SCAN in clean
    _, webp = taken(WEBP)
    assert webp[20] == 0


@pytest.mark.parametrize("picture", [JPEG, PNG, WEBP, PDF], ids=["jpeg", "png", "webp", "pdf"])
def test_what_hangs_behind_a_file_is_cut_off(picture: bytes) -> None:
    """A file that is two files at once is kept as the one."""
    assert b"<script>" not in taken(picture + b"PK\x03\x04<script>alert(1)</script>")[1]


@pytest.mark.parametrize(
    "content",
    [
        b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
        b"<!doctype html><script>alert(1)</script>",
        b"GIF89a" + bytes(20),
        b"PK\x03\x04" + bytes(30),
        b"MZ" + bytes(30),
        b" %PDF-1.4\n%%EOF",
        JPEG[:40],
        JPEG[:-2],
        PNG[:50],
        b"\x89PNG\r\n\x1a\n" + chunk(b"IDAT", b"") + chunk(b"IEND", b""),
        riff((b"EXIF", PLACE)),
        b"RIFF\xff\xff\xff\xffWEBPVP8 \xff\xff\xff\x7f",
        b"\xff\xd8\xff" + bytes(1000),
        b"\xff\xd8" + segment(0xE0, b"") * 200_000,
        b"%PDF-1.4 without an end",
    ],
    ids=lambda content: repr(content[:12]),
)
def test_other_files_and_damaged_ones_are_refused(content: bytes) -> None:
    """SVG, HTML, archives, programs, and pictures that are not whole."""
    with pytest.raises(InputError, match="file_type"):
        taken(content)


@pytest.mark.parametrize(
    "inside",
    [
        b"<</S /JavaScript /JS (app.alert(1))>>",
        b"<</S /Java#53cript>>",
        b"<</S /Launch /F (cmd.exe)>>",
        b"<</Type /EmbeddedFile>>",
        b"<</Encrypt 5 0 R>>",
        b"<</Type /ObjStm /Filter /FlateDecode>>\nstream\r\n"
        + zlib.compress(b"<</S /JavaScript>>")
        + b"\nendstream",
    ],
)
def test_a_pdf_that_does_more_than_show_is_refused(inside: bytes) -> None:
    """Scripts, programs to start, files inside; plain, escaped or deflated."""
    with pytest.raises(InputError, match="file_active"):
        taken(PDF.replace(b"endobj", inside + b" endobj"))


def test_a_pdf_full_of_escapes_is_judged_soon() -> None:
    """One letter after another, not one escape after another: it costs the node no seconds."""
    many = PDF.replace(b"endobj", b"#41" * (MAX_BYTES // 3) + b" endobj")
    begun = time.process_time()
    taken(many)
    assert time.process_time() - begun < 1.5  # seconds; it was five


def test_a_file_is_judged_while_others_write(
    node: Node, code: str, malee: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What it is, is found out before the store is held."""
    judge = taken

    def meanwhile(content: bytes) -> Any:
        with writing(node.engine) as session:
            session.add(Setting(name="meanwhile", value=""))
        return judge(content)

    monkeypatch.setattr(papers, "taken", meanwhile)
    assert send(malee, code, JPEG) == 303


def test_the_name_and_what_a_browser_declares_are_not_believed(node: Node, code: str, malee: Visitor) -> None:
    """A page that is called a picture is refused; a picture that is called a page is a picture."""
    assert send(malee, code, b"<html><script>alert(1)</script>", "x.jpg", "image/jpeg") == 422
    assert send(malee, code, PNG, "../../etc/passwd.html", "text/html") == 303
    ((paper, _),) = kept(node)
    assert (paper.media_type, paper.kind, paper.name) == ("image/png", "photo", "")


def test_a_name_has_no_path_and_turns_no_screen(node: Node, code: str, malee: Visitor) -> None:
    """What a paper is called is a few words, whatever was typed."""
    name = "../../../etc/\u202epass\u202eport<script>\x00.jpg"
    malee.post(f"/cases/{code}/papers", {"name": name}, files={"file": ("x", JPEG, "image/jpeg")})
    ((paper, _),) = kept(node)
    assert paper.name == "passport<script>"
    page = malee.get(f"/cases/{code}/papers").text
    assert "passport&lt;script&gt;" in page


def test_an_upload_is_never_a_file_on_the_disk(node: Node, code: str, malee: Visitor) -> None:
    """However large, it stays in memory until it lies in the encrypted store."""
    photograph = JPEG[:-2] + b"\x12" * (4 * 1024 * 1024) + b"\xff\xd9"
    with watched() as written:
        assert send(malee, code, photograph) == 303
    assert not written
    ((paper, content),) = kept(node)
    assert paper.size == len(content) > 4 * 1024 * 1024
    assert paper.sha256 == hashlib.sha256(content).hexdigest()
    for file in node.data.rglob("*"):
        if file.is_file():
            assert b"\x12" * 1000 not in file.read_bytes()


def test_the_watch_on_files_sees_a_large_form_elsewhere() -> None:
    """The proof above would notice what the library does by itself."""
    with watched() as written, tempfile.SpooledTemporaryFile(max_size=10) as file:
        file.write(bytes(11))
    assert written


def test_what_is_too_large_is_told_so(node: Node, code: str, malee: Visitor) -> None:
    """One of more than 10 MiB, and a body of any length."""
    large = JPEG[:-2] + b"\x12" * MAX_BYTES + b"\xff\xd9"
    answer = malee.post(f"/cases/{code}/papers", {"name": ""}, files={"file": ("x", large, "image/jpeg")})
    assert answer.status_code == 422
    assert "larger than allowed" in answer.text
    answer = malee.post(f"/cases/{code}/papers", {"name": ""}, files={"file": ("x", large * 3, "image/jpeg")})
    assert answer.status_code == 413
    assert "larger than allowed" in answer.text
    assert not kept(node)


def test_a_body_without_a_length_is_bounded_too(node: Node, code: str, malee: Visitor) -> None:
    """Whatever its headers claim."""

    def long() -> Iterator[bytes]:
        yield b'--x\r\nContent-Disposition: form-data; name="file"; filename="x"\r\n\r\n'
        yield from [bytes(1024 * 1024)] * 24

    answer = malee.request(
        "POST",
        f"/cases/{code}/papers",
        content=long(),
        headers={"origin": str(malee.base_url), "content-type": "multipart/form-data; boundary=x"},
    )
    assert answer.status_code == 413


def test_many_files_at_once_are_refused(node: Node, code: str, malee: Visitor) -> None:
    """One form is one paper."""
    many = [("file", (f"{number}.png", PNG, "image/png")) for number in range(40)]
    answer = malee.post(f"/cases/{code}/papers", files=many)
    assert answer.status_code == 400
    assert not kept(node)


def test_a_case_holds_so_much(node: Node, code: str, malee: Visitor) -> None:
    """100 MiB a case; what is over is refused and told."""
    assert send(malee, code, JPEG) == 303
    with writing(node.engine) as session:
        first = session.exec(select(Paper)).one()
        first.sha256, first.size = "", MAX_CASE_BYTES - first.size
    assert [send(malee, code, content) for content in (JPEG, PNG)] == [303, 422]


def test_a_stranger_s_upload_is_not_even_read(node: Node, code: str) -> None:
    """Who is not signed in, or may not see the case, cannot fill the memory."""
    for client in (visitor(node), visitor(node, "somsri"), visitor(node, "admin")):
        assert send(client, code, JPEG) in (303, 403)
        assert client.get(f"/cases/{code}/papers").status_code in (303, 403)
    assert not kept(node)


def test_a_file_is_given_out_alone(code: str, malee: Visitor) -> None:
    """It may run nothing, is not guessed at, not kept, and its name says nothing."""
    send(malee, code, JPEG)
    send(malee, code, PDF)
    send(malee, code, OGG)
    page = malee.get(f"/cases/{code}/papers").text
    numbers = sorted(set(re.findall(rf"/cases/{code}/papers/(\d+)", page)))
    answers = [malee.get(f"/cases/{code}/papers/{number}/content") for number in numbers]
    for answer in answers:
        assert answer.headers["content-security-policy"] == "default-src 'none'; sandbox"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["cache-control"] == "no-store"
    assert [answer.headers["content-type"] for answer in answers] == [
        "image/jpeg",
        "application/pdf",
        "audio/ogg",
    ]
    assert answers[0].headers["content-disposition"] == 'inline; filename="1.jpg"'
    assert answers[1].headers["content-disposition"].startswith("attachment")
    part = malee.get(f"/cases/{code}/papers/3/content", headers={"range": "bytes=0-3"})
    assert (part.status_code, part.content) == (206, b"OggS")


def test_a_paper_is_renamed_and_taken_out_after_asking(node: Node, code: str, malee: Visitor) -> None:
    """It is gone from its place, its look says so, and it can be put back as it was."""
    send(malee, code, JPEG)
    assert malee.post(f"/cases/{code}/papers/1", {"name": "หนังสือเดินทาง"}).status_code == 303
    assert "หนังสือเดินทาง" in malee.get(f"/cases/{code}/papers/1").text
    asked = malee.get(f"/cases/{code}/papers/1/remove").text
    assert 'class="destroy"' in asked
    was = re.findall(r'name="was" value="(\w+)"', asked)
    assert malee.post(f"/cases/{code}/papers/1/remove", {"was": "another's"}).status_code == 404
    whole = malee.get(f"/cases/{code}/papers/1/content").content
    answer = malee.post(f"/cases/{code}/papers/1/remove", {"was": was[0]})
    assert malee.get(f"/cases/{code}/papers/1").status_code == 404
    assert malee.get(f"/cases/{code}/papers/1/content").status_code == 404
    assert "Took out a paper" in malee.get(f"/cases/{code}/looks").text
    change = re.findall(r"undo=(\d+)", answer.headers["location"])[0]
    assert malee.post(f"/cases/{code}/put-back", {"number": change}).status_code == 303
    assert "หนังสือเดินทาง" in malee.get(f"/cases/{code}/papers/1").text
    assert malee.get(f"/cases/{code}/papers/1/content").content == whole


def test_what_was_taken_out_takes_up_room(node: Node, code: str, malee: Visitor) -> None:
    """It is kept as well, so that taking out and adding again never fills a store."""
    with writing(node.engine) as session:
        case, by = session.exec(select(Case)).one(), acting(session, "malee")
        before = papers.left(session, case)
        paper = papers.keep(session, case, name="", file=papers.checked(JPEG), kind="", by=by, now=NOW)
        size = paper.size
        papers.take_out(session, paper, by=by, now=NOW)
        assert papers.left(session, case) == (before[0] - 1, before[1] - size)


def test_the_same_photograph_sent_twice_is_kept_once(node: Node, code: str, malee: Visitor) -> None:
    """A thumb taps twice; under another name it is another paper."""
    for name in ("แขน", "แขน", "ขา"):
        malee.post(f"/cases/{code}/papers", {"name": name}, files={"file": ("x.jpg", JPEG, "image/jpeg")})
    assert sorted(paper.name for paper, _ in kept(node)) == ["ขา", "แขน"]


def test_what_a_consent_rests_on_cannot_be_removed(node: Node, code: str, malee: Visitor) -> None:
    """A signature stays."""
    with writing(node.engine) as session:
        case = session.exec(select(Case)).one()
        file, by = papers.checked(PNG), acting(session, "malee")
        papers.keep(session, case, name="", file=file, kind="signature", by=by, now=NOW)
    assert 'class="destroy"' not in malee.get(f"/cases/{code}/papers/1/remove").text
    assert malee.post(f"/cases/{code}/papers/1/remove").status_code == 400
    assert len(kept(node)) == 1


def test_a_paper_belongs_to_its_case_alone(node: Node, code: str, malee: Visitor) -> None:
    """Through another case's address it is not there."""
    send(malee, code, JPEG)
    with writing(node.engine) as session:
        by = acting(session, "malee")
        other = service.create(session, read_case(CASE.encode()), by=by, now=NOW, random=node.random).code
    for number in ("1", "999", "..", "1e9", "-1", "๑"):
        assert malee.get(f"/cases/{other}/papers/{number}/content").status_code == 404


def box(name: bytes, *inside: bytes) -> bytes:
    return struct.pack(">I4s", 8 + sum(map(len, inside)), name) + b"".join(inside)


def test_a_recording_loses_the_place_it_was_made_at() -> None:
    """A telephone writes it into an MP4; the sound, and every count of bytes, stays."""
    sound = b"\xa9xyz is sound here"
    track = box(b"trak", box(b"udta", PLACE), box(b"mdia", b"what plays it"))
    notes = box(b"udta", box(b"\xa9xyz", PLACE)) + box(b"meta", PLACE) + track
    large = struct.pack(">I4sQ", 1, b"mdat", 16 + len(sound)) + sound
    whole = box(b"ftyp", b"isom\0\0\0\0") + box(b"moov", notes) + large + box(b"uuid", PLACE)
    kind, clean = taken(whole)
    assert kind.media == "audio/mp4"
    assert PLACE not in clean
    assert len(clean) == len(whole)
    assert sound in clean
    assert b"what plays it" in clean


@pytest.mark.parametrize("brand", [b"heic", b"heix", b"mif1", b"avif", b"qt  ", b"crx "])
def test_a_picture_is_not_taken_for_a_recording(brand: bytes) -> None:
    """They begin alike, and the place that a picture was taken at would stay in it."""
    with pytest.raises(InputError, match="file_type"):
        taken(box(b"ftyp", brand + b"\0\0\0\0mif1") + box(b"meta", PLACE))


def test_boxes_in_boxes_have_an_end() -> None:
    """However deep they lie: such a file is refused, and harms nobody."""
    deep = b"".join(struct.pack(">I4s", 8 * left, b"moov") for left in range(50_000, 0, -1))
    with pytest.raises(InputError, match="file_type"):
        taken(box(b"ftyp", b"mp42\0\0\0\0") + deep)


@pytest.mark.parametrize("size", [0x7FFFFFFF, 9, 2])
def test_boxes_that_do_not_fit_are_refused(size: int) -> None:
    with pytest.raises(InputError, match="file_type"):
        taken(box(b"ftyp", b"isom") + struct.pack(">I4s", size, b"moov") + bytes(12))
