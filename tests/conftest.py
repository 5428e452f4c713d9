"""What every test may count on."""

import pytest


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    """grpcio's event loop is asyncio's, so ours is too."""
    return "asyncio"
