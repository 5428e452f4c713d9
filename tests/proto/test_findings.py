"""Free text: what is withheld is found however it is written, and nothing else is. Rule M7, row 17."""

from __future__ import annotations

import subprocess
import sys
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from songtor_proto.errors import InputError
from songtor_proto.findings import LIMIT, Finding, find, identities
from songtor_proto.findings.plain import plain, skeleton
from songtor_proto.minimise import strings
from songtor_proto.wire.payload_pb2 import Contact, Facts, IdentityNumber, Name, Place, Relative

# People of no place: the numbers are of ranges kept for fiction or have made-up digits.
KNOWN = {
    "name": ("นางสาวสมหญิง ใจดีงาม", "Somying Jaidee-Müller", "นกน้อย"),
    "family": ("นายสมศักดิ์ ใจดีงาม", "Hans Müller", "โบ"),
    "contact": ("+49 30 23125 678", "081-234-5678", "somying_88", "somying.j@example.com"),
    "address": ("Karl-Marx-Straße 12, 12043 Berlin", "99/1 ซอยสมมติ 7 แขวงคลองเตย กรุงเทพฯ"),
    "identity_number": ("1-1037-02071-81-1", "AA1234567"),
    "birth_date": ("1988-04-13",),
}
SEPARATORS = [*" -./_*·\n🙂", "\u00a0", "\u00ad", "\u200b", "\u202e", "\u2060", "\ufeff"]
TURNED = {str(digit): chr(0x0E50 + digit) + chr(0xFF10 + digit) for digit in range(10)}
"""Each digit in Thai and in full width."""


def found(text: str, *, told: Facts | None = None, country: str = "DE") -> list[tuple[str, str]]:
    """Kind and excerpt of each finding."""
    findings = find({"narrative": text}, KNOWN, told=identities(told or Facts()), country=country)
    return [(finding.kind, text[finding.start : finding.end]) for finding in findings]


@pytest.mark.parametrize(
    ("text", "kind", "excerpt"),
    [
        ("คุณสมหญิงบอกว่า", "name", "สมหญิง"),
        ("ใจดีงามมาแล้ว", "family", "ใจดีงาม"),
        ("SOMYING ist da", "name", "SOMYING"),
        ("Somyings Mann", "name", "Somying"),
        ("Frau muller kam", "family", "muller"),
        ("น้องโบร้องไห้", "family", "โบ"),
        ("Ｓｏｍｙｉｎｇ", "name", "Ｓｏｍｙｉｎｇ"),
        ("ส ม ห\u200bญ-ิ ง", "name", "ส ม ห\u200bญ-ิ ง"),
        ("โทร ๐๘๑ ๒๓๔ ๕๖๗๘ นะ", "contact", "๐๘๑ ๒๓๔ ๕๖๗๘"),
        ("โทร0 8 1 2 3 4 5 6 7 8", "contact", "0 8 1 2 3 4 5 6 7 8"),
        ("+66 (0) 81 234 5678", "contact", "66 (0) 81 234 5678"),
        ("Tel. 030/23125678", "contact", "030/23125678"),
        ("mail: SOMYING.J@EXAMPLE.COM", "contact", "SOMYING.J@EXAMPLE.COM"),
        ("ID somying 88", "contact", "somying 88"),
        ("wohnt Karl Marx Strasse 12", "address", "Karl Marx Strasse 12"),
        ("อยู่ซอยสมมติ 7", "address", "ซอยสมมติ 7"),
        ("บัตร 1103702071811", "identity_number", "1103702071811"),
        ("พาสปอร์ต aa 123 4567", "identity_number", "aa 123 4567"),
        ("geb. 13.4.1988", "birth_date", "13.4.1988"),
        ("เกิด ๑๓/๐๔/๒๕๓๑", "birth_date", "๑๓/๐๔/๒๕๓๑"),
    ],
)
def test_free_text_that_carries_a_withheld_value(text: str, kind: str, excerpt: str) -> None:
    """Row 17: names and parts of names, numbers, addresses, in either script and any spacing."""
    assert (kind, excerpt) in found(text)


