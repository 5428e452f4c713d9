"""Where help is: found by place and need, with or without a line."""

from __future__ import annotations

from dataclasses import replace

from starlette.responses import Response

from songtor_node.forms import check
from songtor_node.resources import acts
from songtor_node.resources.find import GROUPS, Wanted, find, group
from songtor_node.resources.network import OWN_KINDS, kinds
from songtor_node.settings import kept
from songtor_node.web.case.countries import country_options
from songtor_node.web.entrance.access import May, Page
from songtor_node.web.forms.asks import Ask, typed
from songtor_node.web.forms.sheet import Sheet, opened, refused, saved, with_lists
from songtor_node.web.forms.two_people import merged
from songtor_node.web.visit import Visit, number
from songtor_proto.errors import InputError
from songtor_proto.vocabulary import vocabulary
from songtor_proto.vocabulary.names import countries
from songtor_web.fields import Field, Option

_SHOWN = 60
_ASKS = (
    Ask("kind", "choice", words="resource_kind"),
    Ask("name", words="resource_name"),
    Ask("country", "list"),
    Ask("city", words="city"),
    Ask("phone", "phone", words="resource_phone"),
    Ask("address", words="resource_address"),
    Ask("link", words="resource_link"),
    Ask("hours", words="resource_hours"),
    Ask("needs", "checks", of="problems", words="resource_needs"),
    Ask("note", "prose", words="resource_note"),
)


def search(visit: Visit) -> Response:
    """Opens with what is near this house. What is looked for is sent, never part of an address."""
    asked = visit.request.method == "POST"
    with visit.reading() as session:
        home = kept(session, "seat")[:2]
        wanted = Wanted(
            country=visit.said("country") if asked else home,
            kind=visit.said("kind"),
            need=visit.said("need"),
            text=visit.said("text").strip()[:100],
        )
        found = find(session, wanted, visit.lang)
    return visit.show(
        "resources/search.html",
        filters=_filters(visit, wanted),
        narrowed=_narrowed(visit, wanted),
        groups={name: [one for one in found[:_SHOWN] if group(one, wanted) == name] for name in GROUPS},
        unchecked=any(one.checked_at is None for one in found[:_SHOWN]),
        total=len(found),
        more=max(0, len(found) - _SHOWN),
        kind_names={code: names[visit.lang] for code, names in kinds().items()},
        country_names=countries(visit.lang),
    )


def new(visit: Visit) -> Response:
    with visit.reading() as session:
        return _show(visit, opened(session, visit, _ASKS, {"country": kept(session, "seat")[:2]}))


def add(visit: Visit) -> Response:
    try:
        form = check(acts.ResourceForm, typed(visit, _ASKS))
    except InputError as error:
        return _show(visit, refused(visit, _ASKS, error), status=422)
    with visit.writing() as session:
        acts.add(session, form, by=visit.me, now=visit.now)
        return saved(session, visit, False, "/resources")


def edit(visit: Visit) -> Response:
    with visit.reading() as session:
        row = acts.get(session, number(visit.params["resource"]))
        return _show(visit, opened(session, visit, _ASKS, row.model_dump()), row.id)


def change(visit: Visit) -> Response:
    """Saves, says that it is still so, or takes it out; the button says which."""
    resource, wish = number(visit.params["resource"]), visit.said("do")
    try:
        with visit.writing() as session:
            if wish == "checked":
                acts.checked(session, resource, by=visit.me, now=visit.now)
                return visit.go("/resources", done="checked")
            if wish == "remove":
                acts.remove(session, resource)
                return visit.go("/resources", done="removed")
            present = acts.get(session, resource).model_dump()
            values, crossed = merged(session, visit, _ASKS, present)
            form = check(acts.ResourceForm, {**values, "languages": present["languages"]})
            acts.change(session, resource, form, by=visit.me, now=visit.now)
            return saved(session, visit, crossed, "/resources")
    except InputError as error:
        if error.code == "input.not_here":
            raise
        return _show(visit, refused(visit, _ASKS, error), resource, 422)


def checked_entry(visit: Visit) -> Response:
    """An entry of the network's still holds: this house has tried it."""
    with visit.writing() as session:
        acts.checked_entry(session, visit.said("entry"), by=visit.me, now=visit.now)
    return visit.go("/resources", done="checked")


def _show(visit: Visit, made: Sheet, resource: int | None = None, status: int = 200) -> Response:
    lists = {
        "kind": [Option(code, kinds()[code][visit.lang]) for code in OWN_KINDS],
        "country": country_options(visit),
    }
    asked = [
        one.wrong(visit.t("resources.which_kind")) if one.error and one.name == "kind" else one
        for one in made.fields
    ]
    made = with_lists(replace(made, fields=asked), lists)
    return visit.show("resources/form.html", status, sheet=made, number=resource)


def _narrowed(visit: Visit, wanted: Wanted) -> list[str]:
    """What is looked for, in words."""
    words = [
        countries(visit.lang).get(wanted.country, ""),
        vocabulary().problems[wanted.need].label(visit.lang) if wanted.need in vocabulary().problems else "",
        kinds()[wanted.kind][visit.lang] if wanted.kind in kinds() else "",
        wanted.text,
    ]
    return [one for one in words if one]


def _filters(visit: Visit, wanted: Wanted) -> list[Field]:
    needs = [Option(one.code, one.label(visit.lang)) for one in vocabulary().problems.values()]
    return [
        Field(
            name="country",
            kind="list",
            label=visit.t("field.country"),
            value=wanted.country,
            options=country_options(visit),
        ),
        Field(name="need", kind="list", label=visit.t("resources.need"), value=wanted.need, options=needs),
        Field(
            name="kind",
            kind="list",
            label=visit.t("resources.kind"),
            value=wanted.kind,
            options=[Option(code, names[visit.lang]) for code, names in kinds().items()],
        ),
        Field(name="text", kind="line", label=visit.t("resources.text"), value=wanted.text),
    ]


PAGES = (
    Page(path="/resources", may=May.CASEWORK, get=search, post=search),
    Page(path="/resources/new", may=May.CASEWORK, get=new, post=add),
    Page(path="/resources/checked", may=May.CASEWORK, post=checked_entry),
    Page(path="/resources/{resource}", may=May.CASEWORK, get=edit, post=change),
)
