"""What people at a node do, drawn from what they could do now."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from random import Random
from typing import Any

from sqlmodel import col, func, select

from songtor_node.cases import service
from songtor_node.cases.models import Case
from songtor_node.consents import acts as consents
from songtor_node.consents.ground import House
from songtor_node.consents.models import Consent
from songtor_node.referrals import acts, replies
from songtor_node.referrals.act import Act
from songtor_node.referrals.models import Referral
from songtor_node.store.engine import reading
from songtor_node.workers import acting
from songtor_proto.lifecycle import OPEN
from songtor_proto.vocabulary import jurisdictions, policy
from songtor_proto.wire import envelope_pb2 as wire
from tests.simulate.people import Agreed, Dossier, draw_case, draw_consent, draw_ticks, may_leave
from tests.simulate.world import Broken, World

# A ground may end between the client's word and the worker's act, and a seat be revoked.
_GROUND_ENDED = ("consent.expired", "consent.withdrawn", "consent.not_confirmed", "consent.missing")
_UNREACHABLE = ("peer.unknown", "peer.revoked", "peer.key_changed")
_FREE_TEXT = frozenset({"narrative"})


def any_act(world: World, name: str) -> None:
    """One act of the node's workers."""
    seat, random = world.seats[name], world.plan
    with reading(seat.node.engine) as session:
        referrals = list(session.exec(select(Referral).order_by(col(Referral.task))))
        codes = dict(session.exec(select(Case.id, Case.code)).all())
    # (What came from elsewhere goes when it is withdrawn there.)
    seat.dossiers = [dossier for dossier in seat.dossiers if dossier.code in codes.values()]
    choices: list[tuple[float, Callable[[], None]]] = [
        (1.0 if len(seat.dossiers) < 3 else 0.2, partial(new_case, world, name))
    ]
    for dossier in seat.dossiers:
        if len(dossier.consents) < 3:
            choices.append((1.0 / (1 + len(dossier.consents)), partial(agree, world, name, dossier)))
        for agreed in dossier.consents:
            choices.append((0.8, partial(refer, world, name, dossier, agreed)))
            if agreed.alone:
                choices.append((0.5, partial(confirm, world, name, dossier, agreed)))
            choices.append((0.05, partial(withdraw_ground, world, name, agreed)))
    for referral in referrals:
        if referral.outgoing:
            choices += _outgoing(world, name, referral, codes.get(referral.case_id, ""))
        else:
            choices += _incoming(world, name, referral)
    weights = [weight for weight, _ in choices]
    random.choices(choices, weights)[0][1]()


def new_case(world: World, name: str) -> None:
    form, dossier = draw_case(world.plan, world.marks, name)
    last = _last_case(world, name)

    def create(act: Act) -> None:
        service.create(act.session, form, by=acting(act.session, act.by), now=act.now, random=act.random)

    world.act(name, "takes a case", create)
    _learn_code(world, name, dossier, last)


def agree(world: World, name: str, dossier: Dossier) -> None:
    node, random = world.seats[name].node, world.plan
    form, agreed = draw_consent(random, world.marks, dossier, tuple(world.seats), world.clock())
    house = House(name, jurisdictions()[name[:2]], node.vocabulary, node.policy)
    codes: list[str] = []

    def record(act: Act) -> None:
        case, by = service.find(act.session, dossier.code, act.by, what="consent record", now=act.now)
        made = consents.record(act.session, case, form, house, by=by, now=act.now, random=act.random)
        codes.append(made.code)

    if world.act(name, f"records {form.basis} for {form.purpose}", record) is not None and codes:
        with reading(world.seats[name].node.engine) as session:
            if session.get(Consent, codes[0]) is not None:  # it may have died before the commit
                dossier.consents.append(
                    Agreed(codes[0], agreed.purpose, agreed.categories, agreed.recipients, agreed.alone)
                )


def refer(world: World, name: str, dossier: Dossier, agreed: Agreed) -> None:
    to = world.plan.choice(agreed.recipients)
    _send(world, name, dossier, agreed, to, f"refers to {to}", acts.refer, dossier.code)


def again(world: World, name: str, dossier: Dossier, agreed: Agreed, text: str) -> None:
    to = world.plan.choice(agreed.recipients)
    _send(world, name, dossier, agreed, to, f"shares {text} again, with {to}", acts.again, text)


