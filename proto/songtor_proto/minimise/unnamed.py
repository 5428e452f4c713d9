"""Words in which nobody is named: each name gives way to what its bearer is to the client. Rule M9."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence

from songtor_proto.findings.find import by_beginning, matches, outermost
from songtor_proto.findings.known import keys
from songtor_proto.findings.plain import plain, skeleton
from songtor_proto.minimise.values import own_words

HIDDEN = "…"
_BY_CHANCE = 4
"""Letters of a Thai name that may well stand inside another word: น้ำ does in น้ำท่วม."""


def unnamed(client: Collection[str], others: Mapping[str, Collection[str]]) -> Callable[[str], str]:
    """What hides these names in a text, wherever and however they are written there.

    `client`: the client's names; `others`: everybody else's, by what they are to the client ("มารดา"). Where
    it is not sure who is meant (two who share a name, a short one inside a Thai word), or where that word
    holds a name itself, `…` stands for it.
    """
    named = {word: keys(names, ()) for word, names in others.items()} | {"": keys(client, ())}
    owners: dict[str, list[str]] = {}
    for word, theirs in named.items():
        for key in theirs:
            owners.setdefault(key, []).append(word)
    index = by_beginning({"": owners})

    def places(text: str) -> list[tuple[int, int, str]]:
        """Where each name stands, and its key."""
        clear = plain(text)
        spans = outermost(matches(clear, skeleton(clear.text), index))
        return [
            (clear.start[first], max(clear.end[first:last]), skeleton(clear.text[first:last]).text)
            for first, last, _ in spans
        ]

    client_words = " ".join((own_words()["client"].th, own_words()["client"].en))
    tells = {word for word in named if places(word or client_words)}

    def instead(text: str, start: int, stop: int, key: str) -> str:
        alone = not (text[:start][-1:].isalpha() or text[stop:][:1].isalpha())
        theirs = owners.get(key, [])
        if len(theirs) != 1 or theirs[0] in tells or not (alone or len(key) > _BY_CHANCE):
            return HIDDEN
        return theirs[0] or _client(text)

    def hide(text: str) -> str:
        found = places(text)
        if not found:
            return text
        text = _replaced(text, [(*place[:2], instead(text, *place)) for place in found])
        while left := places(text):  # what stands alone now that its neighbour is gone
            text = _replaced(text, [(start, stop, HIDDEN) for start, stop, _ in left])
        return text

    return hide


def _replaced(text: str, places: Sequence[tuple[int, int, str]]) -> str:
    """The word for somebody once, where several of their names follow each other."""
    parts, end, said = [], 0, ""
    for start, stop, word in places:
        between = text[end:start]
        if word != said or any(map(str.isalnum, between)):
            parts += [between, word]
        end, said = stop, word
    return "".join([*parts, text[end:]])


def _client(text: str) -> str:
    """The word for the client, in the text's own script."""
    thai = any("\u0e00" <= letter <= "\u0e7f" for letter in text)
    return own_words()["client"].label("th" if thai else "en")
