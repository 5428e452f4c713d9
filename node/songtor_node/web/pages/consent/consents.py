"""Consents of a case: what is agreed, with whom, until when; withdrawn from the same place; who opened it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date

from starlette.responses import Response

from songtor_node import workers
from songtor_node.cases.record import read_record
from songtor_node.consents import acts, copies, told
from songtor_node.consents import talk as talks
from songtor_node.consents.danger import danger, may_be_given
from songtor_node.consents.ground import CLIENT, last_day, named
from songtor_node.consents.models import Consent
from songtor_node.consents.notice import parts
from songtor_node.forms import Form, Line, check
from songtor_node.outreach.acts import ways
from songtor_node.referrals.acts import withdraw_ground
from songtor_node.web.case.frame import frame
from songtor_node.web.entrance import sessions
from songtor_node.web.entrance.access import May, Page
from songtor_node.web.forms.asks import one_wrong
from songtor_node.web.printing import printed, sheet_of
from songtor_node.web.referral import preparing
from songtor_node.web.referral.parties import party
from songtor_node.web.referral.preparing import page_of
from songtor_node.web.talk.endings import papers_of
from songtor_node.web.visit import At, Visit
from songtor_proto.errors import ConsentError, InputError, SongtorError
from songtor_proto.vocabulary import policy
from songtor_web.dates import date_text
from songtor_web.fields import Field, Option
from songtor_web.paper.sheets import Block, Note, Prose


@dataclass(frozen=True, slots=True)
class Shown:
    """One consent as a page says it."""

    row: Consent
    state: str
    recipients: Sequence[str]
    categories: Sequence[str]

    @property
    def until(self) -> date:
        """Its last day."""
        return last_day(self.row.expires_at)

    @property
    def event(self) -> dict[str, str]:
        """Who gave it and how; see `consents.record`."""
        return dict(self.row.record["event"])


def listing(visit: Visit) -> Response:
    with visit.at("consents") as at:
        return visit.show(
            "consents/list.html",
            **frame(at),
            consents=[_shown(visit, one) for one in reversed(acts.listing(at.session, at.case))],
            talks=talks.listing(at.session, at.case),
            basis=talks.basis,
            enrolled=visit.enrolled,
        )


def one(visit: Visit) -> Response:
    with _at(visit, "consent show") as (consent, at):
        return visit.show(
            "consents/one.html",
            **frame(at),
            shown=_shown(visit, consent),
            parts=parts(consent.record["pii_processing"]["privacy_notice"] or "-"),
            papers=papers_of(consent.record["event"].get("kept", "")),
            told=told.told(at.session, consent.code),
            copies=copies.listing(at.session, consent.code),
            worker={one.code: one.name or one.code for one in workers.listing(at.session, everyone=True)},
            name=lambda address: party(address, visit.lang),
        )


def withdrawing(visit: Visit) -> Response:
    return _withdrawing(visit)


def _withdrawing(visit: Visit, error: SongtorError | None = None) -> Response:
    with _at(visit, "consent withdraw") as (consent, at):
        resting = [row for row in told.told(at.session, consent.code) if not row.withdrawn]
        return visit.show(
            "consents/withdraw.html",
            422 if error else 200,
            **frame(at),
            shown=_shown(visit, consent),
            field=_who_withdraws(visit, consent, at, error),
            wrong=error.words(visit.lang) if error else "",
            to=list(dict.fromkeys(party(row.peer, visit.lang) for row in resting)),
        )


def withdraw(visit: Visit) -> Response:
    """At once. What was sent is called back where there is a line; without a seat nothing was ever sent."""
    code, person = visit.params["consent"], visit.said("by") or CLIENT
    try:
        if visit.enrolled:
            with visit.act() as act:
                withdraw_ground(act, code, person=person)
        else:
            with visit.writing() as session:
                consent, _, by = acts.find(session, code, visit.me.code, what="withdraw", now=visit.now)
                acts.withdraw(session, consent, person=person, by=by, now=visit.now)
    except ConsentError as error:
        return _withdrawing(visit, error)
    return visit.go(f"/consents/{code.upper()}", "withdrawn")


def copying(visit: Visit) -> Response:
    return _copying(visit)


def _copying(visit: Visit, error: SongtorError | None = None) -> Response:
    with _at(visit, "consent copy") as (consent, at):
        options = [
            Option(one, visit.t("consents.client") if one == CLIENT else one)
            for one in copies.takers(at.session, at.case)
        ]
        person = Field(
            name="person",
            kind="choice",
            label=visit.t("consents.copy_who"),
            options=options,
            value=visit.said("person") or options[0].value,
        )
        finders = Field(
            name="finders",
            kind="line",
            label=visit.t("consents.copy_finders"),
            hint=visit.t("consents.copy_finders_hint"),
            value=visit.said("finders"),
        )
        return visit.show(
            "consents/copy.html",
            422 if error else 200,
            **frame(at),
            shown=_shown(visit, consent),
            fields=[person, finders],
            noted=danger(read_record(at.session, at.case)),
            wrong=error.words(visit.lang) if error else "",
        )


class _Finders(Form):
    finders: Line = ""


def copy(visit: Visit) -> Response:
    try:
        finders = check(_Finders, {"finders": visit.said("finders")}).finders
        with _at(visit, "consent copy") as (consent, at):
            noted = copies.note(
                at.session,
                consent,
                at.case,
                person=visit.said("person") or CLIENT,
                finders=finders,
                safe=visit.said("safe") == "yes",
                by=at.by,
                now=at.now,
            )
            path = f"/consents/{consent.code}"
            onward = page_of(at.case.code, "/look") if _is_awaited(visit, consent, at) else path
    except (ConsentError, InputError) as error:
        if error.code == "input.not_here":
            raise
        return _copying(visit, error)
    return visit.go(f"{path}/print") if noted.given else visit.go(onward, "copy_stays")


def _is_awaited(visit: Visit, consent: Consent, at: At) -> bool:
    """Whether a referral in the making waits for this very consent."""
    plan = preparing.found(at.session, visit, at.case.code)
    return plan is not None and plan.purpose == consent.purpose and plan.to in consent.recipients


def to_print(visit: Visit) -> Response:
    """Only once it was asked, and is safe."""
    with _at(visit, "consent print") as (consent, at):
        path = f"/consents/{consent.code}"
        if not any(one.given for one in copies.listing(at.session, consent.code)):
            return visit.go(f"{path}/copy")
        spoken = replace(visit, lang=consent.record["pii_processing"]["language"])
        return spoken.show(
            "consents/print.html",
            parts=parts(consent.record["pii_processing"]["privacy_notice"] or "-"),
            signed=consent,
            ways=ways(at.session),
            back=path,
        )


def copy_pdf(visit: Visit) -> Response:
    """The same as a file of one's own; by the same rule."""
    with _at(visit, "consent copy pdf") as (consent, at):
        path = f"/consents/{consent.code}"
        if not any(one.given for one in copies.listing(at.session, consent.code)):
            return visit.go(f"{path}/copy")
        spoken = replace(visit, lang=consent.record["pii_processing"]["language"])
        text, day = consent.record["pii_processing"]["privacy_notice"] or "-", consent.given_at.date()
        code, reach = consent.code, ways(at.session)
    change = [str(spoken.t("consents.print_withdraw"))]
    change += [str(spoken.t("consents.print_reach", ways=reach).unescape())] if reach else []
    blocks: list[Block] = [Prose(text), Note("\n".join(change))]
    subtitle = str(spoken.t("consents.print_code", code=code, date=date_text(day, spoken.lang)))
    title = str(spoken.t("consents.print_title"))
    sheet = sheet_of(spoken, title, blocks, code=code, subtitle=subtitle, confidential=False)
    return printed(sheet, name=code)


