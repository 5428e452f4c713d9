"""What officers write is searched for what its reader was not told, by the rule that nodes keep. Rule M7."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from songtor_hub.bootstrap import Hub
from songtor_hub.desks import acts, refer_to_node, route
from songtor_hub.desks.desk import Desk
from songtor_hub.desks.opening import open_task
from songtor_hub.seats import desk_keys
from songtor_hub.store.engine import writing
from songtor_proto.errors import ConsentError
from songtor_proto.times import to_ms
from songtor_proto.wire import envelope_pb2 as wire
from songtor_proto.wire.payload_pb2 import Answer, Facts, Name, Payload, Place, Question
from tests.hub.test_refer_to_node import CASE
from tests.support.desks import CANARY, NEEDS, Partner, at, facts, state_of
from tests.support.hub import NewHub

NewConsole = Callable[..., Hub]
PHONE = "+49 30 000000"  # as the partner's facts have it
STRANGERS = "081-234-5678"
SHELTER = "TH-00/shelter-50"


@contextmanager
def found(*kinds: str) -> Iterator[list[str]]:
    """It is refused for findings of these kinds; gives their ids, and no text of theirs in the refusal."""
    ids: list[str] = []
    with pytest.raises(ConsentError) as refused:
        yield ids
    assert refused.value.code == "consent.findings"
    named = [one.rsplit(":", 2) for one in refused.value.field.split()]
    assert [kind for _, kind, _ in named] == list(kinds)
    ids += [identity for _, _, identity in named]


def of_centre(narrative: str, share: str = "name, narrative") -> bytes:
    text = CASE.replace("  birth_date", f"  narrative: {narrative}\n  birth_date")
    text = text.replace("share: [name]", f"share: [{share}]")
    return text.replace("problems, name]", "problems, name, narrative]").encode()


def held(berlin: Partner, desk: Desk, text: str = "ขอที่พัก") -> str:
    """A referral to the centre, with name and telephone number in fields of their own, and in work."""
    said = facts()
    said.request.text, said.narrative = text, ""
    categories = (*NEEDS, "name", "narrative")
    ref = berlin.refer(
        "TH-00/tsda",
        purpose="emergency_protection",
        said=said,
        categories=categories,
        further=[SHELTER, "TH-00/dwf"],
    )
    acts.accept(desk, ref)
    acts.start(desk, ref)
    return ref


def with_shelter(desk: Desk) -> None:
    hub = desk.hub
    desk_keys.make(hub.keyring, SHELTER, hub.random)
    hub.keyring.save()
    with writing(hub.engine) as connection:
        desk_keys.publish(connection, hub.keyring, hub.network, SHELTER, to_ms(hub.clock()), hub.random)


def routed(desk: Desk, ref: str, to: str) -> str:
    (part,) = route.prepare(desk, ref, [to])
    route.send(desk, [part])
    return part.reference


def test_a_case_of_the_centres_waits_until_each_finding_is_cleared(
    new_hub: NewHub, new_console: NewConsole
) -> None:
    """M7: a withheld birth date and a stranger's number are shown and named; one cleared is not the other."""
    hub = new_hub()
    berlin, tsda = Partner(hub, "DE-02"), at(new_console, hub, "tsda")
    file = of_centre(f"{CANARY} เกิด 13/4/2501 โทร 030 901820")
    draft = refer_to_node.prepare(tsda, file, "DE-02")
    shown = [(one["path"], one["kind"], one["text"], one["cleared"]) for one in draft.search.as_data()]
    assert shown == [
        ("narrative", "birth_date", "13/4/2501", False),
        ("narrative", "phone", "030 901820", False),
    ]
    first, second = (one.id for one in draft.search.findings)
    for cleared, left in (
        ((), ("birth_date", "phone")),
        ((first,), ("phone",)),
        (("x", second), ("birth_date",)),
    ):
        with found(*left):
            refer_to_node.send(tsda, refer_to_node.prepare(tsda, file, "DE-02", cleared=cleared))
    assert berlin.mail() == []
    refer_to_node.send(tsda, refer_to_node.prepare(tsda, file, "DE-02", cleared=(first, second)))
    assert "030 901820" in berlin.mail(wire.KIND_REFERRAL)[0][1].referral.facts.narrative
    other = of_centre(f"{CANARY} เกิด 13/4/2501 โทร 030 901820 นะ")
    assert len(refer_to_node.prepare(tsda, other, "DE-02", cleared=(first, second)).search.uncleared) == 2


def test_an_answer_to_a_node_is_searched_for_what_it_was_not_sent(
    new_hub: NewHub, new_console: NewConsole
) -> None:
    """M7: the name went with the referral, the birth date stayed in the centre's file, and stays."""
    hub = new_hub()
    berlin, tsda = Partner(hub, "DE-02"), at(new_console, hub, "tsda")
    draft = refer_to_node.prepare(tsda, CASE.encode(), "DE-02")
    refer_to_node.send(tsda, draft)
    ref = draft.reference
    berlin.send(ref, wire.KIND_QUESTION, Payload(question=Question(text="?")), state=wire.STATE_ON_HOLD)
    words = f"{CANARY} เกิด 1958-04-13"
    with found("birth_date") as ids:
        acts.answer(tsda, ref, words)
    assert state_of(hub, ref) == "on_hold"
    acts.answer(tsda, ref, words, cleared=ids)
    assert berlin.mail(wire.KIND_ANSWER)[0][1].answer.text == words
    sent = open_task(tsda, ref).messages[0]
    assert (sent.kind, sent.ours, sent.said.referral.facts) == ("referral", True, draft.disclosure.facts)


