"""Who is added to a genogram, in a form each, and who of the case is connected in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from starlette.responses import Response

from songtor_node.cases import family
from songtor_node.cases.entries import CLIENT
from songtor_node.cases.models import Person
from songtor_node.forms import check
from songtor_node.web.case.frame import show_sheet
from songtor_node.web.case.house import House, house
from songtor_node.web.case.person import BORN, SEXES
from songtor_node.web.entrance.access import May, Page
from songtor_node.web.forms.asks import Ask, typed
from songtor_node.web.forms.sheet import Lists, Sheet, opened, refused, saved, with_lists
from songtor_node.web.visit import Visit
from songtor_proto.errors import InputError
from songtor_proto.vocabulary import vocabulary
from songtor_web.fields import Option
from songtor_web.pictures.genogram.model import PARENT, UNION

_YEARS = (Ask("since", "partial_date", words="tie_since"), Ask("until", "partial_date", words="tie_until"))
_CONNECT = (Ask("act", "choice", words="kin_act"), Ask("whom", "list", words="kin_whom"))


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
        asks += [Ask("kind", "list", words="kin_not_by_birth"), Ask("born", "list", options=BORN)]
        del begun["kind"]
    if what == family.UNION:
        asks += _YEARS
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
        return _connecting(house(visit, at), opened(at.session, visit, _CONNECT, {"whom": CLIENT}))


def connected(visit: Visit) -> Response:
    """By the word that they are known by (`way`), or as somebody's relative."""
    try:
        with visit.at("add tie") as at:
            here = house(visit, at)
            one = here.person()
            by_word = bool(visit.said("way"))
            way = family.way_to(one.relation) if by_word else (visit.said("act"),)
            key = CLIENT if by_word else visit.said("whom")
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


_HERE = "/cases/{case}/genogram/{number}"
PAGES = (
    Page(path=f"{_HERE}/add/{{act}}", may=May.CASEWORK, get=adding, post=added),
    Page(path=f"{_HERE}/connect", may=May.CASEWORK, get=connecting, post=connected),
)
