"""What every test may count on."""

import pytest

# Fixtures that several rooms need; each module says what for.
pytest_plugins = [
    "tests.support.postgres",
    "tests.support.hub",
    "tests.support.refusal",
    "tests.support.post",
    "tests.support.linked",
]


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    """grpcio's event loop is asyncio's, so ours is too."""
    return "asyncio"
