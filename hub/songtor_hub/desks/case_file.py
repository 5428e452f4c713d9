"""A case that came to the centre itself, by hotline, embassy or another ministry: one file with its ground.

Facts are written as the protocol's `Facts`; the ground as a node's consent form. Nothing is kept of a file
that does not hold as a whole.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Literal

from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.json_format import ParseDict, ParseError
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from songtor_proto import consent
from songtor_proto.consent import Grant, Scope
from songtor_proto.errors import InputError
from songtor_proto.minimise import unnamed
from songtor_proto.minimise.nameless import oversteps, told
from songtor_proto.plain_yaml import read
from songtor_proto.vocabulary import Jurisdiction, Policy, Vocabulary
from songtor_proto.wire.payload_pb2 import Facts

_FLAGS = {"true": True, "yes": True, "false": False, "no": False}


class _Form(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


class Ground(_Form):
    """Which fields must be filled follows from the basis; the shared rule says so."""

    basis: Literal["consent", "guardian_consent", "vital_interest", "legal_duty"]
    purpose: str
    categories: list[str] = Field(max_length=30)
    recipients: list[str] = Field(min_length=1, max_length=20)
    expires: date | None = None  # 90 days where it is empty
    liaison_sight: bool | None = None
    shown: str = Field("", max_length=12_000)  # the very text that was shown or read aloud
    form: str = "written"
    age: int | None = Field(None, ge=0, le=130)
    guardian: str = ""
    child_view: str = ""
    incapacity: str = ""
    harm: str = ""
    duty: str = ""
    second: str = ""  # officer who stands for it too
    traced_person_consented: bool = False


class CaseFile(_Form):
    referrer: str
    urgency: Literal["red", "yellow", "green"]
    facts: dict[str, Any]
    unsafe: list[str] = []  # categories that are known and must not be written
    share: list[str] = []  # of what says who someone is, what is to go
    consent: Ground

    def to_grant(
        self, law: Jurisdiction, policy: Policy, vocabulary: Vocabulary, *, code: str, by: str, now: datetime
    ) -> Grant:
        """The ground under the hub's own law, by the rule that nodes keep; ConsentError as there."""
        said, facts = self.consent, parse_facts(self.facts)
        scope = Scope(
            id=code,
            purpose=said.purpose,
            categories=frozenset(said.categories),
            recipients=frozenset(said.recipients),
            given_at=now,
            record=consent.record_digest(said.model_dump(mode="json")),
            expires_at=_end_of(said.expires),
            sensitive=consent.is_sensitive(vocabulary, facts.problems),
            liaison_sight=said.liaison_sight,
            traced_person_consented=said.traced_person_consented,
        )
        if said.basis == "consent":
            least = consent.least_age(facts.birth_date, facts.demographics.age_band, now.date())
            age = least if said.age is None else said.age
            return consent.consent(scope, law, policy, form=said.form, age=age)
        if said.basis == "guardian_consent":
            return consent.guardian_consent(
                scope, law, policy, form=said.form, guardian=said.guardian, child_view=said.child_view
            )
        if said.basis == "vital_interest":
            return consent.vital_interest(
                scope,
                law,
                policy,
                harm=said.harm,
                incapacity=said.incapacity,
                by=by,
                confirmed_by=said.second,
            )
        return consent.legal_duty(scope, law, policy, duty=said.duty, by=by, confirmed_by=said.second)


def read_case(content: bytes) -> CaseFile:
    """InputError naming field and line at fault: "yaml", "too_large", "missing", "unknown_field", "value"."""
    document = read(content)
    try:
        return CaseFile.model_validate(document.value)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False, include_context=False)[0]
        codes = {"missing": "missing", "extra_forbidden": "unknown_field"}
        name = ".".join(str(part) for part in first["loc"])[:60]
        line = document.lines.get(first["loc"])
        raise InputError(
            codes.get(first["type"], "value"), field=f"{name}:{line}" if line else name
        ) from None


def read_mapping(content: bytes) -> Mapping[str, Any]:
    """InputError: "yaml", "too_large", "value" where it is no mapping."""
    value = read(content).value
    if not isinstance(value, dict):
        raise InputError("value")
    return value


def parse_facts(written: Mapping[str, Any]) -> Facts:
    """Facts as people write them. InputError: "unknown_field", "value", with the field and never a value."""
    facts, known = Facts(), Facts.DESCRIPTOR.fields_by_name
    for name, value in written.items():
        if name not in known:
            raise InputError("unknown_field", field="facts")
        try:
            ParseDict({name: _plain(value, known[name])}, facts)
        except ParseError:
            raise InputError("value", field=f"facts.{name}") from None
    return facts


def nameless(facts: Facts) -> Facts:
    """With nobody that they name elsewhere named in the timeline (M9); InputError("value") where a picture
    says what it may not."""
    family: dict[str, list[str]] = {}
    for person in facts.family:
        family.setdefault(person.relation, []).append(person.name)
    hide = unnamed([facts.name.thai, facts.name.latin], family)
    for event in facts.timeline:
        event.theme, event.text = hide(event.theme), hide(event.text)
        event.when = "/".join(told(date, [facts.birth_date]) for date in event.when.split("/"))
    for field in oversteps(facts):
        raise InputError("value", field=f"facts.{field}")
    return facts


def _plain(value: Any, field: FieldDescriptor) -> Any:
    """The file's text as protobuf's JSON wants it: empty ones left out, yes and no as flags."""
    if isinstance(value, list):
        return [_plain(inner, field) for inner in value]
    if isinstance(value, dict) and field.message_type is not None:
        inner_fields = field.message_type.fields_by_name
        return {
            key: _plain(inner, inner_fields[key]) if key in inner_fields else inner
            for key, inner in value.items()
            if inner is not None
        }
    return _FLAGS.get(value, value) if field.type == FieldDescriptor.TYPE_BOOL else value


def _end_of(day: date | None) -> datetime | None:
    return None if day is None else datetime.combine(day, time(), UTC) + timedelta(days=1)