def confirming(visit: Visit) -> Response:
    with _at(visit, "consent confirm") as (consent, at):
        by = at.session.get_one(workers.Worker, consent.by)
        return visit.show(
            "consents/confirm.html", **frame(at), shown=_shown(visit, consent), by=by.name or by.code
        )


def confirm(visit: Visit) -> Response:
    with _at(visit, "consent confirm") as (consent, at):
        acts.confirm(at.session, consent, by=at.by, now=at.now)
        return visit.go(f"/consents/{consent.code}", "confirmed")


def opened(visit: Visit) -> Response:
    """For the client: who opened what of theirs, when, and why."""
    with visit.at("opened") as at:
        rows = told.opened(at.session, at.case)
        return visit.show(
            "consents/opened.html",
            **frame(at),
            layout="consents/client.html" if visit.handed_over_to else "case.html",
            rows=rows,
            name=lambda address: party(address, visit.lang),
            in_hand=bool(visit.handed_over_to),
        )


def hand_opened(visit: Visit) -> Response:
    """The phone goes to the client with this page alone."""
    with visit.writing() as session:
        sessions.hand_over(session, visit.token, visit.here)
    return visit.go(visit.here)


@contextmanager
def _at(visit: Visit, what: str) -> Iterator[tuple[Consent, At]]:
    with visit.writing() as session:
        now = visit.now
        consent, case, by = acts.find(session, visit.params["consent"], visit.me.code, what=what, now=now)
        yield consent, At(session, case, by, now)


def _shown(visit: Visit, consent: Consent) -> Shown:
    return Shown(
        consent,
        told.state(consent, visit.now),
        [party(to, visit.lang) for to in consent.recipients],
        [one.label(visit.lang) for one in policy().categories.values() if one.code in consent.categories],
    )


def _who_withdraws(visit: Visit, consent: Consent, at: At, error: SongtorError | None) -> Field:
    record = read_record(at.session, at.case)
    options = [Option(CLIENT, visit.t("consents.client"))]
    options += [
        Option(named(record, one), visit.t("consents.guardian", who=one.relation))
        for one in may_be_given(record)
    ]
    field = Field(
        name="by",
        kind="choice",
        label=visit.t("consents.withdraw_who"),
        options=options,
        value=visit.said("by") or CLIENT,
    )
    return one_wrong(visit, field, error) if error and error.field == "by" else field


PAGES = (
    Page(path="/cases/{case}/consents", may=May.CASEWORK, get=listing),
    Page(path="/cases/{case}/opened", may=May.CASEWORK, get=opened, post=hand_opened),
    Page(path="/consents/{consent}", may=May.CASEWORK, get=one),
    Page(path="/consents/{consent}/withdraw", may=May.CASEWORK, get=withdrawing, post=withdraw),
    Page(path="/consents/{consent}/copy", may=May.CASEWORK, get=copying, post=copy),
    Page(path="/consents/{consent}/print", may=May.CASEWORK, get=to_print),
    Page(path="/consents/{consent}/copy.pdf", may=May.CASEWORK, get=copy_pdf),
    Page(path="/consents/{consent}/confirm", may=May.CASEWORK, get=confirming, post=confirm),
)
