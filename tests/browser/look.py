"""Pictures of pages, to look at: python -m tests.browser.look / '/cases/{0}' --as malee --lang th --width 360

`{0}` is the code of the sample's first case, `{3}` that of the fourth. Files are named after path, language
and width; without --lang and --width all four of each page are made.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.browser.sample import sample

CHROMIUM = "/usr/bin/chromium"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("paths", nargs="+")
    parser.add_argument("--as", dest="worker", default="malee")
    parser.add_argument("--lang", choices=["th", "en"])
    parser.add_argument("--width", type=int)
    parser.add_argument("--out", type=Path, default=Path(tempfile.gettempdir(), "look"))
    parser.add_argument("--dark", action="store_true")
    given = parser.parse_args()
    given.out.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as folder,
        sample(Path(folder)) as served,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        for lang in [given.lang] if given.lang else ["th", "en"]:
            for width in [given.width] if given.width else [360, 1280]:
                context = browser.new_context(
                    viewport={"width": width, "height": 740 if width < 800 else 800},
                    device_scale_factor=2 if width < 800 else 1,
                    color_scheme="dark" if given.dark else "light",
                )
                cookies = {"lang": lang}
                if given.worker:
                    cookies["songtor"] = served.token(given.worker)
                context.add_cookies(
                    [{"name": name, "value": value, "url": served.origin} for name, value in cookies.items()]
                )
                page = context.new_page()
                for path in given.paths:
                    answer = page.goto(served.origin + path.format(*served.cases))
                    page.evaluate("document.fonts.ready")
                    name = f"{path.strip('/').replace('/', '_') or 'today'}-{lang}-{width}.png"
                    page.screenshot(path=given.out / name, full_page=True)
                    print(answer.status if answer else "-", given.out / name)
                context.close()
        browser.close()


if __name__ == "__main__":
    main()
