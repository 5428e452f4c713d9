"""Where help is: found by place and need, with or without a line."""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from songtor_node.forms import check
from songtor_node.resources import acts
from songtor_node.resources.find import Wanted, find
from songtor_node.resources.network import OWN_KINDS, kinds
from songtor_node.settings import kept
from songtor_node.web.access import May, Page
from songtor_node.web.sheet import Ask, drop_draft, fields, typed
from songtor_node.web.visit import Visit
from songtor_proto.errors import InputError
from songtor_proto.vocabulary import vocabulary
from songtor_web.fields import Field, Option
from songtor_web.names import countries

_SHOWN = 60
_ASKS = (
    Ask("name", words="resource_name"),
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
        found=found[:_SHOWN],
        more=max(0, len(found) - _SHOWN),
        kind_names={code: names[visit.lang] for code, names in kinds().items()},
        country_names=countries(visit.lang),
    )


def new(visit: Visit) -> Response:
    with visit.reading() as session:
        values = {"country": kept(session, "seat")[:2]}
    return visit.show("resources/form.html", fields=_form(visit, values), number=0)


def add(visit: Visit) -> Response:
    try:
        form = check(acts.ResourceForm, _typed(visit))
    except InputError as error:
        return visit.show("resources/form.html", 422, fields=_form(visit, _typed(visit), error), number=0)
    with visit.writing() as session:
        acts.add(session, form, by=visit.me, now=visit.now)
        drop_draft(session, visit.me.code, visit.here)
    return visit.go("/resources", done="saved")


def edit(visit: Visit) -> Response:
    with visit.reading() as session:
        row = acts.get(session, _number(visit))
        values = row.model_dump()
    return visit.show("resources/form.html", fields=_form(visit, values), number=row.id)


def change(visit: Visit) -> Response:
    """Saves, says that it is still so, or takes it out; the button says which."""
    number, wish = _number(visit), visit.said("do")
    with visit.writing() as session:
        if wish == "checked":
            acts.checked(session, number, by=visit.me, now=visit.now)
            return visit.go("/resources", done="checked")
        if wish == "remove":
            acts.remove(session, number)
            return visit.go("/resources", done="removed")
        try:
            form = check(acts.ResourceForm, _typed(visit))
        except InputError as error:
            return visit.show(
                "resources/form.html", 422, fields=_form(visit, _typed(visit), error), number=number
            )
        acts.change(session, number, form, by=visit.me, now=visit.now)
        drop_draft(session, visit.me.code, visit.here)
    return visit.go("/resources", done="saved")


def checked_entry(visit: Visit) -> Response:
    """An entry of the network's still holds: this house has tried it."""
    with visit.writing() as session:
        acts.checked_entry(session, visit.said("entry"), by=visit.me, now=visit.now)
    return visit.go("/resources", done="checked")


def _number(visit: Visit) -> int:
    text = visit.params["resource"]
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise InputError("not_here", field="resource")
    return int(text)


def _typed(visit: Visit) -> dict[str, Any]:
    return {**typed(visit, _ASKS), "kind": visit.said("kind"), "country": visit.said("country")}


def _form(visit: Visit, values: dict[str, Any], error: InputError | None = None) -> list[Field]:
    own = Field(
        name="kind",
        kind="choice",
        label=visit.t("field.resource_kind"),
        value=str(values.get("kind", "")),
        options=[Option(code, kinds()[code][visit.lang]) for code in OWN_KINDS],
    )
    if error and error.field.startswith("kind"):
        own = own.wrong(visit.t("resources.which_kind"))
    name, *rest = fields(visit, _ASKS, values, error)
    return [own, name, _country(visit, str(values.get("country", ""))), *rest]


def _country(visit: Visit, value: str) -> Field:
    return Field(
        name="country",
        kind="list",
        label=visit.t("field.country"),
        value=value,
        options=[Option(code, name) for code, name in countries(visit.lang).items()],
    )


def _filters(visit: Visit, wanted: Wanted) -> list[Field]:
    needs = [Option(one.code, one.label(visit.lang)) for one in vocabulary().problems.values()]
    return [
        _country(visit, wanted.country),
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
