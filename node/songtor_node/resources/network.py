"""What every node knows without asking: emergency numbers, helplines, missions, organisations and desks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Literal, get_args

import yaml

from songtor_proto.vocabulary import organisations, vocabulary

OwnKind = Literal["agency", "shelter", "temple", "health", "legal", "interpreter", "hotline", "embassy"]
OWN_KINDS: tuple[OwnKind, ...] = get_args(OwnKind)
"""What a house may add, the most frequent first."""


@dataclass(frozen=True, slots=True)
class Entry:
    """`id` is stable from one version of the program to the next. `needs` empty: for any."""

    id: str
    kind: str
    country: str
    names: Mapping[str, str]
    city: str = ""
    phone: str = ""
    hours: str = ""
    needs: tuple[str, ...] = ()


@cache
def kinds() -> dict[str, dict[str, str]]:
    """Label by kind and language, in the order in which one looks for help."""
    return {one["code"]: {"th": one["th"], "en": one["en"]} for one in _data()["kinds"]}


@cache
def entries() -> tuple[Entry, ...]:
    """ValueError where the data names a kind or a need that does not exist."""
    said = [
        Entry(
            id=":".join((one["kind"], one["country"], one.get("phone") or one["en"])),
            kind=one["kind"],
            country=one["country"],
            names={"th": one["th"], "en": one["en"]},
            city=one.get("city", ""),
            phone=one.get("phone", ""),
            hours=one.get("hours", ""),
            needs=tuple(one.get("needs", ())),
        )
        for one in _data()["entries"]
    ]
    said += [
        Entry(f"organisation:{one.seat}", "organisation", one.country, {"th": one.name_th, "en": one.name_en})
        for one in organisations()
        if not one.vacant
    ]
    said += [
        Entry(f"desk:{desk.code}", "desk", "TH", {"th": desk.label("th"), "en": desk.label("en")})
        for desk in vocabulary().desks.values()
    ]
    for one in said:
        if one.kind not in kinds() or not vocabulary().problems.keys() >= set(one.needs):
            raise ValueError(one.id)
    return tuple(said)


@cache
def _data() -> dict[str, list[dict[str, str]]]:
    text = files("songtor_node").joinpath("data", "places.yaml").read_text(encoding="utf-8")
    loaded: dict[str, list[dict[str, str]]] = yaml.load(text, yaml.CSafeLoader)
    return loaded
