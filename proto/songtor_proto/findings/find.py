"""Which places of free text give away what is withheld, or look as if they might. Rule M7."""

from __future__ import annotations

import hashlib
from bisect import bisect_right
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from songtor_proto.errors import InputError
from songtor_proto.findings.known import keys
from songtor_proto.findings.patterns import Span, patterns
from songtor_proto.findings.plain import Plain, Skeleton, is_spaced, plain, skeleton

LIMIT = 64 * 1024
"""Bytes of text, all fields together: more could not be sent."""

Index = Mapping[str, Sequence[tuple[str, str]]]

_TRUNK = 4
_WORDS = ("name", "place", "family")


@dataclass(frozen=True, slots=True)
class Finding:
    """`start:end` in the text of the field `path`. `kind`: a data category (a value of the case that stays)
    or a pattern's name. `id` changes whenever that field's text does: a clearance does not outlive it."""

    id: str
    path: str
    start: int
    end: int
    kind: str


def find(
    texts: Mapping[str, str],
    known: Mapping[str, Collection[str]],
    *,
    told: Mapping[str, Collection[str]],
    country: str,
) -> tuple[Finding, ...]:
    """Findings in the order of the texts; each must be cleared by a person before the text may leave.

    `texts`: by field path. `known`: the case's own values by data category. `told`: those that the reader has
    already, or gets in a field of its own; they are no finding. `country`: ISO 3166-1; its telephone numbers
    are known beside Thailand's.
    InputError("too_large") above LIMIT.
    """
    if sum(len(text.encode()) for text in texts.values()) > LIMIT:
        raise InputError("too_large", field=max(texts, key=lambda path: len(texts[path])))
    regions = tuple(dict.fromkeys((country, "TH")))
    free_values = {value for code, values in told.items() for value in values if _frees(code, value)}
    leaves = by_beginning({"": keys(free_values, regions)})
    stays = by_beginning({code: keys(set(values) - free_values, regions) for code, values in known.items()})
    found = []
    for path, text in texts.items():
        clear = plain(text)
        bones = skeleton(clear.text)
        free = outermost(matches(clear, bones, leaves))
        spans = outermost([*matches(clear, bones, stays), *patterns(clear.text, regions)])
        found += [_finding(path, text, clear, span) for span in spans if not _inside(span, free)]
    return tuple(found)


def _frees(code: str, value: str) -> bool:
    """A name or a place that holds a number or an address is more than it says it is, and clears nothing:
    neither itself nor what repeats it."""
    return code not in _WORDS or not any(char.isdigit() or char == "@" for char in value)


def by_beginning(wanted: Mapping[str, Collection[str]]) -> Index:
    """Keys (`known.keys`) and whose kind they are, by their first two letters, the longest first."""
    index: dict[str, list[tuple[str, str]]] = {}
    for kind, words in wanted.items():
        for word in words:
            index.setdefault(word[:2], []).append((word, kind))
    for pairs in index.values():
        pairs.sort(key=lambda pair: (-len(pair[0]), pair))
    return index


def matches(clear: Plain, bones: Skeleton, index: Index) -> Iterator[Span]:
    """The longest key that begins at each place."""
    for first in range(len(bones.text) - 1):
        for word, kind in index.get(bones.text[first : first + 2], ()):
            last = first + len(word) - 1
            if bones.text.startswith(word, first) and _stands_alone(clear.text, bones, first, last):
                start = _with_prefix(bones.text, first) if word.isdigit() else first
                yield bones.at[start], bones.at[last] + 1, kind
                break


def _stands_alone(text: str, bones: Skeleton, first: int, last: int) -> bool:
    """Whether it is a word of its own where words are parted by spaces; or too long to be there by chance."""
    length = last - first + 1
    start, end = bones.at[first], bones.at[last] + 1
    if length >= 6 and bones.text[first : last + 1].isdigit():
        return True
    if length >= 5 and end - start == length:
        return True
    free_before = start == 0 or not (is_spaced(text[start]) and is_spaced(text[start - 1]))
    free_after = end == len(text) or not (is_spaced(text[end - 1]) and is_spaced(text[end]))
    return free_before and free_after


def _with_prefix(text: str, first: int) -> int:
    """Back over a country code or trunk prefix."""
    least = max(0, first - _TRUNK)
    while first > least and text[first - 1].isdigit():
        first -= 1
    return first


def outermost(spans: Iterable[Span]) -> list[Span]:
    """In order, without those that lie within another."""
    kept: list[Span] = []
    for span in sorted(spans, key=lambda span: (span[0], -span[1])):
        if not kept or span[1] > kept[-1][1]:
            kept.append(span)
    return kept


def _inside(span: Span, outer: Sequence[Span]) -> bool:
    """Whether one of `outer` covers it; as none of them lies within another, the last to begin before it."""
    place = bisect_right(outer, span[0], key=lambda other: other[0])
    return place > 0 and span[1] <= outer[place - 1][1]


def _finding(path: str, text: str, clear: Plain, span: Span) -> Finding:
    first, last, kind = span
    start, end = clear.start[first], max(clear.end[first:last])
    said = "\0".join((path, str(start), str(end), kind, text))
    return Finding(hashlib.sha256(said.encode()).hexdigest()[:12], path, start, end, kind)
