"""Every kind of paper that a node prints, in both languages: python -m tests.web.paper FOLDER"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from songtor_node.cases.report import PARTS
from songtor_node.web.pages.paper.report import PICTURES
from tests.browser.sample import CONFINED, Served, sample
from tests.support.visitor import visitor


def papers(served: Served) -> Iterator[tuple[str, str]]:
    """Names, and the path of each."""
    all_of_it = "&".join(f"part={part}" for part in PARTS)
    drawn = "&".join(f"picture={picture}" for picture in PICTURES)
    for number, case in enumerate(served.cases):
        yield f"report-{number}", f"/cases/{case}/report.pdf?{all_of_it}&{drawn}&names=yes"
    yield "report-unnamed", f"/cases/{served.cases[CONFINED]}/report.pdf?{all_of_it}"
    for picture in PICTURES:
        for number in (0, CONFINED):
            yield f"{picture}-{number}", f"/cases/{served.cases[number]}/{picture}.pdf"
            yield f"{picture}-{number}-unnamed", f"/cases/{served.cases[number]}/{picture}.pdf?names=no"
    yield "consent", f"/consents/{served.consents[0]}/copy.pdf"
    yield "referral", f"/referrals/{served.referrals[0]}/sent.pdf"


def main() -> None:
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as data, sample(Path(data)) as served:
        for lang in ("th", "en"):
            malee = visitor(served.node, "malee", lang)
            malee.post(f"/consents/{served.consents[0]}/copy", {"person": "client", "safe": "yes"})
            blanks = [("intake", ""), ("consent", "domestic_violence")]
            for kind, purpose in blanks:
                said = {"kind": kind, "purpose": purpose, "language": lang, "count": "1"}
                made = malee.post("/blank-forms", said).headers["location"]
                (folder / f"blank-{kind}-{lang}.pdf").write_bytes(malee.get(f"{made}/sheets.pdf").content)
            for name, path in papers(served):
                answer = malee.get(path)
                assert answer.status_code == 200, (path, answer.status_code)
                (folder / f"{name}-{lang}.pdf").write_bytes(answer.content)


if __name__ == "__main__":
    main()
