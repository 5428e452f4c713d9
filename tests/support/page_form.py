"""What a browser would send with a page's form, as the page gives it: to change a field of and send back.

form = form_of(malee.get("/cases/C-1/story").text)
malee.post("/cases/C-1/story", {**form, "narrative": "..."})
"""

from __future__ import annotations

from html.parser import HTMLParser


def form_of(page: str, action: str = "") -> dict[str, str | list[str]]:
    """The fields of the form with that action; without one, of the first that is a sheet."""
    reader = _Reader(action)
    reader.feed(page)
    return {name: values[0] if len(values) == 1 else values for name, values in reader.fields.items()}


class _Reader(HTMLParser):
    def __init__(self, action: str) -> None:
        super().__init__()
        self.fields: dict[str, list[str]] = {}
        self._action = action
        self._inside = False
        self._text = ""
        self._choice = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        of = {name: value or "" for name, value in attrs}
        if tag == "form":
            is_it = of.get("action") == self._action if self._action else "sheet" in of.get("class", "")
            self._inside = is_it and not self.fields
        if not self._inside:
            return
        if tag == "input" and (of.get("type") not in ("checkbox", "radio", "file") or "checked" in of):
            self._say(of.get("name", ""), of.get("value", ""))
        elif tag == "textarea":
            self._text = of["name"]
            self._say(self._text, "")
        elif tag == "select":
            self._choice = of["name"]
            self._say(self._choice, "")
        elif tag == "option" and "selected" in of:
            self.fields[self._choice][-1] = of.get("value", "")

    def handle_data(self, data: str) -> None:
        if self._text:
            self.fields[self._text][-1] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea" and self._text:
            said = self.fields[self._text][-1]
            self.fields[self._text][-1] = said.removeprefix("\n")
            self._text = ""
        elif tag == "form":
            self._inside = False

    def _say(self, name: str, value: str) -> None:
        if name:
            self.fields.setdefault(name, []).append(value)
