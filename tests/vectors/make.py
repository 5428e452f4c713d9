"""Makes the vectors and the worked examples: `make vectors`. What cannot be made twice alike is kept.

`--seal` makes anew what is not there or no longer fits; nobody needs it but who changes a vector.
"""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path
from types import ModuleType

from tests.vectors import examples
from tests.vectors.kept import FILE, Kept
from tests.vectors.vector import FOLDER, to_text

PAGE = FOLDER.parent.parent / "docs" / "protocol-examples.md"
SUBJECTS = (
    "addresses",
    "references",
    "layouts",
    "keys",
    "statements",
    "directories",
    "certificates",
    "invitations",
    "renewals",
    "headers",
    "consents",
    "terms",
    "minimisation",
    "oversteps",
    "envelopes",
    "lifecycles",
    "receipts",
    "deliveries",
    "log",
)


def subject(name: str) -> ModuleType:
    """What makes and judges `name`.json."""
    return import_module(f"tests.vectors.{name}")


def files(kept: Kept) -> dict[Path, str]:
    """Every file that the script writes."""
    made = {
        FOLDER / f"{name}.json": to_text(subject(name).ABOUT, subject(name).vectors(kept))
        for name in SUBJECTS
    }
    return made | {PAGE: examples.text(kept), FILE: kept.to_text()}


def main() -> None:
    for file, text in files(Kept("--seal" in sys.argv[1:])).items():
        file.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
