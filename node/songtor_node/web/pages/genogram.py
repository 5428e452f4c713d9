"""The genogram: the family as a picture, and everybody in it to add relatives to, in a form each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from markupsafe import Markup
from starlette.responses import Response

from songtor_node.cases import family, service
from songtor_node.cases.entries import CLIENT as CLIENTS_KEY
from songtor_node.cases.entries import Tie as TieForm
from songtor_node.cases.models import Person, Tie
from songtor_node.cases.names import called_for
from songtor_node.cases.pictures.genogram import picture
from songtor_node.cases.record import CaseRecord, read_record
from songtor_node.forms import check
from songtor_node.web.case.entry_form import EntryForm
from songtor_node.web.case.frame import frame, show_sheet
from songtor_node.web.case.parts import CLIENT, PERSON, Part
from songtor_node.web.case.person import SEXES
from songtor_node.web.entrance.access import May, Page
from songtor_node.web.forms.asks import Ask, typed
from songtor_node.web.forms.sheet import Lists, Sheet, opened, refused, saved, with_lists
from songtor_node.web.printing import Drawn, picture_page
from songtor_node.web.visit import At, Visit, label, number
from songtor_proto.errors import InputError
from songtor_proto.vocabulary import vocabulary
from songtor_web.dates import date_text
from songtor_web.fields import Option
from songtor_web.pictures.genogram import draw, words
from songtor_web.pictures.genogram.model import BOND, ONE_WAY, PARENT, UNION, Family

_BORN = ("pregnancy", "miscarriage", "abortion", "stillbirth")
_LIFE = (
    Ask("sex", "choice", options=SEXES),
    Ask("birth_date", "partial_date"),
    Ask("deceased", "flag"),
    Ask("death_date", "partial_date"),
)
FACTS = Part(
    path="/genogram/{number}/facts",
    part=PERSON,
    asks=(
        Ask("name_thai"),
        Ask("name_latin"),
        *_LIFE,
        Ask("lives_with_client", "flag"),
        Ask("born", "list", options=_BORN),
    ),
    title="genogram.facts",
    back="/genogram/{number}",
)
CLIENTS_FACTS = Part(
    path="/genogram/client", part=CLIENT, asks=_LIFE, title="genogram.facts", back="/genogram"
)
_TIE = (Ask("since", "partial_date", words="tie_since"), Ask("until", "partial_date", words="tie_until"))
_NEW_TIE = (
    Ask("other", "list", words="tie_other"),
    Ask("kind", "choice", words="tie_kind"),
    Ask("turned", "flag", words="tie_turned"),
    *_TIE,
)
_CONNECT = (Ask("act", "choice", words="kin_act"), Ask("whom", "list", words="kin_whom"))


class Relative(NamedTuple):
    """One in the list beneath the picture, and how they are called there."""

    person: Person
    name: str
    relation: str


class Offer(NamedTuple):
    """What can be added to somebody: in words, where; or who is that already."""

    words: str
    path: str


@dataclass(frozen=True, slots=True)
class House:
    """The case of a visit as its genogram needs it."""

    visit: Visit
    at: At
    record: CaseRecord

    @property
    def base(self) -> str:
        return f"/cases/{self.at.case.code}/genogram"

    @property
    def people(self) -> list[Person]:
        return [self.record.client, *self.record.people]

    def family(self, *, names: bool = True) -> Family:
        today = self.at.now.astimezone().date()
        return picture(self.record, today, lang=self.visit.lang, names=names)

    def relative(self, person: Person) -> Relative:
        relation = person.relation or str(self.visit.t("pictures.genogram_client"))
        return Relative(person, called_for(person, self.at.by, self.visit.lang), relation)

    def says(self, key: str) -> str:
        """A person in a line; one who was taken out by a word for that."""
        person = next((one for one in self.people if one.key == key), None)
        if person is None:
            return str(self.visit.t("genogram.gone"))
        _, name, relation = self.relative(person)
        return f"{relation} ({name})" if name else relation

    def person(self) -> Person:
        """Whom the path numbers, the client too. InputError("not_here")."""
        wanted = number(self.visit.params["number"])
        found = next((one for one in self.people if one.id == wanted), None)
        if found is None:
            raise InputError("not_here", field="number")
        return found

    def offers(self, person: Person) -> list[Offer]:
        there = {one.key: one for one in self.people}
        parents = [there[key] for key in family.parents_of(self.record, person.key)]
        made = []
        for act in family.OFFERED:
            said = self.visit.t(f"genogram.add_{act}")
            known = next(
                (one for one in parents if act in ("mother", "father") and one.sex == family.ACTS[act].sex),
                None,
            )
            if known:
                words = self.visit.t("genogram.known_already", what=said)
                made.append(Offer(str(words), f"{self.base}/{known.id}"))
            else:
                made.append(Offer(str(said), f"{self.base}/{person.id}/add/{act}"))
        return made


def house(visit: Visit, at: At) -> House:
    return House(visit, at, read_record(at.session, at.case))


def overview(visit: Visit) -> Response:
    """`at` in the address: the number of whoever was added or changed just now."""
    with visit.at("genogram") as at:
        here = house(visit, at)
        names = visit.asked("names") != "no"
        drawn = here.family(names=names)
        rows = {one.key: one for one in here.people}
        new = next((one.key for one in here.people if str(one.id) == visit.asked("at")), "")
        connected = {end for tie in here.record.ties for end in (tie.one, tie.other)}
        return visit.show(
            "care/genogram.html",
            **frame(at),
            picture=Markup(  # noqa: S704 — a Drawing's, which escapes what is written in it
                draw.draw(
                    drawn,
                    visit.t,
                    visit.lang,
                    names=names,
                    href=lambda one: f"{here.base}/{rows[one.key].id}",
                    focus=new,
                )
            ),
            words=words.words(drawn, visit.t, visit.lang, names=names),
            names=names,
            begun=bool(here.record.ties),
            relatives=[(here.relative(one), here.offers(one)) for one in here.people],
            focus=new,
            loose=[
                (here.relative(one), bool(family.way_to(one.relation)))
                for one in here.record.people
                if one.key not in connected
            ],
        )


def on_paper(visit: Visit, at: At, names: bool) -> Drawn:
    drawn = house(visit, at).family(names=names)
    told = words.words(drawn, visit.t, visit.lang, names=names)
    svg = draw.draw(drawn, visit.t, visit.lang, names=names)
    return Drawn([svg], str(visit.t("genogram.title")), told, wide=True)


def person(visit: Visit) -> Response:
    with visit.at("genogram") as at:
        here = house(visit, at)
        one = here.person()
        mine = [tie for tie in here.record.ties if one.key in (tie.one, tie.other)]
        return visit.show(
            "care/relative.html",
            **frame(at),
            shown=here.relative(one),
            offers=here.offers(one),
            ties=[_tie_of(here, one.key, tie) for tie in mine],
            facts=f"{here.base}/{'client' if one.key == CLIENTS_KEY else f'{one.id}/facts'}",
        )


def ties(visit: Visit) -> Response:
    with visit.at("genogram") as at:
        here = house(visit, at)
        return visit.show(
            "care/ties.html", **frame(at), ties=[_tie_row(here, tie) for tie in here.record.ties]
        )


class TieRow(NamedTuple):
    words: str
    kind: str
    years: str
    path: str


def _tie_row(here: House, tie: Tie) -> TieRow:
    visit = here.visit
    term = vocabulary().ties.get(tie.kind)
    key = "genogram.tie_parent" if term and term.group == PARENT else "genogram.tie"
    said = visit.t(key, one=here.says(tie.one), other=here.says(tie.other)).unescape()
    since, until = (date_text(one, visit.lang) for one in (tie.since, tie.until))
    years = f"{since}–{until}" if until else since
    return TieRow(said, label(visit.lang, "ties", tie.kind), years, f"{here.base}/ties/{tie.id}")


def _tie_of(here: House, key: str, tie: Tie) -> TieRow:
    """As it is told on one person's page: the other, and which way it goes."""
    row, visit = _tie_row(here, tie), here.visit
    term = vocabulary().ties.get(tie.kind)
    first = tie.one == key
    way = ""
    if term and term.group == PARENT:
        way = "genogram.is_child" if first else "genogram.is_parent"
    elif tie.kind in ONE_WAY:
        way = "genogram.to_them" if first else "genogram.from_them"
    kind = f"{visit.t(way)} · {row.kind}" if way else row.kind
    return row._replace(words=here.says(tie.other if first else tie.one), kind=kind)


