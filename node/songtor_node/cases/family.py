"""The family in a case: whoever is added comes with their ties, and who stands in the case gets theirs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from functools import cache
from importlib.resources import files
from typing import Annotated, NamedTuple

import yaml
from pydantic import BeforeValidator, Field
from sqlmodel import Session

from songtor_node.cases import history, service
from songtor_node.cases.entries import Born, Key, Relative, Sex, Tie
from songtor_node.cases.models import Case, Person
from songtor_node.cases.pictures.genogram import picture
from songtor_node.cases.record import CaseRecord, read_record
from songtor_node.forms import Code, Empty, Flag, Form, Line, PartialDate, check, one_of
from songtor_node.workers import Worker
from songtor_proto.errors import InputError
from songtor_proto.vocabulary import vocabulary
from songtor_web.pictures.genogram import model
from songtor_web.pictures.kinship import as_read, kinship
from songtor_web.texts import Say

PARENT, CHILD, SIBLING, UNION = "parent", "child", "sibling", "union"


class Act(NamedTuple):
    """One relative: what they are (PARENT …), of which sex, with which kind of tie."""

    what: str
    sex: str
    kind: str


ACTS: Mapping[str, Act] = {
    "mother": Act(PARENT, "female", "birth"),
    "father": Act(PARENT, "male", "birth"),
    "partner": Act(UNION, "", "married"),
    "husband": Act(UNION, "male", "married"),
    "wife": Act(UNION, "female", "married"),
    "ex_partner": Act(UNION, "", "divorced"),
    "ex_husband": Act(UNION, "male", "divorced"),
    "ex_wife": Act(UNION, "female", "divorced"),
    "son": Act(CHILD, "male", "birth"),
    "daughter": Act(CHILD, "female", "birth"),
    "child": Act(CHILD, "unknown", "birth"),
    "brother": Act(SIBLING, "male", "birth"),
    "sister": Act(SIBLING, "female", "birth"),
    "sibling": Act(SIBLING, "unknown", "birth"),
    "twin": Act(SIBLING, "unknown", "birth"),
    "parent": Act(PARENT, "unknown", "adopted"),
}
OFFERED = (
    "mother", "father", "partner", "ex_partner", "son", "daughter", "brother", "sister", "twin", "parent",
)  # fmt: skip
_PARTED = ("separated", "divorced")
_WORDS = {PARENT: "parent", CHILD: "child", SIBLING: "sibling", UNION: "partner"}
_OPPOSITE = {"female": "male", "male": "female"}
NOBODY, SOMEBODY = "", "unknown"
"""Instead of a child's other parent: none is told; one of whom nothing is known."""


class Relation(Form):
    """What is known of a new relative. `kind`: of their tie; `other`: a child's other parent, or of whom
    alone a brother or sister is; `alike`: of twins."""

    name: Line = ""
    sex: Annotated[Sex, BeforeValidator(lambda said: said or "unknown")] = "unknown"
    birth_date: PartialDate = ""
    born: Annotated[Born, Empty] = ""
    deceased: Flag = False
    death_date: PartialDate = ""
    lives_with_client: Flag = False
    kind: Annotated[Code, one_of("ties")] = ""
    other: Annotated[Key, Field(max_length=20)] = ""
    since: PartialDate = ""
    until: PartialDate = ""
    alike: Flag = False


NEW = "new"
"""The key of a newcomer, until they have one."""
_GROUPS = {PARENT: "parent", CHILD: "parent", SIBLING: "parent", UNION: "union"}


def sex_of(act: str, whom: Person) -> str:
    """What is put before the worker; a partner's is mostly the other one."""
    return ACTS[act].sex or _OPPOSITE.get(whom.sex, "unknown")


def add(
    session: Session,
    case: Case,
    act: str,
    whom: Person,
    said: Relation,
    *,
    t: Say,
    by: Worker,
    now: datetime,
) -> Person:
    """A new relative of `whom` with their ties; `t` says what they are to the client.
    InputError("unknown_code")."""
    known = _Known(session, case, t, by, now)
    parents = known.parents_for(act, whom, said)
    ties = _ties(act, whom, said, NEW, parents)
    if ACTS[act].what == PARENT:
        alike = full_siblings(known.record, whom.key)
        ties += [tie.model_copy(update={"other": one}) for tie in ties for one in alike]
    person = known.person(act, whom, said, ties)
    known.tie(ties, person.key)
    return person


