"""The log: one JSON object a line, on stderr. Codes, seats and counts; never what a case says."""

from __future__ import annotations

import json
import logging
import os
import sys
import traceback
from functools import partial
from pathlib import Path

import structlog


def configure() -> None:
    """For a process that serves, before it loads gRPC. What libraries say comes in the same form."""
    os.environ.setdefault("GRPC_VERBOSITY", "NONE")  # its core writes to stderr in a form of its own
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _where,
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    renderer = structlog.processors.JSONRenderer(serializer=partial(json.dumps, ensure_ascii=False))
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
        )
    )
    logging.basicConfig(handlers=[handler], level=logging.INFO, force=True)
    for noisy in ("uvicorn", "grpc", "alembic", "asyncio"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    logging.getLogger("python_multipart").setLevel(
        logging.ERROR
    )  # it warns of what strangers send, byte by byte


def quiet() -> None:
    """For a command, which tells whoever typed it what went wrong: only an alert is logged, on stderr."""
    structlog.configure(
        processors=[_alerts_alone, structlog.processors.JSONRenderer()],
        logger_factory=lambda *_: structlog.PrintLogger(sys.stderr),
    )


def _alerts_alone(
    logger: object, method: str, event: structlog.typing.EventDict
) -> structlog.typing.EventDict:
    if method != "critical":
        raise structlog.DropEvent
    return event


def _where(logger: object, method: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
    """In place of a traceback: kind and lines of code. An error's text could hold what must not be here."""
    error = event.pop("exc_info", None)
    if error is True:
        error = sys.exc_info()
    error = error[1] if isinstance(error, tuple) else error
    if isinstance(error, BaseException):
        frames = traceback.extract_tb(error.__traceback__)
        event["error"] = type(error).__name__
        event["where"] = [f"{Path(frame.filename).name}:{frame.lineno} {frame.name}" for frame in frames]
    return event
