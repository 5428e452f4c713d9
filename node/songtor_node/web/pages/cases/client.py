"""Whom a case is of: names, how to reach them safely, where they live; their story, request and background;
what must not be passed on."""

from __future__ import annotations

from starlette.responses import Response

from songtor_node.cases import alike, entries, service
from songtor_node.web.case.frame import frame
from songtor_node.web.case.parts import CLIENT, HEAD, Part, ShortList
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
from songtor_node.web.forms.sheet import Lists
from songtor_node.web.visit import Visit, number
from songtor_proto.vocabulary import policy
from songtor_proto.vocabulary.names import country, language
from songtor_web.fields import Option


def category_lists(visit: Visit) -> Lists:
    always = policy().always
    found = [term for term in policy().categories.values() if term.code not in always]
    return {"category": [Option(term.code, term.label(visit.lang)) for term in found]}


NAMES = (Ask("nickname"), Ask("name_thai"), Ask("name_latin"))
STORY = (Ask("narrative", "prose"),)
REQUEST = (
    Ask("text", "prose", words="request_text"),
    Ask("kinds", "checks", "assistance_kinds", "request_kinds"),
)
ARRIVAL = (
    Ask("target_group", "choice", "target_groups"),
    Ask("channel", "choice", "channels"),
    Ask("referrer", "choice", "referrers"),
)
PARTS = (
    Part(path="/arrival", part=HEAD, asks=ARRIVAL, title="client.arrival"),
    Part(path="/story", part=HEAD, asks=STORY, title="client.story", hint="client.story_hint"),
    Part(path="/request", part="request", asks=REQUEST, title="client.request"),
    Part(path="/client/names", part=CLIENT, asks=NAMES, title="client.names", back="/client", compared=True),
    Part(
        path="/client/about",
        part=CLIENT,
        asks=(*ABOUT, Ask("religion")),
        title="client.about",
        back="/client",
        lists=about_lists,
        compared=True,
    ),
    Part(
        path="/client/address",
        part=CLIENT,
        asks=ADDRESS,
        title="client.address",
        hint="client.address_hint",
        back="/client",
        lists=countries_list,
    ),
    *(
        Part(path=f"/background/{part}", part=part, asks=asks, title=f"client.{part}", back="/background")
        for part, asks in (
            (
                "health",
                (Ask("physical", "prose"), Ask("mental", "prose"), Ask("disability", "prose")),
            ),
            ("legal_status", (Ask("residence", "prose"), Ask("proceedings", "prose"))),
            (
                "finances",
                (Ask("income", "prose"), Ask("entitlements", "prose"), Ask("debts", "prose")),
            ),
            (
                "education",
                (Ask("level", words="education_level"), Ask("text", "prose", words="education_text")),
            ),
        )
    ),
)
BACKGROUND = {part.part: part for part in PARTS if part.back == "/background"}
LISTS = (
    ShortList(
        path="/contact",
        column="contacts",
        of=CLIENT,
        form=entries.Contact,
        asks=CONTACT,
        title="client.contact",
        hint="client.contact_hint",
        back="/contact",
        lists=contact_lists,
        compared=True,
    ),
    ShortList(
        path="/client/numbers",
        column="identity_numbers",
        of=CLIENT,
        form=entries.IdentityNumber,
        asks=(
            Ask("kind", "choice", words="number_kind", options=("thai_id", "passport")),
            Ask("number", words="number_number"),
            Ask("country", "list", words="number_country"),
        ),
        title="client.number",
        hint="client.number_hint",
        back="/client",
        lists=countries_list,
        start=lambda visit, at: {"kind": "thai_id", "country": "TH"},
        compared=True,
    ),
    ShortList(
        path="/unsafe",
        column="unsafe",
        of=HEAD,
        form=entries.Unsafe,
        asks=(Ask("category", "list", words="unsafe_category"), Ask("reason", words="unsafe_reason")),
        title="client.unsafe_one",
        back="/unsafe",
        lists=category_lists,
    ),
)


def client(visit: Visit) -> Response:
    with visit.at("client") as at:
        person = service.client_of(at.session, at.case)
        return visit.show(
            "client.html",
            **frame(at),
            person=person,
            languages=", ".join(language(code, visit.lang) for code in person.languages),
            nationality=country(person.nationality, visit.lang) if person.nationality else "",
            place=", ".join(
                filter(
                    None,
                    (person.city, person.region, person.country and country(person.country, visit.lang)),
                )
            ),
        )


def contact(visit: Visit) -> Response:
    with visit.at("contact") as at:
        return visit.show(
            "contact.html",
            **frame(at),
            contacts=service.client_of(at.session, at.case).contacts,
            channels=contact_labels(visit),
        )


def background(visit: Visit) -> Response:
    with visit.at("background") as at:
        return visit.show("background.html", **frame(at), parts=BACKGROUND)


def unsafe(visit: Visit) -> Response:
    with visit.at("unsafe") as at:
        return visit.show("unsafe.html", **frame(at))


def known(visit: Visit) -> Response:
    """Somebody like this client is known here."""
    with visit.at("alike") as at:
        found = alike.hints(at.session, at.case, at.by)
        return visit.show("alike.html", **frame(at), hints=found)


def known_said(visit: Visit) -> Response:
    which, _, said = visit.said("answer").partition(":")
    with visit.at("alike") as at:
        alike.answer(at.session, at.case, number(which), said, at.by)
        left = alike.hints(at.session, at.case, at.by)
        return visit.go(f"/cases/{at.case.code}" + ("/alike" if left else ""), done="saved")


PAGES = (
    *(part.page for part in PARTS),
    *(page for one in LISTS for page in one.pages),
    Page(path="/cases/{case}/client", may=May.CASEWORK, get=client),
    Page(path="/cases/{case}/contact", may=May.CASEWORK, get=contact),
    Page(path="/cases/{case}/background", may=May.CASEWORK, get=background),
    Page(path="/cases/{case}/unsafe", may=May.CASEWORK, get=unsafe),
    Page(path="/cases/{case}/alike", may=May.CASEWORK, get=known, post=known_said),
)