# A new relative


def adding(visit: Visit) -> Response:
    with visit.at("genogram") as at:
        here = house(visit, at)
        asks, begun = _asked(here)
        return _adding(here, opened(at.session, visit, asks, begun))


def added(visit: Visit) -> Response:
    """The new relative and their ties, in one transaction; back to the picture, where they have the focus."""
    try:
        with visit.at("add person") as at:
            here = house(visit, at)
            asks, _ = _asked(here)
            said = check(family.Relation, {"sex": family.ACTS[_act(visit)].sex, **typed(visit, asks)})
            if said.other not in ("", family.SOMEBODY, *(one.key for one in here.people)):
                raise InputError("unknown_code", field="other")
            whom = here.person()
            new = family.add(at.session, at.case, _act(visit), whom, said, t=visit.t, by=at.by, now=at.now)
            if visit.said("again"):
                return saved(at.session, visit, False, visit.here, "kin_added")
            return _to_picture(here, new, saved(at.session, visit, False, here.base, "kin_added"))
    except InputError as error:
        if error.code == "input.not_here":
            raise
        with visit.at("genogram") as at:
            here = house(visit, at)
            return _adding(here, refused(visit, _asked(here)[0], error), 422)


def _to_picture(here: House, person: Person, answer: Response) -> Response:
    answer.headers["location"] += f"&at={person.id}#at-{person.key}"
    return answer


