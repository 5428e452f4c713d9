"""What is said to the other end of a referral: one question a page, each act a line of `FORMS`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from starlette.responses import Response

from songtor_node.cases.facts import facts
from songtor_node.cases.models import Case
from songtor_node.cases.record import CaseRecord, read_record
from songtor_node.consents.danger import may_be_given
from songtor_node.consents.ground import named
from songtor_node.referrals import acts, find, history, replies
from songtor_node.referrals.act import Act
from songtor_node.referrals.models import Referral
from songtor_node.referrals.remind import found_in_note, remind
from songtor_node.web.entrance.access import May, Page
from songtor_node.web.forms.asks import Ask, fields_of, typed
from songtor_node.web.forms.drafts import drafted, drop_draft
from songtor_node.web.pages.referring.referrals import standing, words
from songtor_node.web.referral.found_words import Place, places
from songtor_node.web.referral.story import Told, told
from songtor_node.web.visit import Visit
from songtor_proto.errors import ConsentError, EnvelopeError, InputError, PeerError, SongtorError
from songtor_proto.findings import Search
from songtor_proto.minimise import keep
from songtor_proto.minimise import replies as may_reply
from songtor_proto.remit import purpose_of
from songtor_proto.vocabulary import policy
from songtor_proto.wire import envelope_pb2 as wire
from songtor_proto.wire.payload_pb2 import Facts
from songtor_web.fields import Field, Option

# Reasons that the program gives by itself.
_NOT_OURS = {"more_than_terms", "unreadable", "withdrawn", "not_confirmed", "new_version"}

_HERE = {
    "envelope.parts_open": "referral.parts_open",
    "consent.traced_person": "referral.traced_fail",
    "peer.key_changed": "referral.keys_changed",
    "peer.unknown": "referral.keys_unknown",
}
"""Errors whose words elsewhere are of commands."""


@dataclass(frozen=True, slots=True)
class Said:
    """What a form says. `give`: categories; `cleared`: ids of findings."""

    values: dict[str, Any]
    give: frozenset[str]
    cleared: frozenset[str]

    @property
    def text(self) -> str:
        return str(self.values.get("text", ""))

    @property
    def agreed(self) -> bool:
        return self.values.get("traced_agreed") == "true"


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """`name`: the last part of its path, and of its words (texts/referral.yaml) and its toast. `offers`:
    facts that may go along. `search`: what its words must be searched for."""

    name: str
    asks: tuple[Ask, ...]
    do: Callable[[Act, str, Said], Any]
    search: Callable[[Act, Referral, Said], Search] | None = None
    offers: Callable[[Act, Referral], Facts] | None = None
    destroys: bool = False


def _own(act: Act, referral: Referral) -> CaseRecord | None:
    case = act.session.get(Case, referral.case_id) if referral.case_id else None
    return read_record(act.session, case) if case else None


def _for_answer(act: Act, referral: Referral) -> Facts:
    """What the terms of the referral let us tell, and is safe; what is told already goes without asking."""
    record = _own(act, referral)
    if record is None:
        return Facts()
    terms = wire.Terms.FromString(referral.terms)
    return keep(facts(record, act.now.date()), set(terms.categories) - record.unsafe - act.policy.always)


def _for_report(act: Act, referral: Referral) -> Facts:
    """What the purpose lets us tell back of our own case; its summary is written anew."""
    record = _own(act, referral)
    if record is None:
        return Facts()
    back = may_reply(act.policy, referral.purpose, traced_person_consented=True)
    return keep(facts(record, act.now.date()), back - {"narrative"} - record.unsafe)


def _search_report(act: Act, referral: Referral, said: Said) -> Search:
    return replies.found_in_report(act, referral, said.text, give=said.give, cleared=said.cleared)


FORMS = (
    Form(
        name="answer",
        asks=(Ask("text", "prose", words="answer_text"),),
        do=lambda act, ref, said: acts.answer(act, ref, said.text, give=said.give, cleared=said.cleared),
        search=lambda act, one, said: acts.found_in_answer(
            act, one, said.text, give=said.give, cleared=said.cleared
        ),
        offers=_for_answer,
    ),
    Form(
        name="remind",
        asks=(Ask("text", "prose", words="remind_text"),),
        do=lambda act, ref, said: remind(act, ref, said.text, cleared=said.cleared),
        search=lambda act, one, said: found_in_note(act, one, said.text, cleared=said.cleared),
    ),
    Form(
        name="cancel",
        asks=(Ask("reason", "choice", of="cancellation_reasons", words="cancel_reason"),),
        do=lambda act, ref, said: acts.cancel(act, ref, said.values["reason"]),
    ),
    Form(
        name="withdraw",
        asks=(Ask("by", "choice", words="withdrawn_by"),),
        do=lambda act, ref, said: acts.withdraw(act, ref, person=said.values["by"]),
        destroys=True,
    ),
    Form(
        name="decline",
        asks=(Ask("reason", "choice", of="rejection_reasons", words="decline_reason"),),
        do=lambda act, ref, said: replies.decline(act, ref, said.values["reason"]),
    ),
    Form(
        name="ask",
        asks=(Ask("text", "prose", words="question_text"),),
        do=lambda act, ref, said: replies.ask(act, ref, said.text, cleared=said.cleared),
        search=lambda act, one, said: replies.found_in_words(act, one, said.text, cleared=said.cleared),
    ),
    Form(
        name="complete",
        asks=(
            Ask("outcome", "choice", of="outcomes", words="referral_outcome"),
            Ask("traced_agreed", "flag"),
            Ask("text", "prose", words="report_text"),
        ),
        do=lambda act, ref, said: replies.complete(
            act,
            ref,
            said.values["outcome"],
            words=said.text,
            give=said.give,
            cleared=said.cleared,
            traced_person_consented=said.agreed,
        ),
        search=_search_report,
        offers=_for_report,
    ),
    Form(
        name="fail",
        asks=(
            Ask("reason", "choice", of="failure_reasons", words="fail_reason"),
            Ask("traced_agreed", "flag"),
        ),
        do=lambda act, ref, said: replies.fail(
            act, ref, said.values["reason"], traced_person_consented=said.agreed
        ),
    ),
    Form(
        name="hold",
        asks=(Ask("duty", "choice", of="duties_to_keep", words="hold_duty"),),
        do=lambda act, ref, said: replies.hold(act, ref, said.values["duty"]),
    ),
)


def show(form: Form, visit: Visit) -> Response:
    with visit.act() as act:
        referral = find.thread(act, visit.params["reference"], what=form.name)[-1]
        values, draft = drafted(act.session, visit, form.asks, {})
        give = frozenset(draft.values.get("give", ())) if draft else frozenset()
        return _page(form, visit, act, referral, Said(values, give, frozenset()))


def take(form: Form, visit: Visit) -> Response:
    """Done once: pressed again, the referral has moved on, and its page says so."""
    with visit.act() as act:
        referral = find.thread(act, visit.params["reference"], what=form.name)[-1]
        offered = {one.category for one in _offered(form, act, referral, visit)}
        said = Said(
            typed(visit, form.asks),
            frozenset(visit.all_said("give")) & offered,
            frozenset(visit.all_said("clear")),
        )
        try:
            for ask in form.asks:
                if ask.kind == "choice" and not said.values[ask.name]:
                    raise InputError("missing", field=ask.name)
            with act.session.begin_nested():
                found = form.search(act, referral, said) if form.search and said.text.strip() else None
                if found is not None and found.uncleared:
                    return _page(form, visit, act, referral, said, found=found)
                form.do(act, visit.params["reference"], said)
        except EnvelopeError as error:
            if error.code not in ("envelope.transition", "envelope.actor"):
                return _page(form, visit, act, referral, said, error=error)
            return visit.go(f"/referrals/{referral.reference}", done="moved_on")
        except (InputError, ConsentError, PeerError) as error:
            if error.code == "peer.not_allowed":
                raise
            return _page(form, visit, act, referral, said, error=error)
        drop_draft(act.session, visit.me.code, visit.here)
    return visit.go(f"/referrals/{referral.reference}", done=f"referral_{form.name}")


def _page(
    form: Form,
    visit: Visit,
    act: Act,
    referral: Referral,
    said: Said,
    *,
    found: Search | None = None,
    error: SongtorError | None = None,
) -> Response:
    at_fault = error if isinstance(error, InputError) else None
    made = fields_of(visit, form.asks, said.values, at_fault)
    shown = [_with_options(visit, act, referral, field) for field in made if _belongs(referral, field)]
    seen: list[Place] = places(found, "", visit.lang) if found else []
    asked = [one for one in history.messages(act.session, referral.task) if one.kind == "question"]
    question = asked[-1].payload.question.text if asked and asked[-1].payload else ""
    case = act.session.get(Case, referral.case_id) if referral.case_id else None
    return visit.show(
        "referral/form.html",
        422 if error or found else 200,
        **words(visit),
        form=form,
        one=referral,
        stand=standing(visit, referral),
        case_code=case.code if case else "",
        fields=shown,
        offered=_offered(form, act, referral, visit),
        known={line["category"] for line in referral.lines if line["leaves"]},
        given=said,
        found=seen,
        question=question if form.name == "answer" else "",
        message="" if error is None or any(field.error for field in shown) else _words_of(visit, error),
    )


def _words_of(visit: Visit, error: SongtorError) -> str:
    """What to do with it on these pages."""
    key = _HERE.get(error.code)
    return str(visit.t(key)) if key else error.words(visit.lang)


def _offered(form: Form, act: Act, referral: Referral, visit: Visit) -> Sequence[Told]:
    today = act.now.astimezone().date()
    return told(form.offers(act, referral), visit.t, visit.lang, today) if form.offers else ()


def _belongs(referral: Referral, field: Field) -> bool:
    """Whether a person who is looked for agreed is asked only where somebody is."""
    return field.name != "traced_agreed" or (
        referral.purpose in policy().purposes
        and purpose_of(policy(), referral.purpose).traced_person_consents
    )


def _with_options(visit: Visit, act: Act, referral: Referral, field: Field) -> Field:
    if field.name == "by":
        people = _people(visit, act, referral)
        alone = people[0].value if len(people) == 1 else ""
        return replace(field, options=people, value=field.value or alone)
    return replace(field, options=[one for one in field.options if one.value not in _NOT_OURS])


def _people(visit: Visit, act: Act, referral: Referral) -> list[Option]:
    """Whose word it may be: the client's, or a guardian's who is not the danger (C6)."""
    record = _own(act, referral)
    client = Option("client", str(visit.t("field.withdrawn_by_client")))
    if record is None:
        return [client]
    return [
        client,
        *(
            Option(named(record, one), f"{one.relation} {one.name_thai or one.name_latin}".strip())
            for one in may_be_given(record)
        ),
    ]


PAGES = tuple(
    Page(
        path=f"/referrals/{{reference}}/{form.name}",
        may=May.CASEWORK,
        get=partial(show, form),
        post=partial(take, form),
    )
    for form in FORMS
)
