"""What every test may count on."""

import gc

import pytest
import structlog

# Fixtures that several rooms need; each module says what for.
pytest_plugins = [
    "tests.support.postgres",
    "tests.support.hub",
    "tests.support.refusal",
    "tests.support.post",
    "tests.support.linked",
    "tests.support.pair",
    "tests.support.serving",
    "tests.support.at_home",
]

# (With every local drawn in a frame, as is its default, a page's failure takes longer to tell than the test.)
structlog.configure(
    processors=[structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)]
)


def pytest_collection_finish() -> None:
    """What is imported by now stays: the collector, which took a fifth of the time, walks it no more, and
    comes seldom to what the tests make."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    """grpcio's event loop is asyncio's, so ours is too."""
    return "asyncio"
