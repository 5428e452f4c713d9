"""The conversation about a consent: begun where it is safe, question by question, handed over and back."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from starlette.responses import Response

from songtor_node.cases.record import read_record
from songtor_node.consents import talk as talks
from songtor_node.consents.acts import house_of
from songtor_node.consents.danger import danger
from songtor_node.consents.models import Talk
from songtor_node.consents.notice import parts
from songtor_node.web.case.frame import frame
from songtor_node.web.case.person import MUST_NOT_KNOW, contact_labels, note_must_not_know
from songtor_node.web.entrance import sessions
from songtor_node.web.entrance.access import May, Page
from songtor_node.web.forms.asks import Ask, fields_of, one_wrong, typed
from songtor_node.web.forms.drafts import Draft, drop_draft
from songtor_node.web.forms.sheet import refused
from songtor_node.web.forms.two_people import other_words
from songtor_node.web.talk.endings import ENDINGS, files, prove
from songtor_node.web.talk.room import Room
from songtor_node.web.talk.screens import SCREENS
from songtor_node.web.visit import At, Visit, number
from songtor_proto.errors import ConsentError, InputError, PeerError, SongtorError
from songtor_web.fields import Field

MEGABYTES = 10.5
_ENDS = ("thanks", "refused")
_ON_SCREEN = {
    "kept": "paper_kept",
    "witness": "spoken_witness",
    "confirmed_by": "second_worker",
    "second": "second_worker",
}
"""What a screen calls a field of the rules."""


def safe_now(visit: Visit) -> Response:
    """First of all: whether it is safe to talk now."""
    if not visit.enrolled:
        return visit.go(f"/cases/{visit.params['case'].upper()}/consents")  # which says why
    return _safe_now(visit)


def _safe_now(visit: Visit, error: InputError | None = None) -> Response:
    with visit.at("consent safe") as at:
        noted = danger(read_record(at.session, at.case))
        asked = () if noted.people else fields_of(visit, MUST_NOT_KNOW, typed(visit, MUST_NOT_KNOW), error)
        return visit.show(
            "consents/safe.html",
            422 if error else 200,
            **frame(at),
            noted=noted,
            later=visit.asked("later") == "1",
            fields=asked,
            channels=contact_labels(visit),
        )


def begin(visit: Visit) -> Response:
    if not visit.enrolled:
        return safe_now(visit)
    try:
        return _begin(visit)
    except InputError as error:
        if error.field != "must_not_know":
            raise
        return _safe_now(visit, error)


def _begin(visit: Visit) -> Response:
    with visit.at("consent begin") as at:
        note_must_not_know(visit, at)
        if visit.said("safe") != "yes":
            return visit.go(f"/cases/{at.case.code}/consents/new", later="1")
        made = talks.begin(at.session, at.case, read_record(at.session, at.case), by=at.by, now=at.now)
        asked = at.session.get(Draft, (visit.me.code, visit.here))
        if asked is not None:  # a referral that waits for this consent says what for and to whom
            made.answers = {
                "purpose": asked.values["purpose"][0],
                "recipients": asked.values["recipients"],
            }
            drop_draft(at.session, visit.me.code, visit.here)
        return visit.go(_path(visit, made, "who"))


def go_on(visit: Visit) -> Response:
    """Where the conversation was left; after its end, where it led to."""
    with visit.at("consent talk") as at:
        talk = _talk(visit, at)
        if talk.consent:
            return visit.go(f"/consents/{talk.consent}/copy")
        if talk.refused_at:
            return visit.go(f"/cases/{at.case.code}/consents")
        room = _room(visit, at, talk)
        return visit.go(_path(visit, talk, talks.next_screen(room.screens, talk)))


def drop(visit: Visit) -> Response:
    """One that was begun and leads nowhere. InputError("talk_ended") where it led to something."""
    if visit.handed_over_to:
        return visit.go("/hand-back")
    with visit.at("consent drop") as at:
        talks.drop(at.session, _talk(visit, at))
        return visit.go(f"/cases/{at.case.code}/consents", "removed")


def show(visit: Visit) -> Response:
    with _at_screen(visit) as (room, at):
        name = visit.params["screen"]
        if name in _ENDS:
            return _show(room, at, name, {})
        if visit.handed_over_to and not _is_held(name, room.talk):
            return visit.go("/hand-back")
        if room.talk.consent or name not in room.screens:
            return visit.go(_path(visit, room.talk))
        return _show(room, at, name, _screen(name).show(room))


def sheet_to_sign(visit: Visit) -> Response:
    """The very text on paper, with a place for the names."""
    if visit.handed_over_to:
        return visit.go("/hand-back")
    with visit.at("consent sheet") as at:
        talk = _talk(visit, at)
        spoken = replace(visit, lang=talk.language)
        room = _room(spoken, at, talk)
        text, _ = talks.shown(talk, room.record, room.house, at.now)
        return spoken.show(
            "consents/print.html", parts=parts(text), signed=None, back=_path(visit, talk, "paper")
        )


def take(visit: Visit) -> Response:
    """Keeps the answer and goes on; a wrong one comes back with its words."""
    name = visit.params["screen"]
    try:
        if name == "second" and not visit.handed_over_to:  # no client tries workers' passwords
            prove(visit)
        came = files(visit)
        with _at_screen(visit) as (room, _):
            if visit.handed_over_to and not _is_held(name, room.talk):
                return visit.go("/hand-back")
            return _taken(replace(room, files=came), name)
    except (InputError, ConsentError, PeerError) as error:
        if error.code in ("input.not_here", "peer.not_allowed") and error.field != "second":
            raise
        with _at_screen(visit) as (room, at):
            return _show(room, at, name, _screen(name).show(room), error)


def _taken(room: Room, name: str) -> Response:
    visit, talk = room.visit, room.talk
    if name not in room.screens:
        return visit.go(_path(visit, talk))
    drop_draft(room.session, visit.me.code, visit.here)
    if language := visit.said("speak"):
        talk.language = language if language in ("th", "en") else talk.language
        return visit.go(visit.here)
    if name == "check" and visit.said("how") == "no":
        talks.refuse(talk, room.now)
        return visit.go(_path(visit, talk, "refused"))
    if name in ENDINGS:
        more = ENDINGS[name].more(room)
        made = talks.give(
            room.session,
            talk,
            room.case,
            room.house,
            by=room.by,
            now=room.now,
            random=visit.node.random,
            **more,
        )
        if talks.basis(talk) in talks.ASKED:
            return visit.go(_path(visit, talk, "thanks"), "consent_given")
        return visit.go(f"/consents/{made.code}", "saved")
    talks.answer(talk, name, SCREENS[name].take(room), room.screens, room.now)
    if name == "phone" and visit.said("phone") == "hand":
        sessions.hand_over(room.session, visit.token, _path(visit, talk))
    if other_words(room.session, visit.here):
        return visit.go(visit.here, "both_kept")
    screens = talks.route(talk, room.record, room.house, room.now)
    return visit.go(_path(visit, talk, talks.next_screen(screens, talk)))


def _show(
    room: Room, at: At, name: str, asked: dict[str, Any], error: SongtorError | None = None
) -> Response:
    screens, in_hand = room.screens, bool(room.visit.handed_over_to)
    number = screens.index(name) if name in screens else -1
    before = screens[number - 1] if number > 0 else ""
    asked, message = _marked(room, asked, error) if error else (asked, "")
    fields = [one for one in _flat(asked) if isinstance(one, Field)]
    return room.visit.show(
        f"consents/talk/{name}.html",
        422 if error else 200,
        **frame(at),
        **asked,
        layout="consents/held.html" if _is_held(name, room.talk) else "consents/asking.html",
        talk=room.talk,
        talk_path=_path(room.visit, room.talk),
        in_hand=in_hand,
        number=number + 1,
        of=len(screens) + (screens[-1] == "check"),  # how to sign is chosen there
        back="" if in_hand and not _is_held(before, room.talk) else before,
        fields_asked=fields,
        wrong=message,
    )


def _marked(room: Room, asked: dict[str, Any], error: SongtorError) -> tuple[dict[str, Any], str]:
    """The screen with what is wrong at its field; else the words of it, for the head of the page."""
    if "sheet" in asked and isinstance(error, InputError):
        return {"sheet": refused(room.visit, [Ask(error.field, "prose")], error)}, ""
    words = error.words(room.lang)
    name = _ON_SCREEN.get(error.field, error.field)

    def marked(value: Any) -> Any:
        if isinstance(value, list):
            return [marked(one) for one in value]
        here = isinstance(value, Field) and value.name == name
        return one_wrong(room.visit, value, error) if here else value

    at_field = any(isinstance(one, Field) and one.name == name for one in _flat(asked))
    return {key: marked(value) for key, value in asked.items()}, "" if at_field else words


def _flat(asked: dict[str, Any]) -> Iterator[Any]:
    for value in asked.values():
        yield from value if isinstance(value, list) else [value]


@contextmanager
def _at_screen(visit: Visit) -> Iterator[tuple[Room, At]]:
    with visit.at("consent talk") as at:
        talk = _talk(visit, at)
        name = visit.params["screen"]
        if name not in SCREENS and name not in ENDINGS and name not in _ENDS:
            raise InputError("not_here", field="screen")
        spoken = replace(visit, lang=talk.language) if _is_held(name, talk) else visit
        yield _room(spoken, at, talk), at


def _talk(visit: Visit, at: At) -> Talk:
    return talks.find(at.session, at.case, number(str(visit.params["talk"])))


def _room(visit: Visit, at: At, talk: Talk) -> Room:
    record, house = read_record(at.session, at.case), house_of(visit.node)
    return Room(
        visit=visit,
        session=at.session,
        case=at.case,
        by=at.by,
        now=at.now,
        talk=talk,
        record=record,
        house=house,
        screens=talks.route(talk, record, house, at.now),
    )


def _screen(name: str) -> Any:
    return SCREENS.get(name) or ENDINGS[name]


def _is_held(name: str, talk: Talk) -> bool:
    """Whether it is a screen of whoever is asked: in their language, and within their reach."""
    asked = talks.basis(talk) in talks.ASKED
    return asked and (name in _ENDS or (bool(name) and bool(_screen(name).held)))


def _path(visit: Visit, talk: Talk, screen: str = "") -> str:
    path = f"/cases/{visit.params['case'].upper()}/consents/{talk.id}"
    return f"{path}/{screen}" if screen else path


PAGES = (
    Page(path="/cases/{case}/consents/new", may=May.CASEWORK, get=safe_now, post=begin),
    Page(path="/cases/{case}/consents/{talk:int}", may=May.CASEWORK, get=go_on, post=drop),
    Page(path="/cases/{case}/consents/{talk:int}/sheet", may=May.CASEWORK, get=sheet_to_sign),
    Page(
        path="/cases/{case}/consents/{talk:int}/{screen}",
        may=May.CASEWORK,
        get=show,
        post=take,
        megabytes=MEGABYTES,
    ),
)
