"""A process that takes envelopes in and says each answer, until it is killed.

    python -m tests.support.submitter DATA REQUESTS

REQUESTS holds serialised SubmitRequests of one seat, each after its u32 length. After each commit its
SubmitResponse is printed in hexadecimal, one a line; then it waits to be killed.
"""

from __future__ import annotations

import sys
from pathlib import Path

from songtor_hub.bootstrap import Role, open_hub
from songtor_hub.exchange.exchange import Exchange
from songtor_proto.wire.envelope_pb2 import Header
from songtor_proto.wire.exchange_pb2 import SubmitRequest
from tests.support.hub import PASSPHRASES


def pack(requests: list[SubmitRequest]) -> bytes:
    parts = [request.SerializeToString() for request in requests]
    return b"".join(len(part).to_bytes(4, "big") + part for part in parts)


def unpack(data: bytes) -> list[SubmitRequest]:
    requests = []
    while data:
        size = int.from_bytes(data[:4], "big")
        requests.append(SubmitRequest.FromString(data[4 : 4 + size]))
        data = data[4 + size :]
    return requests


def main() -> None:
    data, requests = Path(sys.argv[1]), Path(sys.argv[2])
    exchange = Exchange(open_hub(data, PASSPHRASES.__getitem__, Role.EXCHANGE))
    for request in unpack(requests.read_bytes()):
        seat = Header.FromString(request.envelopes[0].header).sender
        print(exchange.submit(seat, request).SerializeToString().hex(), flush=True)
    sys.stdin.read()


if __name__ == "__main__":
    main()
