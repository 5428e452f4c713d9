"""What the pages start from: a hub that is served on loopback, and a folder to type in.

The hub's folder is `songtor-hub`, the file `passphrase` opens whatever is opened, and the demo's cases lie
there.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from songtor_hub.addresses import Listen
from songtor_hub.bootstrap import Role, open_hub
from songtor_hub.exchange.exchange import Exchange
from songtor_hub.founding import create_hub
from songtor_proto.keyslot import CHEAP
from tests.docs.pages import ROOT
from tests.docs.terminal import PASSPHRASE, PASSPHRASE_FILE, Stage, Terminal
from tests.support.hub import ServedHub


@pytest.fixture
def stage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:
    """A terminal in the language given."""
    monkeypatch.setenv("COLUMNS", "100")
    (tmp_path / PASSPHRASE_FILE).write_text(PASSPHRASE, encoding="utf-8")
    for case in (ROOT / "tests" / "demo" / "cases").iterdir():
        shutil.copy(case, tmp_path)
    create_hub(
        tmp_path / "songtor-hub",
        lambda keyring: PASSPHRASE,
        network="songtor.example",
        host="127.0.0.1",
        listen=Listen("127.0.0.1", 0),
        cost=CHEAP,
    )
    served = ServedHub(open_hub(tmp_path / "songtor-hub", lambda keyring: PASSPHRASE, Role.EXCHANGE))
    served.start()
    (tmp_path / "invitation.txt").write_text(served.invite("DE-01"), encoding="utf-8")
    settle = Exchange(served.hub).tick
    yield lambda lang: Terminal(tmp_path, ["--lang", lang, "--passphrase-file", PASSPHRASE_FILE], settle)
    served.stop()
    served.hub.close()