def connect(
    session: Session,
    case: Case,
    way: Sequence[str],
    whom: Person,
    person: Person,
    *,
    t: Say,
    by: Worker,
    now: datetime,
    kind: str = "",
) -> None:
    """Somebody who stands in the case already is that to `whom`. Whoever stands between them on the way is
    taken from the ties, or comes in with nothing known of them; a sex that is not known follows from it.
    InputError("unknown_code")."""
    if not way or any(act not in ACTS for act in way):
        raise InputError("unknown_code", field="act")
    known = _Known(session, case, t, by, now)
    for act in way[:-1]:
        whom = known.step(act, whom)
    if whom.key == person.key:
        raise InputError("unknown_code", field="whom")
    said = Relation(kind=kind)
    ties = _ties(way[-1], whom, said, person.key, known.parents_for(way[-1], whom, said))
    known.tie(ties, person.key)
    if person.sex == "unknown" and ACTS[way[-1]].sex:
        history.correct(session, person, {"sex": ACTS[way[-1]].sex}, by=by, now=now)


class _Known:
    """The case as it is while a relative comes in."""

    def __init__(self, session: Session, case: Case, t: Say, by: Worker, now: datetime) -> None:
        self.session, self.case, self.t, self.by, self.now = session, case, t, by, now

    @property
    def record(self) -> CaseRecord:
        return read_record(self.session, self.case)

    def person(self, act: str, whom: Person, said: Relation, ties: Sequence[Tie]) -> Person:
        thai = any("\u0e00" <= letter <= "\u0e7f" for letter in said.name)
        words = said.model_dump(exclude={"name", "kind", "other", "since", "until", "alike"})
        relation = _relation(self.record, act, whom, said, ties, self.t, self.now.date())
        form = check(
            Relative, {**words, "relation": relation[:300], "name_thai" if thai else "name_latin": said.name}
        )
        found = service.add(self.session, self.case, "person", form, by=self.by, now=self.now)
        assert isinstance(found, Person)
        return found

    def tie(self, ties: Sequence[Tie], key: str) -> None:
        """Those that are not there yet; NEW is the person of that key."""
        there = {(one.one, one.other, one.kind) for one in self.record.ties}
        for tie in ties:
            one, other = (key if end == NEW else end for end in (tie.one, tie.other))
            if (one, other, tie.kind) not in there:
                form = tie.model_copy(update={"one": one, "other": other})
                service.add(self.session, self.case, "tie", form, by=self.by, now=self.now)

    def parents_for(self, act: str, whom: Person, said: Relation) -> list[str]:
        """Whose child a newcomer is, by that act."""
        what = ACTS[act].what
        if what == CHILD:
            other = self.unknown_partner(whom) if said.other == SOMEBODY else said.other
            return [one for one in (whom.key, other) if one]
        if what != SIBLING:
            return []
        theirs = parents_of(self.record, whom.key)
        if not theirs:
            theirs = [self.step(parent, whom).key for parent in ("mother", "father")]
        return [said.other] if said.other in theirs else theirs

    def step(self, act: str, whom: Person) -> Person:
        """The one whom the ties name, or somebody of whom nothing is known."""
        record = self.record
        wanted = ACTS[act]
        if wanted.what == PARENT:
            keys = [tie.one for tie in record.ties if tie.other == whom.key and tie.kind == wanted.kind]
        else:
            keys = partners_of(record, whom.key)
        people = {one.key: one for one in (record.client, *record.people)}
        sexes = (sex_of(act, whom), "unknown")
        found = next((people[key] for key in keys if key in people and people[key].sex in sexes), None)
        if found:
            return found
        said = check(Relation, {"sex": sex_of(act, whom)})
        ties = _ties(act, whom, said, NEW, [])
        made = self.person(act, whom, said, ties)
        self.tie(ties, made.key)
        return made

    def unknown_partner(self, whom: Person) -> str:
        """Of whom only a child is known: no union is told."""
        said = check(Relation, {"sex": sex_of("partner", whom)})
        return self.person("partner", whom, said, []).key


