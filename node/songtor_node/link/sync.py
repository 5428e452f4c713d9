"""One synchronisation with the hub, step by step; `serve` repeats it, a script and the simulator call it.

Renew the certificate, read the key directory (K6: sending stops where ours was swapped), watch the log,
send what waits, fetch what came, acknowledge it, compare. Each step is durable by itself, so that it may
end anywhere.
"""

from __future__ import annotations

from dataclasses import dataclass

from songtor_node import alerts
from songtor_node.bootstrap import Node
from songtor_node.link import compare
from songtor_node.link.directory import read_directory
from songtor_node.link.models import Certificate
from songtor_node.link.place import NOT_LET_IN, read_place
from songtor_node.link.port import Hub, Network
from songtor_node.link.renewal import renew_if_due
from songtor_node.link.witness import watch_log
from songtor_node.referrals import inbox, outbox
from songtor_node.referrals.act import act
from songtor_node.referrals.models import Outbox
from songtor_node.referrals.tick import tick
from songtor_node.settings import keep, kept
from songtor_node.store.engine import reading, writing
from songtor_proto.errors import InputError, LinkError, PeerError
from songtor_proto.times import to_ms
from songtor_proto.wire.exchange_pb2 import FetchRequest, FetchResponse, SubmitRequest

MAX_DELIVERIES = 64  # P1
MAX_WAIT = 50  # seconds, P4
CURSOR = "fetch_cursor"
LAST_CONTACT = "last_contact_ms"


@dataclass(slots=True)
class Report:
    """What one synchronisation moved, in envelopes."""

    sent: int = 0
    received: int = 0
    renewed: bool = False


class Link:
    """A node's line to its hub. It keeps one connection, for the certificate in force."""

    def __init__(self, node: Node, network: Network) -> None:
        self._node = node
        self._network = network
        self._hub: Hub | None = None
        self._chain = b""

    def sync_once(self) -> Report:
        """LinkError where the line failed, PeerError where one side refuses the other; what was done stays
        done. That the hub lets this seat in no more is an alert until it does again."""
        try:
            return self._sync()
        except PeerError as error:
            if error.code in NOT_LET_IN and error.field != "nonce":  # (a nonce only came too late)
                with writing(self._node.engine) as session:
                    alerts.alert(session, error.code, self._node.seat, now=self._node.clock())
            raise

    def _sync(self) -> Report:
        with act(self._node) as now:
            tick(now, mail_read=False)  # what is due here is due without a line, too
        report = Report(renewed=self._renew())
        hub = self.connect()
        with reading(self._node.engine) as session:
            place = read_place(session)
        read_directory(self._node, hub, place)
        with act(self._node) as now:
            inbox.retry(now)
            outbox.reseal(now)
        watch_log(self._node, hub, place)
        report.sent += self.push()
        report.received += self.pull()
        with act(self._node) as now:
            alerts.settle(now.session, *NOT_LET_IN, subject=place.seat)
            tick(now, mail_read=True)
            outbox.reseal(now)  # what the hub has just found to be sealed to old keys
        report.sent += self.push()
        self._compare(hub)
        return report

    def connect(self) -> Hub:
        """The connection, made anew after a renewal."""
        with reading(self._node.engine) as session:
            certificate = session.get(Certificate, 1)
            if certificate is None:
                raise InputError("not_enrolled")
            if self._hub is None or certificate.chain != self._chain:
                place = read_place(session)
                self.close()
                self._hub = self._network.hub(place, key=certificate.key, chain=certificate.chain)
                self._chain = certificate.chain
        return self._hub

    def push(self) -> int:
        """Sends what waits, in order, until nothing moves; how many envelopes were settled."""
        hub, settled = self.connect(), 0
        while True:
            with writing(self._node.engine) as session:
                rows = outbox.batch(session)
                for row in rows:
                    row.offered = True
            if not rows:
                return settled
            answer = hub.submit(SubmitRequest(envelopes=[outbox.envelope(row) for row in rows]))
            if len(answer.results) != len(rows):
                raise PeerError("answer", field="results")
            with act(self._node) as now:
                moved = [
                    outbox.settle(now, now.session.get_one(Outbox, row.sequence), result)
                    for row, result in zip(rows, answer.results, strict=True)
                ]
            if not any(moved):
                return settled
            settled += sum(moved)

    def pull(self) -> int:
        """Fetches and acknowledges until there is nothing more; how many envelopes came."""
        received = 0
        while True:
            answer = self.poll(self.connect(), 0)
            received += self.take(answer)
            if not answer.more:
                return received

    def poll(self, hub: Hub, wait_seconds: int) -> FetchResponse:
        """Asks for what came after the cursor; waits for it at the hub. Touches nothing here."""
        with reading(self._node.engine) as session:
            after = int(kept(session, CURSOR) or 0)
        request = FetchRequest(after=after, limit=MAX_DELIVERIES, wait_seconds=wait_seconds)
        answer = hub.fetch(request)
        sequences = [delivery.sequence for delivery in answer.deliveries]
        if len(sequences) > MAX_DELIVERIES or answer.cursor < after or sequences != sorted(set(sequences)):
            raise PeerError("answer", field="deliveries")
        if sequences and not (after < sequences[0] and sequences[-1] <= answer.cursor):
            raise PeerError("answer", field="cursor")
        return answer

    def take(self, answer: FetchResponse) -> int:
        """Stores what came, its effects and the cursor in one transaction (D6); then says so to the hub
        (D7)."""
        with act(self._node) as now:
            if answer.deliveries:
                inbox.retry(now)  # what came before them and waits
            for delivery in answer.deliveries:
                inbox.receive(now, delivery.envelope)
            keep(now.session, CURSOR, str(answer.cursor))
            keep(now.session, LAST_CONTACT, str(to_ms(now.now)))
        self._acknowledge()
        return len(answer.deliveries)

    def close(self) -> None:
        """May be called from another thread, to end a call that waits."""
        if self._hub is not None:
            self._hub.close()
            self._hub = None

    def _renew(self) -> bool:
        """A line that fails is no reason to stop while the certificate still counts."""
        try:
            return renew_if_due(self._node, self._network)
        except LinkError:
            with reading(self._node.engine) as session:
                if session.get_one(Certificate, 1).not_after <= self._node.clock():
                    raise
            return False

    def _acknowledge(self) -> None:
        while True:
            with act(self._node) as now:
                said = inbox.delivery_receipt(now)
            if said is None:
                return
            request, rows = said
            self.connect().acknowledge(request)
            with writing(self._node.engine) as session:
                for row in rows:
                    session.merge(row).acknowledged = True

    def _compare(self, hub: Hub) -> None:
        """What differs twice, with all mail fetched in between, does differ."""
        with reading(self._node.engine) as session:
            if not compare.is_due(session, self._node.clock()):
                return
        first = compare.differences(self._node, hub)
        if first:
            self.pull()
        second = compare.differences(self._node, hub) if first else {}
        compare.settle(
            self._node, {task: state for task, state in second.items() if first.get(task) == state}
        )
        self.push()
