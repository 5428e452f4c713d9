"""Whatever bytes reach a node or its commands, only declared errors come out, and nothing stops."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import select

from songtor_node.keys import KnownKey
from songtor_node.referrals import find, inbox, outbox
from songtor_node.referrals.act import Act, act
from songtor_node.referrals.models import Inbox, Outbox
from songtor_node.referrals.models import Referral as Row
from songtor_node.referrals.new_case import case_file
from songtor_node.store.engine import writing
from songtor_proto.envelope.layout import SEALED_SIZES, signed_bytes, uuid7
from songtor_proto.errors import SongtorError
from songtor_proto.reference import new as new_reference
from songtor_proto.times import to_ms
from songtor_proto.wire import envelope_pb2 as wire
from songtor_proto.wire.exchange_pb2 import Refusal, SubmitResult
from songtor_proto.wire.payload_pb2 import (
    Contact,
    Demographics,
    Facts,
    Genogram,
    GenogramPerson,
    GenogramTie,
    IdentityNumber,
    LifeEvent,
    Name,
    Place,
    Referral,
    Relative,
    Request,
    Service,
    Threat,
)
from tests.support.keys import owner
from tests.support.node import NOW, new_node

HERE, THERE = "DE-01", "TW-44"
Undone = Callable[[], AbstractContextManager[Act]]
words = st.text(max_size=30)
numbers = st.integers(0, 4)
ids = st.builds(lambda: uuid7(to_ms(NOW), os.urandom)) | st.binary(max_size=20)


class _Undone(Exception):
    pass


@pytest.fixture(scope="module")
def undone(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Undone]:
    """Acts that are taken back at their end, at a node that knows one other seat; no hub is needed."""
    node = new_node(tmp_path_factory.mktemp("bytes") / "node", seat=HERE)
    theirs = owner(THERE)
    with writing(node.engine) as session:
        session.add(
            KnownKey(
                owner=THERE,
                version=1,
                signing_key=theirs.signing.public,
                sealing_key=theirs.sealing.public,
                statement=b"",
                trusted=True,
            )
        )

    @contextmanager
    def begin() -> Iterator[Act]:
        with suppress(_Undone), act(node) as now:
            yield now
            raise _Undone

    yield begin
    node.close()


@given(header=st.binary(max_size=200), sealed=st.binary(max_size=200), signature=st.binary(max_size=70))
def test_bytes_that_are_no_envelope_are_set_aside(
    undone: Undone, header: bytes, sealed: bytes, signature: bytes
) -> None:
    """Row 12, row 26: kept with an alert, once, however often they come."""
    with undone() as now:
        envelope = wire.Envelope(header=header, sealed=sealed, signature=signature)
        inbox.receive(now, envelope)
        inbox.receive(now, envelope)
        (row,) = now.session.exec(select(Inbox)).all()
        assert row.effect == "aside"


@st.composite
def headers(draw: Any) -> wire.Header:
    """Mostly well-formed, of any kind and state, known or not."""
    one = draw(ids)
    return wire.Header(
        version=1,
        suite=wire.SUITE_MLKEM768_X25519_HKDF_SHA256_AES_256_GCM_ED25519,
        envelope_id=one,
        kind=draw(st.integers(1, 12)),
        sender=draw(st.sampled_from([THERE, "TH-00", "TH-00/dwf", HERE])),
        recipient=HERE,
        reference=new_reference(THERE, os.urandom),
        urgency=draw(st.integers(0, 5)),
        state=draw(st.integers(0, 14)),
        created_ms=draw(st.integers(-1, 2**62)),
        expires_ms=draw(st.integers(0, 2**62)),
        thread=draw(st.sampled_from([one, uuid7(to_ms(NOW), os.urandom)])),
        task=draw(st.sampled_from([one, uuid7(to_ms(NOW), os.urandom)])),
        task_version=draw(st.integers(0, 3)),
        commitment=bytes(32),
        signing_key_version=draw(st.integers(0, 2)),
        sealing_key_version=draw(st.integers(0, 2)),
    )


@given(header=headers(), size=st.sampled_from([0, *SEALED_SIZES]))
def test_a_signed_envelope_of_any_kind_and_state_stops_nothing(
    undone: Undone, header: wire.Header, size: int
) -> None:
    """E11, M6: what cannot be opened has at most the effect that its header may have."""
    clear, sealed = header.SerializeToString(), bytes(size)
    signature = owner(THERE).signing.sign_raw(signed_bytes(clear, sealed))
    with undone() as now:
        inbox.receive(now, wire.Envelope(header=clear, sealed=sealed, signature=signature))
        inbox.retry(now)


@given(receipt=st.binary(max_size=300), code=words, field=words)
def test_no_answer_of_the_hub_breaks_a_node(undone: Undone, receipt: bytes, code: str, field: str) -> None:
    """D5: what proves nothing leaves the envelope waiting; an unknown code is shown as it is."""
    with undone() as now:
        task = uuid7(to_ms(NOW), os.urandom)
        referral = Row(
            task=task,
            thread=task,
            version=1,
            reference=new_reference(HERE, os.urandom),
            outgoing=True,
            peer=THERE,
            purpose="",
            urgency=1,
            state=wire.STATE_REQUESTED,
            created_at=NOW,
            expires_at=NOW,
            respond_by=NOW,
            terms=b"",
            payload=None,
        )
        row = Outbox(
            envelope_id=task,
            thread=task,
            task=task,
            kind=wire.KIND_REFERRAL,
            recipient=THERE,
            header=b"",
            sealed=b"",
            signature=b"",
            at=NOW,
        )
        now.session.add_all([referral, row])
        now.session.flush()
        assert not outbox.settle(now, row, SubmitResult(receipt=receipt))
        assert row.state == "waiting"
        refused = outbox.settle(now, row, SubmitResult(refusal=Refusal(code=code, field=field)))
        assert refused == (row.state in ("refused", "held"))


def _tie(one: int, other: int, kind: str) -> GenogramTie:
    tie = GenogramTie(to=other, kind=kind)
    setattr(tie, "from", one)
    return tie


@given(
    facts=st.builds(
        Facts,
        request=st.builds(Request, text=words, kinds=st.lists(words, max_size=3)),
        demographics=st.builds(Demographics, sex=words, languages=st.lists(words), target_group=words),
        place=st.builds(Place, city=words, country=words),
        problems=st.lists(words, max_size=3),
        threats=st.lists(st.builds(Threat, subject=words, dimension=words, level=words), max_size=2),
        services=st.lists(st.builds(Service, kind=words, practice_form=words, date=words), max_size=2),
        name=st.builds(Name, thai=words, latin=words),
        birth_date=words,
        contacts=st.lists(st.builds(Contact, channel=words, value=words), max_size=2),
        identity_numbers=st.lists(st.builds(IdentityNumber, kind=words, number=words), max_size=2),
        family=st.lists(st.builds(Relative, relation=words, name=words), max_size=2),
        timeline=st.lists(
            st.builds(LifeEvent, when=words, text=words, id=numbers, after=numbers, led_to=st.lists(numbers)),
            max_size=3,
        ),
        genogram=st.builds(
            Genogram,
            people=st.lists(
                st.builds(GenogramPerson, id=numbers, sex=words, birth_year=words, index=st.booleans())
            ),
            ties=st.lists(st.builds(_tie, numbers, numbers, st.sampled_from(["birth", "married", "?"]))),
        ),
        narrative=words | st.just("ก" * 20_000),
    ),
    referrer=words,
)
def test_any_referral_makes_a_case(facts: Facts, referrer: str) -> None:
    """E11: what a case cannot say is left out; accepting never fails for what a newer side wrote."""
    assert case_file(Referral(facts=facts, referrer=referrer)).channel


@given(text=words)
def test_any_typed_reference_is_refused_in_one_way(undone: Undone, text: str) -> None:
    """R3: only declared errors."""
    with undone() as now, pytest.raises(SongtorError):
        find.thread(now, text, what="test")
