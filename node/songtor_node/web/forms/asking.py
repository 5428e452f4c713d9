"""A page that asks one thing and has one button, where no case is: at the door, of an account."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from math import ceil
from typing import Any

from starlette.responses import Response

from songtor_node.web.forms.asks import Ask, fields_of
from songtor_node.web.visit import Visit
from songtor_proto.errors import SongtorError
from songtor_web.fields import Field

_STEPS = {
    **dict.fromkeys(("start", "you", "password"), 1),
    **dict.fromkeys(("lock", "passphrase", "credential", "keyfile", "sheet", "key_away"), 2),
}
"""Of the first start's three; the third, the invitation, is a page of the node's own."""


def ask(
    visit: Visit,
    page: str,
    asks: Sequence[Ask] = (),
    *,
    values: Mapping[str, Any] | None = None,
    error: SongtorError | None = None,
    message: str = "",
    template: str = "door/ask.html",
    hints: str = "",
    **context: Any,
) -> Response:
    """Its words stand in texts/door.yaml under `page_title`, `page_lead` and `page_go`. What `error` says
    stands at the field that it names, else above them. `hints`: the field whose choices are explained, under
    `field_choice_hint`."""
    fields = [_explained(visit, one, hints) for one in fields_of(visit, asks, values or {}, error)]
    if error and not any(field.error for field in fields):
        message = error.words(visit.lang)
    lead, step = f"door.{page}_lead", _STEPS.get(page, 0)
    return visit.show(
        template,
        422 if error or message else 200,
        title=visit.t(f"door.{page}_title"),
        lead=visit.t(lead) if lead in visit.texts else "",
        go=visit.t(f"door.{page}_go"),
        step=visit.t("door.step", n=step) if step else "",
        fields=fields,
        message=message,
        **context,
    )


def _explained(visit: Visit, field: Field, hints: str) -> Field:
    if field.name != hints:
        return field
    options = [replace(one, hint=visit.t(f"door.{hints}_{one.value}_hint")) for one in field.options]
    return replace(field, options=options)


def wait_text(visit: Visit, wait: timedelta) -> str:
    """How long to wait before another try; empty where there is no pause."""
    return str(visit.t("door.wait", n=ceil(wait / timedelta(minutes=1)))) if wait else ""
