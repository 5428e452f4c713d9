"""How a refused call looks to the caller, and what the hub's log says of it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, cast

import grpc
import pytest
from structlog.testing import capture_logs

from songtor_proto.errors import catalogue


@contextmanager
def refused(code: str, field: str | None = None) -> Iterator[None]:
    """What is done inside is refused with that code, its gRPC status, and that field if one is given (X2)."""
    with pytest.raises(grpc.RpcError) as caught:
        yield
    call = cast("grpc.Call", caught.value)
    assert call.details() == code
    assert call.code().name == catalogue()[code].grpc
    assert field is None or dict(call.trailing_metadata() or ()).get("songtor-field") == field


@contextmanager
def no_handshake() -> Iterator[None]:
    """What is done inside never gets as far as a call."""
    with pytest.raises(grpc.RpcError) as caught:
        yield
    assert cast("grpc.Call", caught.value).code() is grpc.StatusCode.UNAVAILABLE


@pytest.fixture
def logged() -> Iterator[list[Any]]:
    """Everything that is logged, in order."""
    with capture_logs() as lines:
        yield lines
