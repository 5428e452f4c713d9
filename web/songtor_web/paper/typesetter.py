"""The process that sets sheets: an order as JSON on standard input, pages on standard output.

What people wrote reaches typst as data alone (`sys.inputs`), never as its markup."""

from __future__ import annotations

import json
import resource
import sys
from importlib.resources import as_file, files
from typing import Any

from songtor_web.paper.letters import written
from songtor_web.process import keep_to_itself

MEGABYTES = 400
"""Of address space, most of which typst's own code and its threads' stacks only reserve."""


PICTURES = ("svg", "qr")


def printable(sheet: dict[str, Any]) -> dict[str, Any]:
    """The order with all its words as paper can show them; `missing`: some letters could not be."""
    missing: set[str] = set()
    made = {name: _written(name, value, missing) for name, value in sheet.items()}
    return {**made, "missing": bool(missing)}


def _written(name: str, value: Any, missing: set[str]) -> Any:
    if isinstance(value, dict):
        return {key: _written(key, one, missing) for key, one in value.items()}
    if isinstance(value, list):
        return [_written(name, one, missing) for one in value]
    return written(value, missing) if isinstance(value, str) and name not in PICTURES else value


def main() -> None:
    keep_to_itself()
    resource.setrlimit(resource.RLIMIT_AS, (MEGABYTES * 1024**2,) * 2)
    import typst

    order = json.load(sys.stdin.buffer)
    with as_file(files("songtor_web") / "paper") as folder:
        compiler = typst.Compiler(
            (folder / "sheet.typ").read_bytes(),
            root=folder / "fonts",
            font_paths=typst.Fonts(False, False, [folder / "fonts"]),
            sys_inputs={"sheets": json.dumps([*map(printable, order["sheets"])], ensure_ascii=False)},
        )
        made = compiler.compile(format=order["form"], ppi=110)
    for page in made if isinstance(made, list) else filter(None, [made]):
        sys.stdout.buffer.write(b"%d\n" % len(page) + page)


if __name__ == "__main__":
    main()
