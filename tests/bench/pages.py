"""What the node's pages cost: python -m tests.bench.pages [--write]. Takes some minutes.

Two nodes serve, each in a process of its own: the demo's cases, and the same until there are 10,000. Every
page that a caseworker and an administrator reach by links is asked of both in turn, over HTTP on loopback.
"""

from __future__ import annotations

import argparse
import json
import re
import shutil
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

import httpx2
from sqlmodel import select
from starlette.routing import compile_path

from songtor_node.bootstrap import open_node
from songtor_node.cases import papers
from songtor_node.cases.models import Case
from songtor_node.store.engine import writing
from songtor_node.unlock import Unlock
from songtor_node.web.entrance import sessions
from songtor_node.web.routes import PAGES
from songtor_node.workers import acting
from songtor_proto.times import utc_now
from tests.bench.many import fill
from tests.bench.processes import COMMANDS, Process, memory
from tests.bench.report import PAGE, machine
from tests.browser.sample import sample
from tests.node.pages.test_papers import PNG
from tests.support.node import PASSPHRASE

CASES = 10_000
ROUNDS = 5
AT_ONCE = 8
FIRST_KB, LATER_KB, TIMES = 100, 30, 2.0  # targets
BEGIN, END = "<!-- made by the bench of pages -->", "<!-- end of what the bench of pages made -->"
_LINK = re.compile(r'(?:href|src)="(/[^"#]*)"')
_PATTERNS = [(page.path, compile_path(page.path)[0]) for page in PAGES if page.get]
_LEAVES = ("/locked", "/leave", "/hand-back")
_SEARCH = "/cases/search (POST)"


@dataclass(frozen=True)
class Measured:
    """Milliseconds of a page in either store (medians), and its bytes over the wire, compressed."""

    path: str
    few: float
    many: float
    size: int


@dataclass(frozen=True)
class Findings:
    pages: Sequence[Measured]
    unreached: Sequence[str]
    first_load: int
    static_size: int
    filling: float
    idle: tuple[float, float]
    used: tuple[float, float]


class Served:
    """A node's pages in a process of their own, with somebody of each role signed in."""

    def __init__(self, data: Path) -> None:
        secret = data.parent / f"{data.name}.key"
        secret.write_text(PASSPHRASE, encoding="utf-8")
        node = open_node(data, Unlock(passphrase=PASSPHRASE))
        with writing(node.engine) as session:
            tokens = {
                worker: sessions.begin(session, worker, now=utc_now(), random=node.random, proven=True)
                for worker in ("malee", "admin")
            }
        node.close()
        command = [
            "env",
            "MALLOC_ARENA_MAX=1",  # as its unit in deploy/ does
            str(COMMANDS / "songtor-node"),
            "--data",
            str(data),
            "--json",
            "--passphrase-file",
            str(secret),
        ]
        command += ["serve", "--listen", "127.0.0.1:0", "--health-port", "0"]
        self.process = Process(command, data.parent / f"{data.name}.log")
        origin = json.loads(self.process.said)["pages"].rstrip("/")
        self.clients = {
            worker: httpx2.Client(
                base_url=origin,
                cookies={"songtor": token, "lang": "th"},
                headers={"origin": origin},
                timeout=60,
            )
            for worker, token in tokens.items()
        }

    def get(self, worker: str, path: str) -> tuple[httpx2.Response, float]:
        """The answer, and its seconds."""
        client = self.clients[worker]
        begun = time.perf_counter()
        if path == _SEARCH:
            answer = client.post("/cases/search", data={"words": "สมมติ"})
        else:
            answer = client.get(path)
        return answer, time.perf_counter() - begun

    def stop(self) -> None:
        self.process.stop()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true", help="keep it in docs/measured.md")
    parser.add_argument("--cases", type=int, default=CASES)
    given, _ = parser.parse_known_args()  # of the other bench
    with tempfile.TemporaryDirectory(prefix="songtor-pages-") as folder:
        found = measure(Path(folder), given.cases)
    made = "\n".join(lines(found, given.cases))
    print(made)
    if given.write:
        before, _, rest = PAGE.read_text(encoding="utf-8").partition(BEGIN)
        _, _, after = rest.partition(END)
        PAGE.write_text(f"{before}{BEGIN}\n{made}\n{END}{after}", encoding="utf-8")


def measure(folder: Path, cases: int) -> Findings:
    few, many = folder / "few", folder / "many"
    with sample(folder / "made") as served:
        with writing(served.node.engine) as session:
            case = session.exec(select(Case).where(Case.code == served.cases[0])).one()
            by = acting(session, "malee")
            papers.keep(session, case, name="", file=papers.checked(PNG), kind="", by=by, now=utc_now())
        data = served.node.data
    shutil.copytree(data, few)
    shutil.copytree(data, many)
    begun = time.perf_counter()
    node = open_node(many, Unlock(passphrase=PASSPHRASE))
    fill(node, cases)
    node.close()
    filling = time.perf_counter() - begun
    with _serving(few) as small, _serving(many) as large:
        ways = _ways(small)
        idle = memory(large.process.pid)
        pages = [_page(small, large, worker, pattern, path) for pattern, (worker, path) in ways.items()]
        with ThreadPoolExecutor(AT_ONCE) as hands:
            list(hands.map(lambda way: large.get(*way), [*ways.values()] * 3))
        used = memory(large.process.pid)
        first, static = _first_load(small)
    unreached = [pattern for pattern, _ in _PATTERNS if pattern not in ways]
    return Findings(pages, unreached, first, static, filling, idle, used)