def _relation(
    record: CaseRecord, act: str, whom: Person, said: Relation, ties: Sequence[Tie], t: Say, today: date
) -> str:
    """What a newcomer is to the client: the nearest word for it, or what they are to whom."""
    family = picture(record, today, lang="th")
    newcomer = model.Person(key=NEW, number=0, sex=said.sex, birth=said.birth_date)
    known = [
        model.Tie(
            one=one.one,
            other=one.other,
            kind=one.kind,
            group=vocabulary().ties[one.kind].group,
            until=one.until,
        )
        for one in ties
    ]
    family = replace(family, people=[*family.people, newcomer], ties=[*family.ties, *known])
    word = kinship(family, t).get(NEW)
    if word:
        return word
    what = _WORDS[ACTS[act].what] if ties else "coparent"
    kin = t(f"genogram.kin_{what}_{said.sex}" if said.sex in _OPPOSITE else f"genogram.kin_{what}")
    if not whom.relation:
        return str(kin)
    return t("genogram.kin_of", kin=kin, whom=as_read(whom.relation, t)).unescape()


def _ties(act: str, whom: Person, said: Relation, key: str, parents: Sequence[str]) -> list[Tie]:
    what, _, usual = ACTS[act]
    kind = said.kind or usual
    if vocabulary().ties[kind].group != _GROUPS[what]:
        raise InputError("unknown_code", field="kind")
    if what == PARENT:
        return [Tie(one=key, other=whom.key, kind=kind)]
    if what == UNION:
        return [Tie(one=whom.key, other=key, kind=kind, since=said.since, until=said.until)]
    found = [Tie(one=parent, other=key, kind=kind) for parent in parents if parent != key]
    if act == "twin":
        found.append(Tie(one=whom.key, other=key, kind="identical" if said.alike else "twin"))
    return found


def parents_of(record: CaseRecord, key: str, kind: str = "birth") -> list[str]:
    """Who stand in the case still."""
    here = {one.key for one in (record.client, *record.people)}
    return [tie.one for tie in record.ties if tie.other == key and tie.kind == kind and tie.one in here]


def full_siblings(record: CaseRecord, key: str) -> list[str]:
    """Who have the same only parent that is known: a second one is probably theirs too."""
    theirs: dict[str, list[str]] = {}
    for tie in record.ties:
        if tie.kind in vocabulary().ties and vocabulary().ties[tie.kind].group == "parent":
            theirs.setdefault(tie.other, []).append(tie.one)
    mine = theirs.get(key, [])
    return [one for one, parents in theirs.items() if one != key and parents == mine and len(mine) == 1]


def partners_of(record: CaseRecord, key: str) -> list[str]:
    """With whom somebody has or had a union, or a child; the first told first."""
    kinds = vocabulary().ties
    here = {one.key for one in (record.client, *record.people)}
    found: list[str] = []
    for tie in record.ties:
        group = kinds[tie.kind].group if tie.kind in kinds else ""
        if group == "union" and key in (tie.one, tie.other):
            found.append(tie.other if tie.one == key else tie.one)
        elif group == "parent" and tie.one == key:
            found += parents_of(record, tie.other, tie.kind)
    return [one for one in dict.fromkeys(found) if one in here and one != key]


def usual_partner(record: CaseRecord, key: str) -> str:
    """With whom a child probably is: who is together with them now, else the first; or nobody."""
    partners = partners_of(record, key)
    parted = {
        end
        for tie in record.ties
        if key in (tie.one, tie.other) and (tie.kind in _PARTED or tie.until)
        for end in (tie.one, tie.other)
    }
    return next((one for one in partners if one not in parted), next(iter(partners), NOBODY))


def way_to(relation: str) -> tuple[str, ...]:
    """From the client to whoever that word means; empty where it is not known, or means several."""
    return _ways().get(relation.strip().casefold(), ())


@cache
def _ways() -> dict[str, tuple[str, ...]]:
    lines = yaml.load((files("songtor_node") / "data" / "kin.yaml").read_text("utf-8"), yaml.CSafeLoader)
    return {word.casefold(): tuple(line["way"]) for line in lines for word in line["words"]}