@pytest.mark.parametrize(
    ("text", "kind", "excerpt"),
    [
        ("เลข 3-1014-00123-45-7 ค่ะ", "thai_id", "3-1014-00123-45-7"),
        ("เลข๓๑๐๑๔๐๐๑๒๓๔๕๗ค่ะ", "thai_id", "๓๑๐๑๔๐๐๑๒๓๔๕๗"),
        ("passport: C01X00T47", "passport", "passport: C01X00T47"),
        ("เล่ม AB7654321 หมดอายุ", "passport", "AB7654321"),
        ("Konto nr 12 DE89 3704 0044 0532 0130 00 und", "iban", "DE89 3704 0044 0532 0130 00"),
        ("โทร 02-123-4567", "phone", "02-123-4567"),
        ("แม่ 089 876 5432 2 ครั้ง", "phone", "089 876 5432 2"),
        ("ruf 0151 12345678 an", "phone", "0151 12345678"),
        ("x.y@mail.example.org", "email", "x.y@mail.example.org"),
        ("ไลน์ไอดี: nokk", "line_id", "ไลน์ไอดี: nokk"),
        ("line id nokk99", "line_id", "line id nokk99"),
        ("ดู www.facebook.com/somebody.else", "profile_url", "facebook.com/somebody.else"),
        ("ทัก @someone", "handle", "@someone"),
        ("บัญชี 123-4-56789-0", "digits", "123-4-56789-0"),
        ("เลข 987654321", "digits", "987654321"),
        ("9 8 7 6 5 4 3 2 1", "digits", "9 8 7 6 5 4 3 2 1"),
    ],
)
def test_what_looks_like_a_persons_number_is_found_whoevers_it_is(text: str, kind: str, excerpt: str) -> None:
    """M7: patterns, beside Thai letters and in Thai digits too."""
    assert (kind, excerpt) in found(text)


@pytest.mark.parametrize(
    "text",
    [
        "รายได้ 15000 บาท หนี้ 200,000 บาท ลูก 2 คน",
        "วันที่ 2026-11-20 เวลา 14:30 น. และ 20/11/2569",
        "ปี 2562 2563 2564",
        "อ้างอิง DE02-7K3M-Q9XF ห้อง 12/3",
        "The line was cut; call 1300 again at 9.30, see rule 4.2.1.",
        "Er hat Hansaplast und bobby gesagt",
        "netflix.com/watch",
    ],
)
def test_amounts_dates_and_words_are_no_findings(text: str) -> None:
    """M7: a worker who is shown nothing but noise clears it all unread."""
    assert found(text) == []


def test_a_value_that_leaves_anyway_is_no_finding() -> None:
    """M7: only that very value; another of the same category still is."""
    text = "สมหญิง ใจดีงาม โทร 081-234-5678 หรือ 030 23125678"
    told = Facts(name=Name(thai=KNOWN["name"][0]), contacts=[Contact(channel="phone", value="081-234-5678")])
    assert found(text, told=told) == [("contact", "030 23125678")]
    assert ("contact", "081-234-5678") in found(text, told=Facts(narrative="081-234-5678"))
    safe = Facts(contacts=[Contact(channel="line", value="x", safe="หลังหกโมง 081-234-5678")])
    assert ("contact", "081-234-5678") in found(text, told=safe)
    thai_id = Facts(identity_numbers=[IdentityNumber(kind="thai_id", number=KNOWN["identity_number"][0])])
    assert found("บัตร 1 1037 02071 81 1", told=thai_id) == []


@pytest.mark.parametrize(
    ("facts", "path"),
    [
        (Facts(place=Place(city="Berlin, โทร +49 30 901820")), "place.city"),
        (Facts(place=Place(region="Musterstraße 1")), "place.region"),
        (Facts(place=Place(city="a@example.org")), "place.city"),
        (Facts(name=Name(thai="ดาวเรือง 081-234-5678")), "name.thai"),
        (Facts(family=[Relative(relation="ป้า", name="ป้า ๐๘๑-๒๓๔-๕๖๗๘")]), "family[0].name"),
    ],
)
def test_a_number_in_the_field_of_a_place_or_name_is_found_there(facts: Facts, path: str) -> None:
    """M5, M7: what leaves as a city is a city; a number or address written there does not clear itself."""
    known = {"contact": ["+49 30 901820"], "address": ["Musterstraße 1, Berlin"]}
    findings = find(dict(strings(facts)), known, told=identities(facts), country="DE")
    assert {one.path for one in findings} == {path}
    plain_ones = Facts(place=Place(city="Berlin"), name=Name(thai="ดาวเรือง สมมติ"))
    assert not find(dict(strings(plain_ones)), known, told=identities(plain_ones), country="DE")


def test_a_single_letter_is_no_name() -> None:
    """M7: a part shorter than two graphemes is not looked for."""
    assert find({"n": "ก็ดี a b"}, {"name": ("ก็", "A.", "b", "")}, told={}, country="DE") == ()


