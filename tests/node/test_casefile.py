"""Case files: text that a person fills in. Only declared errors come out, each naming field and line."""

from __future__ import annotations

import random
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from songtor_node.cases.casefile import CaseFile, read_case
from songtor_node.consents.form import ConsentForm
from songtor_node.forms import Form, check, load
from songtor_node.templates import template
from songtor_proto.errors import InputError, catalogue
from songtor_proto.plain_yaml import MAXIMUM_BYTES, read
from songtor_proto.vocabulary import policy, vocabulary

STEADY = settings(deadline=None, derandomize=True)
"""The same examples in every run, however busy the machine."""

HEAD = "target_group: thai_abroad\nchannel: line\n"


def refused(text: str | bytes) -> tuple[str, str]:
    with pytest.raises(InputError) as caught:
        read_case(text.encode() if isinstance(text, str) else text)
    assert caught.value.code in catalogue()
    return caught.value.code.removeprefix("input."), caught.value.field


@pytest.mark.parametrize("lang", ["th", "en"])
def test_template_is_an_empty_case_file_that_names_every_field_and_code(lang: str) -> None:
    """It can be imported as it is; it explains each field and lists each code."""
    text = template("case", lang, vocabulary(), policy())
    assert read_case(text.encode()) == CaseFile()
    filled = text.replace("target_group: ", "target_group: thai_abroad", 1).replace(
        "channel: ", "channel: line", 1
    )
    assert read_case(filled.encode()) == CaseFile(target_group="thai_abroad", channel="line")
    for name in _field_names(CaseFile):
        assert f"{name}:" in text, name
    for terms in (vocabulary().problems, vocabulary().channels, policy().categories):
        assert all(code in text for code in terms)


@pytest.mark.parametrize("lang", ["th", "en"])
def test_consent_template_names_every_field(lang: str) -> None:
    """As the case's does."""
    data = read(template("consent", lang, vocabulary(), policy()).encode()).value
    assert data.keys() == ConsentForm.model_fields.keys()


def _field_names(form: type[Form]) -> set[str]:
    schema = form.model_json_schema()
    blocks = [schema, *schema["$defs"].values()]
    return {name for block in blocks for name in block.get("properties", {})}


@pytest.mark.parametrize(
    ("text", "code", "field"),
    [
        (HEAD + "client: {sex: man}", "unknown_code", "client.sex:3"),
        (HEAD + "problems:\n- code: domestic_violence\n- code: bad", "unknown_code", "problems[1].code:5"),
        (HEAD + "client:\n  birth_date: 1988-13", "date", "client.birth_date:4"),
        (HEAD + "client:\n  birth_date: 2530-02-30", "date", "client.birth_date:4"),
        (HEAD + "follow_ups: [{method: phone_call, due: 2026-12}]", "date", "follow_ups[0].due:3"),
        (HEAD + "client: {นวล ตัวอย่าง: หญิง}", "unknown_field", "client:3"),
        (HEAD + "people: [{name_thai: ก}]", "missing", "people[0].relation:3"),
        (HEAD + "client: {contacts: [{channel: phone}]}", "missing", "client.contacts[0]:3"),
        (HEAD + 'narrative: "a\\e[31mb"', "text", "narrative:3"),
        (HEAD + 'narrative: "a\\u202Eb"', "text", "narrative:3"),
        (HEAD + "narrative: " + "ก" * 12_001, "too_large", "narrative:3"),
        (HEAD + "facts: [{text: x, verification: verified}]", "missing", "facts[0]:3"),
        (HEAD + "work: [{kind: legal, practice_form: protection, hours: -1}]", "value", "work[0].hours:3"),
        (HEAD + "work: [{kind: legal, practice_form: protection, cost: 5}]", "missing", "work[0].currency:3"),
        (HEAD + "sessions: [{starts: 2026-11-25T14:00}]", "time", "sessions[0].starts:3"),
        (HEAD + "sessions: [{starts: 9999-12-31T23:59-12:00}]", "time", "sessions[0].starts:3"),
        (
            HEAD + "sessions: [{starts: 2026-11-25T14:00Z, link: http://x.example}]",
            "link",
            "sessions[0].link:3",
        ),
        (
            HEAD + "sessions: [{starts: 2026-11-25T14:00Z, client_zone: ../etc}]",
            "unknown_code",
            "sessions[0].client_zone:3",
        ),
        (HEAD + "goals: [{dimension: health}]", "missing", "goals[0].text:3"),
        (HEAD + "people: [{relation: แม่, danger: maybe}]", "value", "people[0].danger:3"),
        (HEAD + "client: [1, 2]", "value", "client:3"),
        (HEAD + "events: {when: 2015}", "value", "events:3"),
        ("- a\n- b", "value", ":1"),
        (
            HEAD + 'client: {identity_numbers: [{kind: thai_id, number: "0000000000000"}]}',
            "identity_number",
            "client.identity_numbers[0]:3",
        ),
    ],
)
def test_what_is_wrong_is_named_by_field_and_line(text: str, code: str, field: str) -> None:
    """Path and line of the first fault, never what stands there."""
    assert refused(text) == (code, field)