def _send(
    world: World,
    name: str,
    dossier: Dossier,
    agreed: Agreed,
    to: str,
    what: str,
    do: Callable[[Act, str, acts.Wish], Referral],
    key: str,
) -> None:
    """Where the text holds what is withheld, the worker leaves the text out."""
    ticks, rows = draw_ticks(world.plan, agreed), None
    for without_text in (False, True):
        if without_text:
            ticks = (ticks or frozenset()) - _FREE_TEXT
        wish = acts.Wish(
            to=to,
            purpose=agreed.purpose,
            tick=ticks or frozenset(),
            untick=frozenset() if ticks is None else agreed.categories - ticks,
            ground=agreed.code,
            urgency="red" if agreed.alone else "yellow" if dossier.derived else "",
        )
        fine = (*_GROUND_ENDED, *_UNREACHABLE, "consent.findings", "input.not_here", "input.case")
        rows = world.act(name, what, lambda act, wish=wish: do(act, key, wish), fine=fine)  # type: ignore[misc]
        if rows is not None or "consent.findings" not in world.trace[-1]:
            break
    may = may_leave(agreed, to, ticks, dossier.unsafe)
    content = {category: marks for category, marks in dossier.marks.items() if category in may}
    world.remember(rows, wire.KIND_REFERRAL, name, content, exact=not dossier.derived)


def confirm(world: World, name: str, dossier: Dossier, agreed: Agreed) -> None:
    """The second worker stands for it too."""

    def do(act: Act) -> None:
        ground, _, by = consents.find(act.session, agreed.code, act.by, what="confirm", now=act.now)
        consents.confirm(act.session, ground, by=by, now=act.now)

    rows = world.act(name, f"confirms {agreed.code}", do, fine=(*_GROUND_ENDED, "input.not_here"), worker=1)
    if rows is not None:
        with reading(world.seats[name].node.engine) as session:
            ground = session.get(Consent, agreed.code)
        if ground is not None and ground.confirmed:
            dossier.consents[dossier.consents.index(agreed)] = Agreed(
                agreed.code, agreed.purpose, agreed.categories, agreed.recipients, alone=False
            )


def withdraw_ground(world: World, name: str, agreed: Agreed) -> None:
    fine = ("consent.withdrawn", "consent.not_theirs", "input.not_here")
    world.act(
        name,
        f"hears that {agreed.code} is withdrawn",
        lambda act: acts.withdraw_ground(act, agreed.code, person="client"),
        fine=fine,
    )


def _outgoing(
    world: World, name: str, referral: Referral, case: str
) -> list[tuple[float, Callable[[], None]]]:
    text = referral.reference
    choices: list[tuple[float, Callable[[], None]]] = []
    if referral.state == wire.STATE_ON_HOLD:
        choices.append((3.0, partial(_answer, world, name, referral)))
    if referral.state in OPEN:
        reason = world.plan.choice(["no_longer_needed", "duplicate", "entered_in_error"])
        choices.append((0.1, partial(_cancel, world, name, text, reason)))
    if referral.withdrawn_at is None:
        choices.append((0.1, partial(_withdraw, world, name, text)))
    for dossier in world.seats[name].dossiers:
        if dossier.code == case:
            weight = 0.6 if referral.state == wire.STATE_REJECTED else 0.1
            choices += [
                (weight, partial(again, world, name, dossier, agreed, text)) for agreed in dossier.consents
            ]
    return choices


def _answer(world: World, name: str, referral: Referral) -> None:
    mark = world.marks.thai(name)
    said = next(
        (said for said in world.said if said.task == referral.task and said.kind == wire.KIND_REFERRAL), None
    )
    can = sorted(set(said.content) - {""}) if said else []
    give = frozenset(code for code in can if world.plan.random() < 0.3)
    rows = world.act(
        name,
        f"answers {referral.reference}, giving {sorted(give)}",
        lambda act: acts.answer(act, referral.reference, f"ตอบ {mark}", give=give, cleared=frozenset()),
        fine=(
            "envelope.transition",
            "consent.findings",
            "consent.categories",
            *_GROUND_ENDED,
            *_UNREACHABLE,
            "input.case",
        ),
    )
    content = {code: said.content[code] for code in give} if said else {}
    exact = said is None or said.exact
    world.remember(rows, wire.KIND_ANSWER, name, {**content, "answer": frozenset({mark})}, exact=exact)


def _cancel(world: World, name: str, text: str, reason: str) -> None:
    world.act(
        name,
        f"cancels {text}: {reason}",
        lambda act: acts.cancel(act, text, reason),
        fine=("envelope.transition", *_UNREACHABLE),
    )


