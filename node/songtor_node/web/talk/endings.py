"""How a conversation about consent ends: signed with a finger, on paper, said to a witness; or, where nobody
could be asked, with a second worker who stands for it too.

`show` gives what the template `consents/talk/NAME.html` needs; `more` what the form says besides the answers.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from songtor_node.accounts import enter
from songtor_node.cases import papers
from songtor_node.consents import talk as talks
from songtor_node.consents.danger import danger
from songtor_node.consents.notice import parts, party_name
from songtor_node.web.talk.room import Room, field, one_of
from songtor_node.web.visit import Visit
from songtor_proto.errors import InputError, PeerError
from songtor_web.dates import date_text

_PNG = "data:image/png;base64,"
SIGNATURE_BYTES = 400_000
LATER = "later"


class Ending(NamedTuple):
    """`held`: it is the client's own, in their language."""

    show: Callable[[Room], dict[str, Any]]
    more: Callable[[Room], dict[str, Any]]
    held: bool = False


def _sign(room: Room) -> dict[str, Any]:
    return {}


def _signed(room: Room) -> dict[str, Any]:
    return {"form": "written", "kept": _keep(room, drawn(room.visit.said("signature")), "signature")}


def drawn(said: str) -> papers.File:
    """The signature that a finger left on a page. InputError: signature, and as papers are refused."""
    if not said.startswith(_PNG) or len(said) > SIGNATURE_BYTES:
        raise InputError("signature", field="signature")
    try:
        picture = base64.b64decode(said.removeprefix(_PNG), validate=True)
    except binascii.Error:
        raise InputError("signature", field="signature") from None
    return _checked(picture, "signature")


def _paper(room: Room) -> dict[str, Any]:
    return {
        "field": field(room, "paper_kept", "line"),
        "scan": field(room, "paper_scan", "file"),
        "parts": parts(talks.shown(room.talk, room.record, room.house, room.now)[0]),
    }


def _on_paper(room: Room) -> dict[str, Any]:
    """A scan, or where the sheet lies, or both. InputError("missing") for neither."""
    file, kept = room.files.get("paper_scan"), room.visit.said("paper_kept").strip()
    if file is None and not kept:
        raise InputError("missing", field="paper_scan")
    scan = _keep(room, file, "scan", "paper_scan") if file else ""
    return {"form": "written", "kept": " · ".join(filter(None, (scan, kept)))}


def _spoken(room: Room) -> dict[str, Any]:
    return {
        "parts": parts(talks.shown(room.talk, room.record, room.house, room.now)[0]),
        "field": field(room, "spoken_witness", "line"),
        "recording": field(room, "spoken_recording", "file"),
    }


def _said(room: Room) -> dict[str, Any]:
    """InputError: missing (the witness), danger (who is the danger hears nothing of it)."""
    witness, file = room.visit.said("spoken_witness").strip(), room.files.get("spoken_recording")
    if not witness:
        raise InputError("missing", field="spoken_witness")
    if danger(room.record).is_called(witness):
        raise InputError("danger", field="spoken_witness")
    kept = _keep(room, file, "recording", "spoken_recording") if file else ""
    return {"form": "spoken", "witness": witness, "kept": kept}


def _second(room: Room) -> dict[str, Any]:
    form, policy = talks.form(room.talk, room.now), room.house.policy
    sums = {
        "harm": form.harm,
        "incapacity": form.incapacity,
        "duty": form.duty,
        "purpose": policy.purposes[form.purpose].label(room.lang),
        "recipients": ", ".join(party_name(to, room.house.vocabulary, room.lang) for to in form.recipients),
        "told": ", ".join(
            one.label(room.lang)
            for one in policy.categories.values()
            if one.code in policy.always | set(form.categories)
        ),
        "until": date_text(form.expires, room.lang),
    }
    return {
        "fields": [
            field(room, "second_worker", "line"),
            field(room, "second_password", "password"),
            field(room, "second_code", "code"),
        ],
        "rows": [(room.words(f"second_sum_{name}"), value, "") for name, value in sums.items() if value],
        "may_wait": form.basis == "vital_interest",
    }


def _seconded(room: Room) -> dict[str, Any]:
    """The second person was proven before (`prove`)."""
    if one_of(room, "how", ["now", LATER]) == LATER:
        return {}
    return {"second": room.visit.said("second_worker")}


def prove(visit: Visit) -> None:
    """That the second person is who they say, before anything is written. PeerError: second (wrong), pause
    (too many tries)."""
    if visit.said("how") == LATER:
        return
    found = enter.both(
        visit.node.engine,
        visit.said("second_worker"),
        visit.said("second_password"),
        visit.said("second_code"),
        cost=visit.front.cost,
        now=visit.now,
    )
    if found.wait:
        raise PeerError("pause", field="second_worker")
    if not found.worker:
        raise PeerError("second", field="second_worker")


def files(visit: Visit) -> dict[str, papers.File]:
    """What came with the form of an ending, before anything is written. InputError as papers are refused."""
    came = {name: visit.upload(name) for name in ("paper_scan", "spoken_recording")}
    return {name: _checked(one.file.read(), name) for name, one in came.items() if one is not None}


def _checked(content: bytes, named: str) -> papers.File:
    try:
        return papers.checked(content)
    except InputError as error:
        raise InputError(error.code.removeprefix("input."), field=named) from None


def _keep(room: Room, file: papers.File, kind: str, named: str = "signature") -> str:
    """Where it lies among the case's papers."""
    name = str(room.words(f"kept_{kind}"))
    try:
        kept = papers.keep(room.session, room.case, name=name, file=file, kind=kind, by=room.by, now=room.now)
    except InputError as error:
        raise InputError(error.code.removeprefix("input."), field=named) from None
    return f"{PAPER}{kept.id}"


PAPER = "papers/"


def papers_of(kept: str) -> Sequence[str]:
    """Numbers of the papers that a consent's `kept` names."""
    return [part.removeprefix(PAPER) for part in kept.split(" · ") if part.startswith(PAPER)]


ENDINGS = {
    "sign": Ending(_sign, _signed, held=True),
    "paper": Ending(_paper, _on_paper),
    "spoken": Ending(_spoken, _said),
    "second": Ending(_second, _seconded),
}
