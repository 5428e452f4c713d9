"""Pictures of pages, to look at: python -m tests.browser.look / '/cases/{0}' --as malee --lang th --width 360

`{0}` is the code of the sample's first case, `{3}` that of the fourth. Files are named after path, language
and width; without --lang and --width all four of each page are made.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

from tests.browser.sample import sample
from tests.browser.windows import DESK, PHONE, Windows, chromium, loaded


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("paths", nargs="+")
    parser.add_argument("--as", dest="worker", default="malee")
    parser.add_argument("--lang", choices=["th", "en"])
    parser.add_argument("--width", type=int, choices=[PHONE[0], DESK[0]])
    parser.add_argument("--out", type=Path, default=Path(tempfile.gettempdir(), "look"))
    parser.add_argument("--dark", action="store_true")
    given = parser.parse_args()
    given.out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, sample(Path(folder)) as served, chromium() as browser:
        windows = Windows(browser)
        for lang in [given.lang] if given.lang else ["th", "en"]:
            for size in [PHONE, DESK]:
                if given.width not in (None, size[0]):
                    continue
                page = windows.open(
                    served,
                    given.worker,
                    lang,
                    size,
                    device_scale_factor=2 if size == PHONE else 1,
                    color_scheme="dark" if given.dark else "light",
                )
                for path in given.paths:
                    answer = page.goto(path.format(*served.cases))
                    name = f"{path.strip('/').replace('/', '_') or 'today'}-{lang}-{size[0]}.png"
                    loaded(page).screenshot(path=given.out / name, full_page=True)
                    print(answer.status if answer else "-", given.out / name)
        windows.close()
        for fault in windows.faults:
            print(fault)


if __name__ == "__main__":
    main()