def _withdraw(world: World, name: str, text: str) -> None:
    fine = ("consent.withdrawn", "consent.not_theirs", *_UNREACHABLE)
    world.act(name, f"withdraws {text}", lambda act: acts.withdraw(act, text, person="client"), fine=fine)


def _incoming(world: World, name: str, referral: Referral) -> list[tuple[float, Callable[[], None]]]:
    state = referral.state
    choices: list[tuple[float, Callable[[], None]]] = []

    def offer(weight: float, do: Callable[[World, str, Referral], None]) -> None:
        choices.append((weight, partial(do, world, name, referral)))

    if state == wire.STATE_RECEIVED:
        offer(2.0, _accept)
        offer(0.6, _decline)
    if state == wire.STATE_ACCEPTED:
        offer(1.5, _start)
    if state in (wire.STATE_RECEIVED, wire.STATE_ACCEPTED, wire.STATE_IN_PROGRESS):
        offer(0.5, _ask)
    if state == wire.STATE_IN_PROGRESS:
        offer(1.5, _complete)
        offer(0.3, _fail)
    if state in OPEN and not referral.hold:
        offer(0.05, _hold)
    return choices


def _accept(world: World, name: str, referral: Referral) -> None:
    last = _last_case(world, name)
    world.act(
        name,
        f"accepts {referral.reference}",
        lambda act: replies.accept(act, referral.reference),
        fine=(
            "envelope.transition",
            "consent.expired",
            "consent.not_confirmed",
            "consent.withdrawn",
            *_UNREACHABLE,
        ),
    )
    content = [
        said.content for said in world.said if said.task == referral.task and said.kind == wire.KIND_REFERRAL
    ]
    _learn_code(world, name, Dossier(name, content[0] if content else {}, child=False, derived=True), last)


def _decline(world: World, name: str, referral: Referral) -> None:
    reason = world.plan.choice(list(policy().rejection_reasons))
    _reply(world, name, referral, f"declines: {reason}", lambda act, text: replies.decline(act, text, reason))


def _start(world: World, name: str, referral: Referral) -> None:
    _reply(world, name, referral, "starts", replies.start)


def _ask(world: World, name: str, referral: Referral) -> None:
    mark = world.marks.thai(name)
    rows = _reply(
        world, name, referral, "asks", lambda act, text: replies.ask(act, text, f"ถาม {mark}", cleared=())
    )
    world.remember(rows, wire.KIND_QUESTION, name, {"question": frozenset({mark})})


def _complete(world: World, name: str, referral: Referral) -> None:
    purpose, mark = policy().purposes[referral.purpose], world.marks.thai(name)
    agreed = world.plan.random() < 0.3
    rows = _reply(
        world,
        name,
        referral,
        "completes",
        lambda act, text: replies.complete(
            act,
            text,
            world_outcome(world.plan),
            words=f"ผล {mark}",
            give=(),
            cleared=(),
            traced_person_consented=agreed,
        ),
        "envelope.parts_open",
    )
    told = agreed or not purpose.traced_person_consents
    world.remember(rows, wire.KIND_STATUS, name, {"outcome": frozenset({mark} if told else ())})


def world_outcome(random: Random) -> str:
    return random.choice(list(policy().outcomes))


def _fail(world: World, name: str, referral: Referral) -> None:
    _reply(
        world,
        name,
        referral,
        "fails",
        lambda act, text: replies.fail(act, text, "contact_lost"),
        "consent.traced_person",
    )


def _hold(world: World, name: str, referral: Referral) -> None:
    _reply(
        world,
        name,
        referral,
        "must keep what came",
        lambda act, text: replies.hold(act, text, "court_order"),
        "consent.withdrawn",
    )


def _reply(
    world: World, name: str, referral: Referral, what: str, do: Callable[[Act, str], Any], *fine: str
) -> Any:
    text = referral.reference
    return world.act(
        name, f"{what} {text}", lambda act: do(act, text), fine=("envelope.transition", *_UNREACHABLE, *fine)
    )


def _last_case(world: World, name: str) -> int:
    with reading(world.seats[name].node.engine) as session:
        return session.exec(select(func.max(Case.id))).one() or 0


def _learn_code(world: World, name: str, dossier: Dossier, last: int) -> None:
    """The code of the case that an act made, if it made one."""
    with reading(world.seats[name].node.engine) as session:
        made = session.exec(select(Case).where(col(Case.id) > last)).all()
    if len(made) > 1:
        raise Broken(f"one act at {name} made {len(made)} cases")
    for case in made:
        dossier.code = case.code
        world.seats[name].dossiers.append(dossier)