def test_each_finding_is_cleared_by_itself_and_for_this_text_only() -> None:
    """M7: an id names one place in one text; it says nothing of the value, and another text has others."""
    text = "สมหญิง และ สมหญิง"
    first, second = find({"narrative": text}, KNOWN, told={}, country="DE")
    assert first.id != second.id
    assert find({"narrative": text}, KNOWN, told={}, country="DE") == (first, second)
    (elsewhere, _) = find({"request.text": text}, KNOWN, told={}, country="DE")
    assert elsewhere.id != first.id
    assert not {first.id, second.id} & {
        f.id for f in find({"narrative": text + "."}, KNOWN, told={}, country="DE")
    }
    assert set(Finding.__slots__) == {"id", "path", "start", "end", "kind"}


@given(st.data())
def test_a_planted_value_is_found_however_it_is_hidden(data: st.DataObject) -> None:
    """Row 17: separators, zero-width characters, other digits, capitals, anywhere between Thai words."""
    kind = data.draw(st.sampled_from(sorted(KNOWN)))
    value = data.draw(st.sampled_from(KNOWN[kind]))
    between = st.lists(st.sampled_from(SEPARATORS), max_size=2).map("".join)
    hidden = (
        "".join(
            data.draw(st.sampled_from([char, char.upper(), *TURNED.get(char, "")])) + data.draw(between)
            for char in skeleton(plain(value).text).text
        )
        if kind != "birth_date"
        else value
    )
    padding = st.sampled_from(["", "เธอ", "แล้ว", " \u200b", "x ", "(", "วันนี้ "])
    before, after = data.draw(padding), data.draw(st.sampled_from(["", "มา", " y", ")", " บอก"]))
    text = f"{before}{hidden}{after}"
    spans = [(f.start, f.end) for f in find({"t": text}, KNOWN, told={}, country="DE")]
    start, end = len(before), len(before) + len(hidden.rstrip("".join(SEPARATORS)))
    assert any(first <= start and end <= last for first, last in spans), (text, spans)


@given(st.text(alphabet=st.characters(exclude_categories=["Cs", "Nd", "No", "Nl"], exclude_characters="@/")))
def test_random_text_raises_nothing(text: str) -> None:
    """M7: no finding and no error in text that has no number, no address and nobody's name."""
    strangers = {"name": ("ฆฌญฏฐฑฒณ",), "contact": ("+49 30 23125 678",)}
    assert find({"t": text}, strangers, told={}, country="DE") == ()


@given(st.text(max_size=300), st.sampled_from(["DE", "TW", "US", "ZZ"]))
def test_every_finding_lies_in_its_text(text: str, country: str) -> None:
    """M7: whatever is written, spans are in order and inside, so that they can be shown."""
    places = [(f.start, f.end) for f in find({"t": text}, KNOWN, told={}, country=country)]
    assert places == sorted(places)
    assert all(0 <= start < end <= len(text) for start, end in places)


@pytest.mark.parametrize(
    "piece",
    [
        "1 ",
        "9",
        "a",
        "นกน้อย",
        "1234567 ",
        "a1@",
        "de12",
        "de11 ",
        "0812345678 ",
        "12-",
        "x.com/",
        "line id ",
        "ิ่",
        "เ",
    ],
)
def test_the_longest_text_is_searched_in_bounded_time(piece: str) -> None:
    """P4: 64 KiB of the worst of each kind takes seconds at most, and a byte more is refused."""
    text = piece * (LIMIT // len(piece.encode()))
    begun = time.process_time()
    find({"narrative": text}, KNOWN, told={}, country="DE")
    assert time.process_time() - begun < 5
    with pytest.raises(InputError) as caught:
        find({"a": "x", "narrative": "x" * LIMIT}, KNOWN, told={}, country="DE")
    assert (caught.value.code, caught.value.field) == ("input.too_large", "narrative")


def test_only_who_searches_loads_the_libraries() -> None:
    """M7: the exchange, which has no text to search, holds neither library in its memory."""
    program = (
        "import sys, songtor_hub.serve, songtor_hub.desks.acts, songtor_proto.findings as findings;"
        "heavy = {'phonenumbers', 'stdnum'}; assert not heavy & sys.modules.keys();"
        "findings.find({'t': '0812345678 เลข 3101400123457'}, {}, told={}, country='TH');"
        "assert heavy <= sys.modules.keys()"
    )
    subprocess.run([sys.executable, "-c", program], check=True, timeout=60)