def _act(visit: Visit) -> str:
    """InputError("not_here")."""
    act = visit.params["act"]
    if act not in family.OFFERED:
        raise InputError("not_here", field="act")
    return act


def _asked(here: House) -> tuple[tuple[Ask, ...], Mapping[str, Any]]:
    """What is asked of the new one, and what is put before the worker."""
    act, whom = _act(here.visit), here.person()
    what, sex, usual = family.ACTS[act]
    asks = [Ask("name", words="kin_name"), Ask("birth_date", "partial_date")]
    begun: dict[str, Any] = {"sex": family.sex_of(act, whom), "kind": usual}
    if sex in ("", "unknown"):
        asks.append(Ask("sex", "choice", options=SEXES))
    if what == family.CHILD:
        asks.append(Ask("other", "choice", words="kin_other"))
        begun["other"] = family.usual_partner(here.record, whom.key)
    elif what == family.SIBLING and len(family.parents_of(here.record, whom.key)) > 1:
        asks.append(Ask("other", "choice", words="kin_shared"))
    elif what == family.UNION or act == "parent":
        asks.append(Ask("kind", "choice", words="kin_kind"))
    if act == "twin":
        asks.append(Ask("alike", "flag", words="kin_alike"))
        begun["birth_date"] = whom.birth_date
    asks += [Ask("deceased", "flag"), Ask("lives_with_client", "flag"), Ask("death_date", "partial_date")]
    if what in (family.CHILD, family.SIBLING):
        asks += [Ask("kind", "list", words="kin_not_by_birth"), Ask("born", "list", options=_BORN)]
        del begun["kind"]
    if what == family.UNION:
        asks += _TIE
    return tuple(asks), begun


def _adding(here: House, sheet: Sheet, status: int = 200) -> Response:
    visit, act, whom = here.visit, _act(here.visit), here.person()
    folded = {"death_date", "born", "since", "until"}
    if family.ACTS[act].what in (family.CHILD, family.SIBLING):
        folded |= {"kind"}
    title = visit.t("genogram.adding", what=visit.t(f"genogram.add_{act}"), whom=here.says(whom.key))
    return show_sheet(
        visit,
        here.at,
        replace(with_lists(sheet, _choices(here, act, whom)), more=folded),
        title=title,
        back=here.base,
        status=status,
        template="care/add_relative.html",
    )


def _choices(here: House, act: str, whom: Person) -> Lists:
    visit, what = here.visit, family.ACTS[act].what
    group = UNION if what == family.UNION else PARENT
    kinds = [term for term in vocabulary().ties.values() if term.group == group]
    if group == PARENT:
        kinds = [term for term in kinds if term.code != "birth"]
    other = [Option(key, here.says(key)) for key in family.partners_of(here.record, whom.key)]
    if what == family.SIBLING:
        other = [Option("", str(visit.t("genogram.both_parents")))]
        for key in family.parents_of(here.record, whom.key):
            other.append(Option(key, str(visit.t("genogram.half_of", who=here.says(key)).unescape())))
    else:
        other.append(Option(family.SOMEBODY, str(visit.t("genogram.somebody"))))
        other.append(Option(family.NOBODY, str(visit.t("genogram.no_other"))))
    return {"kind": [Option(term.code, term.label(visit.lang)) for term in kinds], "other": other}


# Whoever stands in the case already


def connecting(visit: Visit) -> Response:
    with visit.at("genogram") as at:
        return _connecting(house(visit, at), opened(at.session, visit, _CONNECT, {"whom": CLIENTS_KEY}))


