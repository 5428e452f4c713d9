"""What can be added to a case, entry by entry; the same forms stand in a case file and on the command line.

Field names are those of the tables in `models`.
"""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import (
    BeforeValidator,
    Field,
    StringConstraints,
    ValidationInfo,
    field_validator,
    model_validator,
)
from pydantic_core import PydanticCustomError

from songtor_node.forms import (
    ClockTime,
    Code,
    Country,
    Currency,
    Empty,
    EmptyList,
    EventDate,
    EventEnd,
    Filled,
    Flag,
    Form,
    HttpsLink,
    Language,
    Line,
    Moment,
    Nought,
    Number,
    PartialDate,
    Prose,
    TimeZone,
    WholeDate,
    one_of,
)
from songtor_proto.vocabulary.dates import ABOUT, STILL


def _or(usual: str) -> BeforeValidator:
    """Where nothing was chosen, the usual."""
    return BeforeValidator(lambda value: value or usual)


Sex = Literal["female", "male", "other", "unknown"]
Verification = Literal["unverified", "verified", "contradicted"]


class Item(Form):
    """One of a short list in a row. `id` is given where it is nought, and never again."""

    id: Annotated[int, Nought, Field(ge=0)] = 0


class Contact(Item):
    """How to reach a person, and when and how that is safe, in their own words."""

    channel: Annotated[Code, one_of("channels", "phone", "address"), Filled]
    value: Line = ""
    safe: Line = ""
    say: Line = ""  # to whoever else answers

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if not (self.value or self.safe or self.say):
            raise PydanticCustomError("missing", "where, or when it is safe")
        return self


class IdentityNumber(Item):
    kind: Literal["thai_id", "passport"]
    number: Annotated[Line, Filled]
    country: Country = "TH"

    @model_validator(mode="after")
    def _thai_check_digit(self) -> Self:
        digits = self.number.replace("-", "").replace(" ", "")
        if self.kind == "thai_id" and not _is_thai_id(digits):
            raise PydanticCustomError("identity_number", "check digit")
        return self


def _is_thai_id(digits: str) -> bool:
    if len(digits) != 13 or not (digits.isascii() and digits.isdigit()):
        return False
    total = sum(int(digit) * weight for digit, weight in zip(digits, range(13, 1, -1), strict=False))
    return (11 - total % 11) % 10 == int(digits[12])


Key = Annotated[str, Empty, StringConstraints(pattern=r"^([a-z][a-z0-9_]{0,19})?$")]
"""By which one entry of a case names another; given where it is left empty."""
CLIENT = "client"
"""The client's key."""
Born = Literal["", "pregnancy", "miscarriage", "abortion", "stillbirth"]
"""Empty: alive at birth."""


class Person(Form):
    name_thai: Line = ""
    name_latin: Line = ""
    nickname: Line = ""
    sex: Annotated[Sex, _or("unknown")] = "unknown"
    birth_date: PartialDate = ""
    born: Annotated[Born, Empty] = ""
    deceased: Flag = False
    death_date: PartialDate = ""
    languages: Annotated[tuple[Language, ...], EmptyList, Field(max_length=10)] = ()
    nationality: Country = ""
    religion: Line = ""
    contacts: Annotated[tuple[Contact, ...], EmptyList, Field(max_length=20)] = ()
    address: Line = ""
    city: Line = ""
    region: Line = ""
    country: Country = ""
    identity_numbers: Annotated[tuple[IdentityNumber, ...], EmptyList, Field(max_length=10)] = ()


class Relative(Person):
    """Someone else in the case. Who is the danger is left out of consent, copies, notices and withdrawal
    (C6)."""

    key: Key = ""
    relation: Annotated[Line, Filled]
    guardian: Flag = False
    danger: Flag = False
    lives_with_client: Flag = False


class Problem(Form):
    code: Annotated[Code, one_of("problems"), Filled]
    note: Line = ""


class Threat(Form):
    """One petal of the flower. `together`: filled in by whom it is about, with a worker."""

    subject: Literal["client", "child", "guardian"] = "client"
    dimension: Annotated[Code, one_of("dimensions"), Filled]
    level: Annotated[Code, one_of("threat_levels"), Filled]
    reason: Line = ""
    together: Flag = False


class Fact(Form):
    """Something said of the case, and whether and how it was checked."""

    text: Annotated[Prose, Filled]
    source: Line = ""
    verification: Verification = "unverified"
    how: Line = ""

    @model_validator(mode="after")
    def _says_how(self) -> Self:
        if self.verification != "unverified" and not self.how:
            raise PydanticCustomError("missing", "how it was checked")
        return self


def ends_before(when: str, until: str) -> bool:
    """Whether it surely ended before it began; of what is about then nothing is sure."""
    if until == STILL or when.endswith(ABOUT) or until.endswith(ABOUT):
        return False
    known = min(len(when), len(until))
    return until[:known] < when[:known]


class Event(Form):
    """A point or period in the client's life, or what only its place among others is known of."""

    key: Key = ""
    after: Key = ""
    before: Key = ""
    when: Annotated[EventDate, Field(validate_default=True)] = ""
    until: EventEnd = ""
    led_to: Annotated[tuple[Annotated[Key, Filled], ...], EmptyList, Field(max_length=10)] = ()
    theme: Line = ""
    text: Annotated[Line, Filled]

    @field_validator("when")
    @classmethod
    def _stands_somewhere(cls, value: str, info: ValidationInfo) -> str:
        if not (value or info.data.get("after") or info.data.get("before")):
            raise PydanticCustomError("missing", "when, or after or before what")
        return value

    @field_validator("until")
    @classmethod
    def _ends_after_it_began(cls, value: str, info: ValidationInfo) -> str:
        if ends_before(info.data.get("when", ""), value):
            raise PydanticCustomError("ends_before", "an end before the beginning")
        return value


