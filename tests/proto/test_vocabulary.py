"""The vocabulary, the disclosure policy and the registry as checked data."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from songtor_proto.address import Address
from songtor_proto.errors import InputError, StoreError
from songtor_proto.vocabulary import (
    jurisdictions,
    organisations,
    parse_jurisdictions,
    parse_organisations,
    parse_policy,
    parse_provinces,
    parse_vocabulary,
    policy,
    vocabulary,
)
from songtor_proto.vocabulary.source import read
from songtor_proto.wire import payload_pb2
from songtor_proto.wire.options_pb2 import data_category

VOCABULARY, DISCLOSURE = read("vocabulary.yaml"), read("disclosure.yaml")
ORGANISATIONS, JURISDICTIONS = read("organisations.csv"), read("jurisdictions.csv")
PROVINCES = parse_provinces(read("provinces.csv"))


def with_line(text: str, heading: str, line: str) -> str:
    """The data file with one more line under that heading."""
    changed, count = re.subn(rf"^{heading}:.*\n", rf"\g<0>  - {{{line}}}\n", text, flags=re.MULTILINE)
    assert count == 1
    return changed


def refused(call: Callable[..., object], *arguments: object) -> str:
    """The place that the refusal names."""
    with pytest.raises(StoreError) as caught:
        call(*arguments)
    assert caught.value.code == "store.data"
    return caught.value.field


# One line of data


def test_a_new_problem_is_one_line() -> None:
    """A problem category is added by a line and has its labels and sensitivity at once."""
    text = with_line(
        VOCABULARY, "problems", "code: stalking, th: การสะกดรอยตาม, en: Stalking, sensitive: true"
    )
    added = parse_vocabulary(text, PROVINCES).problems["stalking"]
    assert (added.label("th"), added.label("en"), added.sensitive) == ("การสะกดรอยตาม", "Stalking", True)


def test_a_new_purpose_is_one_line() -> None:
    """A purpose is added by a line that names the desks, what they need and what they may send back."""
    line = (
        "code: school_help, desks: [dcy, shelter], node: true, sight: false, needs: [education], useful: "
        "[name], narrow: {shelter: [education]}, replies: [education], th: ช่วยเรื่องเรียน, en: Help with school"
    )
    added = parse_policy(with_line(DISCLOSURE, "purposes", line), vocabulary()).purposes["school_help"]
    assert (added.desks, added.needs, added.useful, added.replies) == (
        ("dcy", "shelter"), ("education",), ("name",), ("education",),
    )  # fmt: skip
    assert added.narrow == {"shelter": ("education",)}
    assert (added.node, added.sight, added.traced_person_consents) == (True, False, False)


def test_a_new_desk_is_one_line() -> None:
    """A desk is added by a line: it has an address, exists from the start, and a purpose may name it."""
    text = with_line(VOCABULARY, "desks", "code: oag, kind: department, th: อัยการ, en: Attorney General")
    words = parse_vocabulary(text, PROVINCES)
    assert words.desk(Address.parse("TH-00/oag")).label("en") == "Attorney General"
    assert "oag" in words.standing_desks
    purposes = re.sub(r"(code: legal_help, *desks: \[)", r"\1oag, ", DISCLOSURE)
    assert "oag" in parse_policy(purposes, words).purposes["legal_help"].desks
    assert refused(parse_policy, purposes, vocabulary()) == "purposes.legal_help.desks"


def test_a_new_country_is_one_line() -> None:
    """A country is a line among the jurisdictions; then an organisation there is a line of the registry."""
    seat = "53,SG,สมาคมไทยสิงคโปร์,Thai Association Singapore,no,\n"
    assert refused(parse_organisations, ORGANISATIONS + seat, jurisdictions()) == "organisations.53"
    line = "SG,Personal Data Protection Act 2012,explicit,18,s.26,s.26 and Sch. 1,no,s.13(b),none,72,\n"
    laws = parse_jurisdictions(JURISDICTIONS + line)
    assert (laws["SG"].consent_basis, laws["SG"].breach_notice_hours) == ("s.26", 72)
    assert parse_organisations(ORGANISATIONS + seat, laws)[-1].seat == "SG-53"


# What is there


def test_all_52_seats_stand_in_the_registry() -> None:
    """The registry has every seat of the source once, the four unreadable ones as vacant."""
    seats = organisations()
    assert [organisation.number for organisation in seats] == list(range(1, 53))
    assert sum(organisation.public_benefit for organisation in seats) == 34
    vacant = [organisation for organisation in seats if organisation.vacant]
    assert [organisation.seat for organisation in vacant] == ["ZZ-31", "ZZ-32", "ZZ-33", "ZZ-34"]
    assert {organisation.label("en") for organisation in vacant} == {"Vacant seat"}
    assert {organisation.label("th") for organisation in vacant} == {"ที่นั่งว่าง"}
    assert seats[1].label("en") == "Network Thais Overseas (Germany)"
    for organisation in seats:
        assert Address.parse(organisation.seat).is_node
        assert organisation.vacant or organisation.country in jurisdictions()


def test_thailand_has_76_provinces_and_bangkok() -> None:
    """Each province has its ISO 3166-2:TH number and a name in both languages."""
    assert len(PROVINCES) == 77
    assert PROVINCES["10"].label("en") == "Bangkok"
    assert len({province.th for province in PROVINCES.values()}) == 77
    assert len({province.en for province in PROVINCES.values()}) == 77


def test_a_desk_exists_or_not() -> None:
    """A1: standing desks have no province; a provincial office and a shelter have a known one."""
    words = vocabulary()
    assert words.standing_desks == (
        "tsda", "dsdw", "dcy", "dwf", "dop", "dep", "ops_datip", "ops_fad", "hotline_1300",
    )  # fmt: skip
    assert words.desk(Address.parse("TH-00/province-50")).label("en") == "Provincial office, Chiang Mai"
    assert words.desk(Address.parse("TH-00/shelter-50")).label("th") == "บ้านพักเด็กและครอบครัว เชียงใหม่"
    for missing in ("TH-00", "DE-02", "TH-00/dwf-10", "TH-00/province", "TH-00/province-99", "TH-00/nobody"):
        with pytest.raises(InputError, match=r"input\.unknown_code"):
            words.desk(Address.parse(missing))


def test_every_payload_field_has_a_category_of_the_policy() -> None:
    """M1: the schema names no category that the policy does not have, and leaves none without a field."""
    named = {
        field.GetOptions().Extensions[data_category]
        for message in payload_pb2.DESCRIPTOR.message_types_by_name.values()
        for field in message.fields
        if field.GetOptions().HasExtension(data_category)
    }
    assert named == set(policy().categories)


def test_only_what_says_nothing_of_a_person_always_goes() -> None:
    """Level 0 is the case code and the request."""
    assert policy().always == {"case_code", "request"}
    assert policy().categories["religion"].sensitive
    assert policy().categories["problems"].sensitive_by_problem


def test_each_country_cites_its_law_for_each_basis() -> None:
    """C1: consent, vital interest and legal duty each have a citation to print, everywhere."""
    for law in jurisdictions().values():
        assert law.consent_basis
        assert law.vital_basis
        assert law.legal_duty_basis
    assert jurisdictions()["US"].consent_form == "written"
    assert jurisdictions()["TH"].minor_under == 20
    assert jurisdictions()["DE"].vital_needs_incapacity
    assert not jurisdictions()["US"].vital_needs_incapacity


# What is refused


@pytest.mark.parametrize(
    ("line", "place"),
    [
        ("code: fraud, th: ก, en: Twice", "problems.fraud"),
        ("code: x, th: ก", "problems.x.en"),
        ("code: x, th: '', en: X", "problems.x.th"),
        ("code: x, th: ก, en: 5", "problems.x.en"),
        ("code: x, th: ก, en: X, sensitive: maybe", "problems.x.sensitive"),
        ("code: x, th: ก, en: X, colour: red, level: 2", "problems.x.level"),
        ("code: Not A Code, th: ก, en: X", "problems.Not A Code"),
        ("th: ก, en: X", "problems.code"),
        ("code: x, th: ก, en: Help, at once", "problems.x.at once"),
    ],
)
def test_a_faulty_term_is_refused_by_name(line: str, place: str) -> None:
    """No code twice, a label in each language, nothing unknown; a comma that YAML splits is noticed."""
    assert refused(parse_vocabulary, with_line(VOCABULARY, "problems", line), PROVINCES) == place


@pytest.mark.parametrize(
    ("old", "new", "place"),
    [
        ("level: 3, sensitive: true, th: ศาสนา", "level: 4, th: ศาสนา", "categories.religion.level"),
        ("level: 3, sensitive: true, th: ศาสนา", "level: true, th: ศาสนา", "categories.religion.level"),
        ("needs: [problems], useful: [demo", "needs: [horoscope], useful: [demo", "purposes.advice.needs"),
        ("needs: [problems], useful: [demo", "needs: [threat], useful: [demo", "purposes.advice.useful"),
        ("needs: [problems], useful: [demo", "needs: problems, useful: [demo", "purposes.advice.needs"),
        ("replies: [narrative, services]", "replies: [narrative, narrative]", "purposes.advice.replies"),
        ("narrow: {ops_fad: [problems, narr", "narrow: {dwf: [problems, narr", "purposes.fraud_help.narrow"),
        ("{ops_fad: [problems, narrative]}", "{ops_fad: [religion]}", "purposes.fraud_help.narrow.ops_fad"),
        ("desks: [tsda], node: true, sight", "desks: [tsda], sight", "purposes.partner_handover.node"),
        ("outcomes: ", "results: ", "disclosure.outcomes"),
        ("referrers: ", "astrologers: []\nreferrers: ", "disclosure.astrologers"),
        ("traced_person_consents: true, th: ตาม", "traced: true, th: ตาม", "purposes.tracing.traced"),
    ],
)  # fmt: skip
def test_a_faulty_policy_is_refused_by_name(old: str, new: str, place: str) -> None:
    """Every code that a purpose names exists, a desk gets less and never more, levels run from 0 to 3."""
    assert old in DISCLOSURE
    assert refused(parse_policy, DISCLOSURE.replace(old, new), vocabulary()) == place


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("1,DE,", "53,XX,"),
        ("1,DE,", "0,DE,"),
        ("1,DE,", "100,DE,"),
        ("1,DE,", "๑,DE,"),
        ("2,DE,", "1,DE,"),
        ("2,DE,", "2,,"),
        ("31,,,,yes,", "31,,ชื่อ,Name,yes,"),
        ("Mitraphap (Friendship) Group,yes", "Mitraphap (Friendship) Group,perhaps"),
        ("Mitraphap (Friendship) Group,yes,", "Mitraphap (Friendship) Group,yes,,,"),
        ("seat,iso_country", "iso_country,seat"),
        ("พุทธสมาคมไทย เบอร์ลิน", ""),
    ],
)
def test_a_faulty_registry_is_refused(old: str, new: str) -> None:
    """A seat stands once, in a country with a law; a taken one is named, a vacant one is not."""
    assert old in ORGANISATIONS
    refused(parse_organisations, ORGANISATIONS.replace(old, new, 1), jurisdictions())


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("iso_country", "D"), ("iso_country", "ZZ"), ("iso_country", "TH"), ("law", ""),
        ("consent_form", "oral"), ("minor_under", "eighteen"), ("minor_under", "0"),
        ("vital_needs_incapacity", "maybe"),
        ("breach_notice_hours", "-1"),
    ],
)  # fmt: skip
def test_a_faulty_jurisdiction_is_refused(column: str, value: str) -> None:
    """A country stands once; its numbers are numbers and its choices known ones."""
    rows = list(csv.DictReader(io.StringIO(JURISDICTIONS)))
    rows[1][column] = value
    text = io.StringIO()
    writer = csv.DictWriter(text, rows[0].keys())
    writer.writeheader()
    writer.writerows(rows)
    refused(parse_jurisdictions, text.getvalue())


def spoilt(text: str) -> st.SearchStrategy[str]:
    """The file with a piece of it cut out and something else put there, or anything at all."""
    pieces = st.tuples(st.integers(0, len(text)), st.integers(0, 60), st.text(max_size=12))
    return st.text(max_size=200) | pieces.map(lambda p: text[: p[0]] + p[2] + text[p[0] + p[1] :])


@given(spoilt(VOCABULARY[:2500]), spoilt(DISCLOSURE[:2000]), spoilt(ORGANISATIONS), spoilt(JURISDICTIONS))
def test_spoilt_files_raise_only_the_declared_error(words: str, rules: str, seats: str, laws: str) -> None:
    """Whatever a data file holds, it is read or refused as store.data."""
    for parse in (
        lambda: parse_vocabulary(words, PROVINCES),
        lambda: parse_policy(rules, vocabulary()),
        lambda: parse_organisations(seats, jurisdictions()),
        lambda: parse_jurisdictions(laws),
        lambda: parse_provinces(seats),
    ):
        with suppress(StoreError):
            parse()


@pytest.mark.parametrize(
    "text", ["[" * 2000, "{a: " * 2000, "a: 2001-13-45", "!!python/object:os.system {}", "\0", "- &a [*a]"]
)
def test_hostile_yaml_is_refused(text: str) -> None:
    """Depth, dates that are none, objects and loops end in store.data."""
    refused(parse_vocabulary, text, PROVINCES)