@pytest.mark.parametrize(
    ("text", "field"),
    [
        ("a: &x 1\nb: *x", ":1"),
        ("a: 1\nb: *x", ":2"),
        ("a: 1\na: 2", ":2"),
        ("a: !!python/object/apply:os.system [id]", ":1"),
        ("a: 1\n---\nb: 2", ":3"),
        ("a: 1\n\tb: 2", ":2"),
        ("? [a, b]\n: c", ":1"),
        ("a: " + "[" * 13, ":1"),
        ("a: 'unclosed", ":1"),
        (b"a: 1\nb: \xff", ":2"),
        ("a: 1\nb: \x00", ":2"),
        ("a: [" + "1, " * 60_000 + "]", ":1"),
    ],
)
def test_a_file_that_is_no_plain_form_is_refused_with_its_line(text: str | bytes, field: str) -> None:
    """Aliases and bombs, tags, a key twice, several documents, deep nesting, bytes that are no text."""
    assert refused(text) == ("yaml", field)


def test_a_file_above_one_mebibyte_is_refused_unread() -> None:
    """The limit, to the byte."""
    padding = MAXIMUM_BYTES - len(HEAD)
    read_case((HEAD + "#" * padding).encode())
    assert refused(HEAD + "#" * (padding + 1)) == ("too_large", "")


def test_text_stays_text() -> None:
    """Norway is no `false`, a leading zero stays, a year is no number; nothing at all is nothing."""
    read_back = read(b"a: NO\nb: 081\nc: 2531-04\nd: 1e3\ne:\nf: ~\ng: ''\nh: null").value
    assert read_back == {
        "a": "NO", "b": "081", "c": "2531-04", "d": "1e3", "e": None, "f": None, "g": "", "h": None,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("written", "stored"),
    [
        ("1988", "1988"), ("1988-04", "1988-04"), ("2531-04-13", "1988-04-13"), ("2547-02-29", "2004-02-29"),
        ("", ""),
    ],
)  # fmt: skip
def test_dates_are_kept_as_far_as_they_are_known_in_either_era(written: str, stored: str) -> None:
    """A year of the Buddhist era becomes one of the common era."""
    form = read_case(f"{HEAD}client:\n  birth_date: {written}".encode())
    assert form.client.birth_date == stored


def test_thai_id_numbers_are_checked_by_their_last_digit() -> None:
    """Only the right one of ten is taken, with or without dashes."""
    taken = []
    for last in range(10):
        number = f"0-0000-00000-10-{last}"
        text = HEAD + f'client: {{identity_numbers: [{{kind: thai_id, number: "{number}"}}]}}'
        with suppress(InputError):
            taken.append(read_case(text.encode()).client.identity_numbers[0].number)
    assert len(taken) == 1


@STEADY
@given(st.binary(max_size=400))
def test_any_bytes_give_a_form_or_a_declared_error(content: bytes) -> None:
    """Nothing but InputError ever comes out of the parser."""
    _read_or_refuse(CaseFile, content)


_SCALARS = st.one_of(
    st.text(max_size=12), st.sampled_from(["thai_abroad", "line", "yes", "2531", "red", "social"])
)
_NAMES = st.sampled_from(sorted(_field_names(CaseFile))) | st.text(max_size=5)
_VALUES: st.SearchStrategy[Any] = st.recursive(
    _SCALARS | st.none() | st.integers() | st.booleans(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_NAMES, inner, max_size=4),
    max_leaves=12,
)


@STEADY
@given(st.dictionaries(_NAMES, _VALUES, max_size=8))
def test_any_data_gives_a_form_or_a_declared_error(data: dict[str, Any]) -> None:
    """Whatever is filled in where, in a file or by a program."""
    _read_or_refuse(CaseFile, yaml.safe_dump(data, allow_unicode=True).encode())
    _read_or_refuse(ConsentForm, yaml.safe_dump(data, allow_unicode=True).encode())
    for form in (CaseFile, ConsentForm):
        _declared(partial(check, form, data))


@STEADY
@given(st.data())
def test_a_template_with_any_line_changed_gives_a_form_or_a_declared_error(data: st.DataObject) -> None:
    """Slips of the kind that people make: a line lost, moved, doubled or cut."""
    lines = template("case", "th", vocabulary(), policy()).replace("# -", "-").splitlines()
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(lines) - 1))
        slip = data.draw(st.sampled_from(["lose", "double", "indent", "cut", "swap"]))
        if slip == "lose":
            del lines[at]
        elif slip == "double":
            lines.insert(at, lines[at])
        elif slip == "indent":
            lines[at] = " " + lines[at]
        elif slip == "cut":
            lines[at] = lines[at][: len(lines[at]) // 2]
        else:
            other = random.Random(at).randrange(len(lines))
            lines[at], lines[other] = lines[other], lines[at]
    _read_or_refuse(CaseFile, "\n".join(lines).encode())


def _read_or_refuse(form: type[Form], content: bytes) -> None:
    _declared(partial(load, form, content))


def _declared(read: Callable[[], object]) -> None:
    """It gives something, or an error of the catalogue that is one line."""
    found: list[InputError] = []
    try:
        read()
    except InputError as error:
        found.append(error)
    assert all(len(error.public("th").splitlines()) == 1 for error in found)