class Tie(Form):
    """Between two people: kin, a union, a bond. `one` is the parent of `other`, or does it to them."""

    one: Annotated[Key, Filled]
    other: Annotated[Key, Filled]
    kind: Annotated[Code, one_of("ties"), Filled]
    since: PartialDate = ""
    until: PartialDate = ""

    @model_validator(mode="after")
    def _between_two(self) -> Self:
        if self.one == self.other:
            raise PydanticCustomError("unknown_code", "a person has no tie with themselves")
        return self


class Connection(Form):
    """With a service or somebody around the household, or around one person (`whom`) of it."""

    name: Annotated[Line, Filled]
    kind: Annotated[Code, one_of("around"), Filled]
    whom: Key = ""
    strength: Annotated[Code, one_of("tie_strengths"), _or("ordinary")] = "ordinary"
    flow: Annotated[Code, one_of("tie_flows"), _or("both")] = "both"
    note: Line = ""


class Meeting(Form):
    """A visit or a call, planned or made: who went, whom they met, what they found, whether it was safe."""

    when: PartialDate = ""
    at_time: ClockTime = ""
    method: Annotated[Code, one_of("follow_up_methods"), Filled]
    state: Annotated[Literal["planned", "done", "missed"], _or("planned")] = "planned"
    who: Line = ""
    met: Line = ""
    where: Line = ""
    found: Prose = ""
    safety: Annotated[Literal["unknown", "safe", "unsafe"], _or("unknown")] = "unknown"


class Incident(Form):
    when: PartialDate = ""
    text: Annotated[Prose, Filled]
    perpetrator: Line = ""


class Work(Form):
    """Help that was given, by us or by another agency: what kind, which of the 5P, who, hours, cost."""

    when: PartialDate = ""
    kind: Annotated[Code, one_of("assistance_kinds"), Filled]
    practice_form: Annotated[Code, one_of("practice_forms"), Filled]
    agency: Line = ""
    who: Line = ""
    hours: Annotated[Number, Field(ge=0, le=1000)] = 0.0
    cost: Annotated[Number, Field(ge=0, le=1e9)] = 0.0
    currency: Annotated[Currency, Field(validate_default=True)] = ""
    text: Prose = ""

    @field_validator("currency")
    @classmethod
    def _of_the_cost(cls, value: str, info: ValidationInfo) -> str:
        if info.data.get("cost") and not value:
            raise PydanticCustomError("missing", "the cost's currency")
        return value


class FollowUp(Form):
    method: Annotated[Code, one_of("follow_up_methods"), Filled]
    due: Annotated[WholeDate, Filled]
    done: WholeDate = ""
    condition: Annotated[Code, one_of("conditions")] = ""
    result: Prose = ""


class TouchPoint(Item):
    """One step towards a goal. `information`: data categories that it needs; `bring`: papers and the like;
    `days`: expected, nought is not known."""

    what: Annotated[Line, Filled]
    agency: Line = ""
    who: Line = ""
    information: Annotated[
        tuple[Annotated[Code, one_of("categories"), Filled], ...], EmptyList, Field(max_length=30)
    ] = ()
    bring: Line = ""
    days: Annotated[int, Nought, Field(ge=0, le=3650)] = 0
    started: WholeDate = ""
    done: WholeDate = ""


class Goal(Form):
    """One goal of the plan. A `refusal` is the client's or guardian's, in their words."""

    subject: Annotated[Literal["client", "child", "guardian"], _or("client")] = "client"
    dimension: Annotated[Code, one_of("dimensions"), Filled]
    text: Annotated[Line, Filled]
    todo: Prose = ""
    agency: Line = ""
    who: Line = ""
    steps: Annotated[tuple[TouchPoint, ...], EmptyList, Field(max_length=30)] = ()
    due: WholeDate = ""
    stage: Annotated[Code, one_of("journey_stages"), Filled] = "diagnosing"
    refusal: Prose = ""
    outcome: Annotated[Code, one_of("goal_outcomes")] = ""
    outcome_text: Prose = ""


class TeleSession(Form):
    """A session at a distance. `safe_checked`: someone checked that the client may safely be called then."""

    starts: Moment
    minutes: Annotated[int, Nought, Field(ge=5, le=600)] = 60
    client_zone: TimeZone = ""
    link: HttpsLink = ""
    joins: Line = ""
    interpreter: Line = ""
    safe_checked: Flag = False
    state: Literal["planned", "done", "missed", "moved", "cancelled"] = "planned"
    notes: Prose = ""


class Closing(Form):
    """How a case ends: its outcome as the network tells it, why, and how the client saw it in their words."""

    outcome: Annotated[Code, one_of("outcomes"), Filled]
    reason: Line = ""
    summary: Prose = ""
    satisfaction: Prose = ""


class Note(Form):
    text: Annotated[Prose, Filled]


class Unsafe(Item):
    """A category of data that it would be dangerous to pass on, and why."""

    category: Annotated[Code, one_of("categories"), Filled]
    reason: Annotated[Line, Filled]
