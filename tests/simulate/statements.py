"""What SQLAlchemy compiled for one engine, for the next: engines come and go with each process that dies.

All of them speak to the same kind of database, so the statements are the same.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Engine


class _Compiled(dict[Any, Any]):
    """By SQLAlchemy's key without its first part, which is the engine's own dialect."""

    def get(self, key: Any, default: Any = None) -> Any:
        return super().get(key[1:], default)

    def __setitem__(self, key: Any, compiled: Any) -> None:
        super().__setitem__(key[1:], compiled)


_compiled = _Compiled()


def share(engine: Engine) -> None:
    engine.update_execution_options(compiled_cache=_compiled)
