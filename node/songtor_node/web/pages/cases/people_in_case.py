"""The people in a case besides the client; who is the danger is noted here once, and heeded everywhere."""

from __future__ import annotations

from starlette.responses import Response

from songtor_node.cases import entries
from songtor_node.cases.models import Person
from songtor_node.cases.record import read_record
from songtor_node.web.case.entry_form import EntryForm, entry
from songtor_node.web.case.frame import frame
from songtor_node.web.case.parts import PERSON, Part, ShortList
from songtor_node.web.case.person import (
    ABOUT,
    ADDRESS,
    CONTACT,
    about_lists,
    contact_labels,
    contact_lists,
    countries_list,
)
from songtor_node.web.entrance.access import May, Page
from songtor_node.web.forms.asks import Ask
from songtor_node.web.visit import Visit
from songtor_proto.vocabulary.names import country

WHO = EntryForm(
    kind="person",
    path="/people",
    title="people_in_case.one",
    new="/new",
    asks=(
        Ask("relation"),
        Ask("name_thai"),
        Ask("name_latin"),
        Ask("lives_with_client", "flag"),
        Ask("guardian", "flag"),
        Ask("danger", "flag"),
    ),
)
WHO_THEY_ARE = Part(
    path="/people/{number}/about",
    part=PERSON,
    asks=(Ask("nickname"), *ABOUT),
    title="people_in_case.about",
    back="/people/{number}",
    lists=about_lists,
)
HOME = Part(
    path="/people/{number}/address",
    part=PERSON,
    asks=ADDRESS,
    title="people_in_case.address",
    back="/people/{number}",
    lists=countries_list,
)
REACH = ShortList(
    path="/people/{number}/contacts",
    column="contacts",
    of=PERSON,
    form=entries.Contact,
    asks=CONTACT[:-1],
    title="people_in_case.contact",
    back="/people/{number}",
    lists=contact_lists,
    start=lambda visit, at: {"channel": "phone"},
)


def people(visit: Visit) -> Response:
    with visit.at("people") as at:
        found = read_record(at.session, at.case).people
        return visit.show("people_in_case.html", **frame(at), people=found)


def person(visit: Visit) -> Response:
    with visit.at("people") as at:
        one = entry(visit, at, Person)
        return visit.show(
            "person_in_case.html",
            **frame(at),
            person=one,
            channels=contact_labels(visit),
            place=", ".join(
                filter(None, (one.city, one.region, one.country and country(one.country, visit.lang)))
            ),
            nationality=one.nationality and country(one.nationality, visit.lang),
        )


PAGES = (
    Page(path="/cases/{case}/people", may=May.CASEWORK, get=people),
    Page(path="/cases/{case}/people/new", may=May.CASEWORK, get=WHO.add, post=WHO.added),
    Page(path="/cases/{case}/people/{number}", may=May.CASEWORK, get=person),
    Page(path="/cases/{case}/people/{number}/change", may=May.CASEWORK, get=WHO.change, post=WHO.changed),
    Page(path="/cases/{case}/people/{number}/out", may=May.CASEWORK, post=WHO.out),
    WHO_THEY_ARE.page,
    HOME.page,
    *REACH.pages,
)
