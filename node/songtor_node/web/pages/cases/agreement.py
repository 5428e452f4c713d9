"""The plan signed: read in plain words, then signed with a finger on the worker's phone or on paper, or said
before a witness. Nothing else of the case is shown to who signs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, Literal

from starlette.responses import Response

from songtor_node.cases import plan, signed
from songtor_node.cases.models import Goal
from songtor_node.cases.names import named_in
from songtor_node.cases.record import read_record
from songtor_node.consents.danger import danger
from songtor_node.web import signing
from songtor_node.web.case.frame import frame
from songtor_node.web.entrance import sessions
from songtor_node.web.entrance.access import May, Page
from songtor_node.web.forms.asks import one_wrong
from songtor_node.web.talk.endings import drawn, files
from songtor_node.web.visit import Visit
from songtor_proto.errors import InputError
from songtor_proto.vocabulary import vocabulary
from songtor_web.dates import date_text
from songtor_web.fields import Field, Option
from songtor_web.texts import LANGUAGES

MEGABYTES = 10.5


def choose(visit: Visit) -> Response:
    return _choose(visit)


def _choose(visit: Visit, error: InputError | None = None) -> Response:
    with visit.at("agreement") as at:
        record = read_record(at.session, at.case)
        waiting = signed.to_sign(record.goals)
        signers = signing.signers(record, visit.t)
        first = next((one for one in record.client.languages if one in LANGUAGES), LANGUAGES[0])
        fields = [
            Field(
                name="by",
                kind="choice",
                label=visit.t("plan.sign_who"),
                value=visit.said("by"),
                options=[Option(one.code, one.name) for one in signers],
            ),
            Field(
                name="goals",
                kind="checks",
                label=visit.t("plan.sign_which"),
                values=visit.all_said("goals") or [str(goal.id) for goal in waiting],
                options=[Option(str(goal.id), goal.text, _about(goal, visit)) for goal in waiting],
            ),
            Field(
                name="language",
                kind="choice",
                label=visit.t("talk.phone_language"),
                value=visit.said("language") or first,
                options=[Option(code, visit.t(f"talk.phone_{code}")) for code in LANGUAGES],
            ),
        ]
        return visit.show(
            "care/agreement/choose.html",
            422 if error else 200,
            **frame(at),
            fields=[
                one_wrong(visit, one, error) if error and one.name == error.field else one for one in fields
            ],
            waiting=waiting,
            danger=any(named_in(words, danger(record).people) for goal in waiting for words in _people(goal)),
            left_out=[one for one in record.people if one.guardian and one.danger],
        )


def chosen(visit: Visit) -> Response:
    """On to the screen of whoever signs, or to what is written down of paper or a witness."""
    try:
        with visit.at("agreement") as at:
            record = read_record(at.session, at.case)
            open_ = {str(goal.id) for goal in signed.to_sign(record.goals)}
            goals = tuple(one for one in visit.all_said("goals") if one in open_)
            if visit.said("by") not in {one.code for one in signing.signers(record, visit.t)}:
                raise InputError("missing", field="by")
            if not goals:
                raise InputError("missing", field="goals")
            language = visit.said("language") if visit.said("language") in LANGUAGES else LANGUAGES[0]
            signing.keep(visit, at, signing.Asked(by=visit.said("by"), goals=goals, language=language))
            how = visit.said("how")
            if how in ("paper", "spoken"):
                return visit.go(signing.path_of(visit, f"/{how}"))
            if how == "hand":
                sessions.hand_over(at.session, visit.token, signing.path_of(visit, "/held"))
            return visit.go(signing.path_of(visit, "/held"))
    except InputError as error:
        if error.field not in ("by", "goals"):
            raise
        return _choose(visit, error)


def read(visit: Visit) -> Response:
    return _held(visit, "read", _read)


def _read(screen: signing.Screen, error: InputError | None = None) -> Response:
    return _show(
        screen, "read", error, plans=[(goal, signing.plainly(goal, screen)) for goal in screen.goals]
    )


def agreed(visit: Visit) -> Response:
    """What they ticked; the very words that they read."""

    def take(screen: signing.Screen) -> Response:
        ticked = tuple(one for one in visit.all_said("agreed") if one in screen.asked.goals)
        if visit.said("speak") in LANGUAGES:
            return _in_other_words(screen)
        if visit.said("seen") != screen.seen:
            return _read(screen, InputError("text_changed"))
        if not ticked:
            return _read(screen, InputError("missing", field="agreed"))
        signing.keep(visit, screen.at, replace(screen.asked, agreed=ticked, seen=screen.seen))
        return visit.go(signing.path_of(visit, "/held/sign"))

    return _held(visit, "read", take)


def sign(visit: Visit) -> Response:
    return _held(visit, "sign", lambda screen: _show(screen, "sign"))


def signed_by_hand(visit: Visit) -> Response:
    """With a finger."""

    def take(screen: signing.Screen) -> Response:
        if visit.said("speak") in LANGUAGES:
            return _in_other_words(screen)
        if not screen.asked.agreed or screen.seen != screen.asked.seen:
            return visit.go(signing.path_of(visit, "/held"))
        try:
            paper = signing.kept_paper(screen, drawn(visit.said("signature")), "signature")
        except InputError as error:
            return _show(screen, "sign", error)
        signing.sign(screen, [one for one in screen.goals if str(one.id) in screen.asked.agreed], paper=paper)
        return visit.go(signing.path_of(visit, "/held/thanks"), speak=screen.visit.lang)

    return _held(visit, "sign", take)


def thanks(visit: Visit) -> Response:
    """In the language in which it was read."""
    language = visit.asked("speak")
    spoken = replace(visit, lang=language if language in LANGUAGES else visit.lang)
    with visit.at("agreement") as at:
        return spoken.show(
            "care/agreement/thanks.html",
            **frame(at),
            **_frame(visit),
            end="/hand-back" if visit.handed_over_to else f"/cases/{at.case.code}/plan",
        )


def paper(visit: Visit) -> Response:
    return _with_worker(visit, lambda screen: _show(screen, "paper", **_on_paper(screen)))


def on_paper(visit: Visit) -> Response:
    """A scan, or where the sheet lies, or both."""
    came = files(visit)

    def take(screen: signing.Screen) -> Response:
        scan, kept = came.get("paper_scan"), visit.said("paper_kept").strip()[:300]
        if scan is None and not kept:
            return _show(screen, "paper", InputError("missing", field="paper_scan"), **_on_paper(screen))
        signing.sign(
            screen, screen.goals, paper=signing.kept_paper(screen, scan, "scan") if scan else "", kept=kept
        )
        return visit.go(f"/cases/{screen.at.case.code}/plan", done="plan_signed")

    return _with_worker(visit, take)


def spoken(visit: Visit) -> Response:
    return _with_worker(visit, lambda screen: _show(screen, "spoken", **_aloud(screen)))


def before_witness(visit: Visit) -> Response:
    """Who is the danger hears nothing of it (C6)."""

    def take(screen: signing.Screen) -> Response:
        witness = visit.said("spoken_witness").strip()[:300]
        fault = "" if witness else "missing"
        if danger(screen.record).is_called(witness):
            fault = "danger"
        if fault:
            return _show(screen, "spoken", InputError(fault, field="spoken_witness"), **_aloud(screen))
        signing.sign(screen, screen.goals, witness=witness)
        return visit.go(f"/cases/{screen.at.case.code}/plan", done="plan_signed")

    return _with_worker(visit, take)


def sheet(visit: Visit) -> Response:
    """The same words on paper, with a place for the names."""

    def show(screen: signing.Screen) -> Response:
        return replace(visit, lang=screen.asked.language).show(
            "care/agreement/sheet.html", parts=signing.parts(screen), back=signing.path_of(visit, "/paper")
        )

    return _with_worker(visit, show, language=True)


def _on_paper(screen: signing.Screen) -> dict[str, Any]:
    return {
        "scan": _field(screen, "paper_scan", "file"),
        "field": _field(screen, "paper_kept", "line"),
        "parts": signing.parts(screen),
    }


def _aloud(screen: signing.Screen) -> dict[str, Any]:
    return {"field": _field(screen, "spoken_witness", "line"), "parts": signing.parts(screen)}


def _field(screen: signing.Screen, name: str, kind: Literal["file", "line"]) -> Field:
    hint = f"talk.{name}_hint"
    known = screen.visit.texts
    return Field(
        name=name,
        kind=kind,
        label=screen.t(f"talk.{name}"),
        hint=screen.t(hint) if hint in known else "",
        value=screen.visit.said(name) if kind == "line" else "",
    )


def _in_other_words(screen: signing.Screen) -> Response:
    """The same screen in the language that they chose."""
    visit = screen.visit
    signing.keep(visit, screen.at, replace(screen.asked, language=visit.said("speak")))
    return visit.go(visit.here)


def _held(visit: Visit, name: str, do: Callable[[signing.Screen], Response]) -> Response:
    """A screen of whoever signs, in their language; without anything to sign, back to the plan."""
    with signing.at_screen(visit, language=True) as screen:
        if screen is None or (name == "sign" and not screen.asked.agreed):
            ended = "/hand-back" if visit.handed_over_to else f"/cases/{visit.params['case'].upper()}/plan"
            return visit.go(ended if screen is None else signing.path_of(visit, "/held"))
        return do(screen)


def _with_worker(
    visit: Visit, do: Callable[[signing.Screen], Response], *, language: bool = False
) -> Response:
    with signing.at_screen(visit, language=language) as screen:
        return visit.go(signing.path_of(visit)) if screen is None else do(screen)


def _show(screen: signing.Screen, name: str, error: InputError | None = None, **more: Any) -> Response:
    words = error.words(screen.visit.lang) if error else ""
    marked = {
        key: one.wrong(words) if isinstance(one, Field) and error and one.name == error.field else one
        for key, one in more.items()
    }
    at_field = any(isinstance(one, Field) and one.error for one in marked.values())
    if error and error.field == "agreed":
        words = screen.t("plan.tick_one").unescape()
    return screen.visit.show(
        f"care/agreement/{name}.html",
        422 if error else 200,
        **frame(screen.at),
        **_frame(
            screen.visit,
            "" if at_field else words,
            [one for one in marked.values() if isinstance(one, Field)],
        ),
        **marked,
        signer=screen.signer,
        seen=screen.seen,
        ticked=screen.visit.all_said("agreed"),
        path=signing.path_of(screen.visit),
    )


def _frame(visit: Visit, wrong: str = "", fields: Sequence[Field] = ()) -> dict[str, Any]:
    """What the frame of a client's screen needs."""
    return {
        "number": 0,
        "back": "",
        "in_hand": bool(visit.handed_over_to),
        "fields_asked": fields,
        "wrong": wrong,
        "to_case": f"/cases/{visit.params['case'].upper()}/plan",
    }


