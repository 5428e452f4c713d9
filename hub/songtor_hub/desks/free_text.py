"""What an officer writes or sends on is searched before it leaves, for what its reader was not told. Rule M7.

What the desk holds about the case is opened only to be compared; nobody is shown anything of it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from songtor_hub.desks import refer_to_node
from songtor_hub.desks.desk import SENT, Desk, Task
from songtor_proto.address import Address
from songtor_proto.findings import Search, identities, search
from songtor_proto.minimise import strings
from songtor_proto.wire import envelope_pb2 as wire
from songtor_proto.wire.payload_pb2 import Facts, Payload

_WITH_FACTS = (wire.KIND_REFERRAL, wire.KIND_ANSWER, wire.KIND_STATUS)


def check_reply(
    desk: Desk, task: Task, texts: Mapping[str, str], given: Facts, cleared: Collection[str]
) -> None:
    """Text back to the referrer, who knows its own facts and is `given` these; not what parts reported.

    ConsentError("findings").
    """
    if texts:
        told = [given, *_heard(desk, task.id)]
        _search(desk, task, texts, [*told, *_reported(desk, task.id)], told, cleared).require_cleared()


def check_answer(desk: Desk, task: Task, text: str, cleared: Collection[str]) -> None:
    """Text to whom the desk referred: of all that it holds about the case, they know what it sent there.

    ConsentError("findings").
    """
    told = [*_sent(desk, task), *_heard(desk, task.id)]
    if task.part_of is None:
        held = [refer_to_node.filed(desk, task)]
    else:
        held = [*_heard(desk, task.part_of), *_reported(desk, task.part_of)]
    _search(desk, task, {"text": text}, [*told, *held], told, cleared).require_cleared()


def search_part(
    desk: Desk, task: Task, messages: Sequence[Payload], facts: Facts, cleared: Collection[str]
) -> Search:
    """The texts of `facts`, which go on to another desk. What the sender cleared for this one stays cleared;
    what needed no clearing, as a field said it too, does where the other desk does not get that field."""
    texts, held = dict(strings(facts)), [one for said in messages for one in _facts(said)]
    here = _search(desk, task, texts, held, held, ())
    return _search(desk, task, texts, held, [facts], {*cleared, *(one.id for one in here.findings)})


def _search(
    desk: Desk,
    task: Task,
    texts: Mapping[str, str],
    known: Sequence[Facts],
    told: Sequence[Facts],
    cleared: Collection[str],
) -> Search:
    root = desk.root(task)
    abroad = root.referrer if Address.parse(root.referrer).is_node else root.recipient
    country = Address.parse(abroad).country
    return search(texts, identities(*known), told=identities(*told), country=country, cleared=cleared)


def _heard(desk: Desk, task_id: bytes) -> list[Facts]:
    """What the other side of a task said of it."""
    mail = [row for row, header in desk.mail(task_id) if row.sealed and header.kind in _WITH_FACTS]
    return [facts for row in mail for facts in _facts(desk.read(row))]


def _reported(desk: Desk, task_id: bytes) -> list[Facts]:
    return [facts for part in desk.parts(task_id) for facts in _heard(desk, part.id)]


def _sent(desk: Desk, task: Task) -> list[Facts]:
    own = [desk.unseal(act) for act in desk.acts(task.id) if act.act == SENT]
    return [facts for said in own if said for facts in _facts(Payload.FromString(said))]


def _facts(said: Payload) -> tuple[Facts, ...]:
    """Of whatever body it has."""
    return said.referral.facts, said.answer.facts, said.status.facts