def connected(visit: Visit) -> Response:
    """By the word that they are known by (`way`), or as somebody's relative."""
    try:
        with visit.at("add tie") as at:
            here = house(visit, at)
            one = here.person()
            by_word = bool(visit.said("way"))
            way = family.way_to(one.relation) if by_word else (visit.said("act"),)
            key = CLIENTS_KEY if by_word else visit.said("whom")
            whom = next((one for one in here.people if one.key == key), None)
            if whom is None or (not by_word and way[0] not in family.OFFERED):
                raise InputError("unknown_code", field="whom" if whom is None else "act")
            family.connect(at.session, at.case, way, whom, one, t=visit.t, by=at.by, now=at.now)
            return _to_picture(here, one, saved(at.session, visit, False, here.base, "kin_connected"))
    except InputError as error:
        if error.code == "input.not_here":
            raise
        with visit.at("genogram") as at:
            return _connecting(house(visit, at), refused(visit, _CONNECT, error), 422)


def _connecting(here: House, sheet: Sheet, status: int = 200) -> Response:
    visit, one = here.visit, here.person()
    lists = {
        "act": [Option(act, str(visit.t(f"genogram.add_{act}"))) for act in family.OFFERED],
        "whom": [Option(other.key, here.says(other.key)) for other in here.people if other is not one],
    }
    return show_sheet(
        visit,
        here.at,
        with_lists(sheet, lists),
        title=str(visit.t("genogram.connect")),
        hint=here.says(one.key),
        back=here.base,
        status=status,
    )


# How two are with each other


def tying(visit: Visit) -> Response:
    with visit.at("genogram") as at:
        return _tying(house(visit, at), opened(at.session, visit, _NEW_TIE, {}))


def tied(visit: Visit) -> Response:
    try:
        with visit.at("add tie") as at:
            here = house(visit, at)
            one, said = here.person(), typed(visit, _NEW_TIE)
            ends = (one.key, said.pop("other"))
            if said.pop("turned") == "true":
                ends = ends[::-1]
            if not all(end in {other.key for other in here.people} for end in ends):
                raise InputError("missing", field="other")
            form = check(TieForm, {**said, "one": ends[0], "other": ends[1]})
            service.add(at.session, at.case, "tie", form, by=at.by, now=at.now)
            return saved(at.session, visit, False, f"{here.base}/{one.id}", "saved")
    except InputError as error:
        if error.code == "input.not_here":
            raise
        with visit.at("genogram") as at:
            return _tying(house(visit, at), refused(visit, _NEW_TIE, error), 422)


def _tying(here: House, sheet: Sheet, status: int = 200) -> Response:
    visit, one = here.visit, here.person()
    lists = {
        "other": [Option(other.key, here.says(other.key)) for other in here.people if other is not one],
        "kind": _kinds(visit, (BOND, UNION, "twin")),
    }
    return show_sheet(
        visit,
        here.at,
        replace(with_lists(sheet, lists), more={"since", "until"}),
        title=visit.t("genogram.tie_new", who=here.says(one.key)),
        back=f"{here.base}/{one.id}",
        status=status,
    )


def _kinds(visit: Visit, groups: Sequence[str]) -> list[Option]:
    terms = vocabulary().ties.values()
    return [
        Option(term.code, term.label(visit.lang)) for group in groups for term in terms if term.group == group
    ]


def _kinds_alike(visit: Visit, at: At) -> Lists:
    """Of a tie, those that it can be changed into."""
    tie = at.session.get(Tie, number(visit.params["number"]))
    term = vocabulary().ties.get(tie.kind) if tie else None
    return {"kind": _kinds(visit, (term.group,)) if term else []}


TIE = EntryForm(
    kind="tie",
    path="/genogram/ties",
    title="genogram.tie_change",
    asks=(Ask("kind", "choice", words="tie_kind"), *_TIE),
    lists=_kinds_alike,
)

_HERE = "/cases/{case}/genogram"
PAGES = (
    Page(path=_HERE, may=May.CASEWORK, get=overview),
    Page(path=f"{_HERE}.pdf", may=May.CASEWORK, get=picture_page("genogram", on_paper)),
    Page(path=f"{_HERE}/ties", may=May.CASEWORK, get=ties),
    Page(path=f"{_HERE}/ties/{{number}}", may=May.CASEWORK, get=TIE.change, post=TIE.changed),
    Page(path=f"{_HERE}/ties/{{number}}/out", may=May.CASEWORK, post=TIE.out),
    Page(path=f"{_HERE}/{{number}}", may=May.CASEWORK, get=person),
    Page(path=f"{_HERE}/{{number}}/add/{{act}}", may=May.CASEWORK, get=adding, post=added),
    Page(path=f"{_HERE}/{{number}}/connect", may=May.CASEWORK, get=connecting, post=connected),
    Page(path=f"{_HERE}/{{number}}/tie", may=May.CASEWORK, get=tying, post=tied),
    FACTS.page,
    CLIENTS_FACTS.page,
)