def test_text_back_to_the_sender_is_not_searched_for_its_own_facts(
    new_hub: NewHub, new_console: NewConsole, database: str
) -> None:
    """M7: what the referrer said, at first or in an answer, is known to it; a stranger's number is not."""
    hub = new_hub(database=database)
    berlin, tsda = Partner(hub, "DE-02"), at(new_console, hub, "tsda")
    ref = held(berlin, tsda)
    with found("phone") as ids:
        acts.ask(tsda, ref, f"{CANARY} ใช้เบอร์ {STRANGERS} หรือไม่")
    assert state_of(hub, ref) == "in_progress"
    acts.ask(tsda, ref, f"{CANARY} ใช้เบอร์ {STRANGERS} หรือไม่", cleared=ids)
    answer = Answer(text="ไม่", facts=Facts(name=Name(latin="Daorueang Sommot")))
    berlin.send(ref, wire.KIND_ANSWER, Payload(answer=answer))
    acts.ask(tsda, ref, f"Sommot {CANARY} โทร 030-000000 ที่ Berlin ใช่หรือไม่")
    assert len(berlin.mail(wire.KIND_QUESTION)) == 2


def test_a_report_is_searched_for_what_the_parts_reported(new_hub: NewHub, new_console: NewConsole) -> None:
    """M7, L10: where she was taken is in no words to the node, until it is cleared or given as a place."""
    hub = new_hub()
    berlin, tsda = Partner(hub, "DE-02"), at(new_console, hub, "tsda")
    with_shelter(tsda)
    ref = held(berlin, tsda)
    shelter, part = at(new_console, hub, "shelter-50"), routed(tsda, ref, "shelter-50")
    acts.accept(shelter, part)
    acts.start(shelter, part)
    acts.complete(shelter, part, "placed_in_care", Facts(place=Place(city="ลำพูน")))
    with found("place"):
        acts.complete(tsda, ref, "assisted", Facts(narrative="พักที่ลำพูนแล้ว"))
    with found("place") as ids:
        acts.ask(tsda, ref, "ย้ายจากลำพูนได้หรือไม่")
    assert state_of(hub, ref) == "in_progress"
    acts.ask(tsda, ref, "ย้ายจากลำพูนได้หรือไม่", cleared=ids)
    berlin.send(ref, wire.KIND_ANSWER, Payload(answer=Answer(text="ได้")))
    acts.complete(tsda, ref, "assisted", Facts(place=Place(city="ลำพูน"), narrative="พักที่ลำพูนแล้ว"))
    assert berlin.mail(wire.KIND_STATUS)[-1][1].status.facts.narrative == "พักที่ลำพูนแล้ว"


def test_an_answer_to_a_part_is_searched_for_what_that_desk_did_not_get(
    new_hub: NewHub, new_console: NewConsole
) -> None:
    """M3, M7: a shelter has the name and not the telephone number, which another desk has."""
    hub = new_hub()
    berlin, tsda = Partner(hub, "DE-02"), at(new_console, hub, "tsda")
    with_shelter(tsda)
    ref = held(berlin, tsda)
    words = f"{CANARY} โทร 030 000000"
    shelter, dwf = routed(tsda, ref, "shelter-50"), routed(tsda, ref, "dwf")
    for desk, part in (("shelter-50", shelter), ("dwf", dwf)):
        acts.ask(at(new_console, hub, desk), part, "ติดต่อได้ทางใด")
    with found("contact"):
        acts.answer(tsda, shelter, words)
    acts.answer(tsda, dwf, words)
    assert [state_of(hub, part) for part in (shelter, dwf)] == ["on_hold", "received"]


def test_routing_on_searches_texts_for_what_the_next_desk_does_not_get(
    new_hub: NewHub, new_console: NewConsole
) -> None:
    """M3, M7: a number that went in a field too needed no clearing; where the field stays, it does.

    What the sender cleared for the first desk is not asked for again."""
    hub = new_hub()
    berlin, tsda = Partner(hub, "DE-02"), at(new_console, hub, "tsda")
    with_shelter(tsda)
    ref = held(berlin, tsda, f"ขอที่พัก โทร {PHONE} หรือ {STRANGERS}")
    shelter, dwf = route.prepare(tsda, ref, ["shelter-50", "dwf"])
    assert [one.kind for one in shelter.search.uncleared] == ["contact"]
    assert [one["text"] for one in dwf.search.as_data() if one["cleared"]] == [STRANGERS]
    assert dwf.search.uncleared == ()
    with found("contact") as ids:
        route.send(tsda, [dwf, shelter])
    assert tsda.parts(tsda.find(ref).id) == []
    route.send(tsda, route.prepare(tsda, ref, ["shelter-50", "dwf"], cleared=ids))
    assert len(tsda.parts(tsda.find(ref).id)) == 2


def test_what_is_not_sent_is_not_searched(new_hub: NewHub, new_console: NewConsole) -> None:
    """C9, M7: of a traced person who has not agreed no word leaves, so there is nothing to clear."""
    hub = new_hub()
    berlin, tsda = Partner(hub, "DE-02"), at(new_console, hub, "tsda")
    ref = berlin.refer("TH-00/tsda", purpose="tracing", categories=("name", "place"))
    acts.accept(tsda, ref)
    acts.start(tsda, ref)
    acts.complete(tsda, ref, "person_found", Facts(narrative=f"โทร {STRANGERS}"))
    assert not berlin.mail(wire.KIND_STATUS)[-1][1].status.HasField("facts")