@contextmanager
def _serving(data: Path) -> Iterator[Served]:
    served = Served(data)
    try:
        yield served
    finally:
        served.stop()


def _ways(served: Served) -> dict[str, tuple[str, str]]:
    """For every page that is reached by links, who asks, and its address."""
    ways: dict[str, tuple[str, str]] = {}
    for worker in served.clients:
        to_ask, asked = ["/"], set[str]()
        while to_ask and len(asked) < 300:
            path = to_ask.pop(0)
            pattern = _pattern(path)
            seen = sum(_pattern(one) == pattern for one in asked)
            if path in asked or not pattern or seen >= 3 or path.startswith(_LEAVES):
                continue
            asked.add(path)
            answer, _ = served.get(worker, path)
            if answer.status_code == 200:
                ways.setdefault(pattern, (worker, path))
                to_ask += [found.replace("&amp;", "&") for found in _LINK.findall(answer.text)]
    return {**ways, _SEARCH: ("malee", _SEARCH)}


def _pattern(path: str) -> str:
    return next((name for name, pattern in _PATTERNS if pattern.match(path.partition("?")[0])), "")


def _page(small: Served, large: Served, worker: str, pattern: str, path: str) -> Measured:
    few, many, size = [], [], 0
    for _ in range(ROUNDS):
        few.append(small.get(worker, path)[1])
        answer, seconds = large.get(worker, path)
        many.append(seconds)
        size = answer.num_bytes_downloaded + sum(
            len(name) + len(value) + 4 for name, value in answer.headers.raw
        )
    return Measured(pattern, median(few) * 1000, median(many) * 1000, size)


def _first_load(served: Served) -> tuple[int, int]:
    """Bytes of Today as a browser loads it that was never here, with all fonts; and of what it keeps."""
    page, _ = served.get("malee", "/")
    names = {name for name in _LINK.findall(page.text) if name.startswith("/static/")}
    sheet = next(name for name in names if ".css" in name)
    names |= {f"/static/{name}" for name in re.findall(r"url\(([^)]+)\)", served.get("malee", sheet)[0].text)}
    names = {name.split("?")[0] for name in names}
    names |= {"/static/icons.svg"}
    static = sum(served.get("malee", name)[0].num_bytes_downloaded for name in names)
    return page.num_bytes_downloaded + static, static


def lines(found: Findings, cases: int) -> Iterator[str]:
    """As Markdown."""
    few, many = [one.few for one in found.pages], [one.many for one in found.pages]
    ratios = sorted(one.many / one.few for one in found.pages)
    sizes = sorted(found.pages, key=lambda one: one.size)
    middle = sizes[len(sizes) // 2].size
    yield f"`make bench`, {datetime.now(UTC):%Y-%m-%d}, {machine()};"
    yield f"{len(found.pages)} pages, asked one at a time."
    yield ""
    yield f"| What | Target | 13 cases | {cases:,} cases |"
    yield "|---|---|---|---|"
    rows = (
        ("milliseconds of a page, median over the pages", "", f"{median(few):.0f}", f"{median(many):.0f}"),
        ("… 95th percentile", "", f"{_p95(few):.0f}", f"{_p95(many):.0f}"),
        ("with many cases / with 13, median", f"≤ {TIMES:.0f}", "", f"{median(ratios):.2f}"),
        ("… 95th percentile", "", "", f"{_p95(ratios):.2f}"),
        (
            "kB over the wire of a first page, with fonts, styles, scripts",
            f"≤ {FIRST_KB}",
            f"{found.first_load / 1000:.0f}",
            "",
        ),
        ("… of which a browser keeps for good", "", f"{found.static_size / 1000:.0f}", ""),
        ("kB of a later page, median", f"≤ {LATER_KB}", "", f"{middle / 1000:.1f}"),
        (f"… largest ({sizes[-1].path})", f"≤ {LATER_KB}", "", f"{sizes[-1].size / 1000:.1f}"),
        ("MiB resident (proportional), before any page", "", "", _mib(found.idle)),
        (f"… after every page three times, {AT_ONCE} at once", "", "", _mib(found.used)),
        ("seconds to make the cases and derive words and glances", "", "", f"{found.filling:.0f}"),
    )
    for row in rows:
        yield f"| {' | '.join(row)} |"
    yield ""
    slow = sorted(found.pages, key=lambda one: -one.many)[:6]
    yield "Slowest: " + ", ".join(f"{one.path} {one.many:.0f} ms ({one.few:.0f})" for one in slow) + "."
    yield f"Pages that no link leads to in this store ({len(found.unreached)}) are not measured."


def _p95(values: Sequence[float]) -> float:
    return sorted(values)[min(len(values) - 1, int(len(values) * 0.95))]


def _mib(pair: tuple[float, float]) -> str:
    return f"{pair[0]:.0f} ({pair[1]:.0f})"


if __name__ == "__main__":
    main()