def _people(goal: Goal) -> list[str]:
    """Who is written down for it."""
    return [goal.who, *(point.who for point in plan.points(goal))]


def _about(goal: Goal, visit: Visit) -> str:
    """Where it stands; what to mend before somebody signs it comes first."""
    if plan.overdue(goal, visit.now.astimezone().date()):
        return visit.t("plan.sign_overdue", date=date_text(goal.due, visit.lang)).unescape()
    if signed.changed_since_signed(goal):
        return visit.t("plan.changed_since").unescape()
    return vocabulary().journey_stages[goal.stage].label(visit.lang)


_AT = "/cases/{case}/agreement"
PAGES = (
    Page(path=_AT, may=May.CASEWORK, get=choose, post=chosen),
    Page(path=f"{_AT}/held", may=May.CASEWORK, get=read, post=agreed),
    Page(path=f"{_AT}/held/sign", may=May.CASEWORK, get=sign, post=signed_by_hand),
    Page(path=f"{_AT}/held/thanks", may=May.CASEWORK, get=thanks),
    Page(path=f"{_AT}/paper", may=May.CASEWORK, get=paper, post=on_paper, megabytes=MEGABYTES),
    Page(path=f"{_AT}/spoken", may=May.CASEWORK, get=spoken, post=before_witness),
    Page(path=f"{_AT}/sheet", may=May.CASEWORK, get=sheet),
)
