"""The ecomap in words: who lives there, and each tie in a sentence."""

from __future__ import annotations

from collections.abc import Sequence

from songtor_proto.vocabulary import vocabulary
from songtor_web.pictures.ecomap.model import HOUSEHOLD, Connection, Ecomap, Member
from songtor_web.texts import Say


def called(member: Member, t: Say) -> str:
    """By their name, else by what they are."""
    return member.name or member.relation or str(t("pictures.ecomap_client"))


def named(connection: Connection, lang: str) -> str:
    """By its name, else by its kind."""
    return connection.name or label("around", connection.kind, lang)


def label(name: str, code: str, lang: str) -> str:
    """Of a code in that list of the vocabulary; an unknown one as it is."""
    term = getattr(vocabulary(), name).get(code)
    return term.label(lang) if term else code


def title(ecomap: Ecomap, t: Say) -> str:
    return str(t("pictures.ecomap_title", n=len(ecomap.connections)))


def sentence(one: Connection, ecomap: Ecomap, t: Say, lang: str) -> str:
    """What it is, how strong, which way, whose."""
    kind = f" ({label('around', one.kind, lang)})" if one.name else ""
    whose = next((called(who, t) for who in ecomap.members if who.key == one.whom != HOUSEHOLD), "")
    told = [
        f"{named(one, lang)}{kind}: {label('tie_strengths', one.strength, lang)}",
        label("tie_flows", one.flow, lang),
        str(t("pictures.ecomap_of", who=whose)) if whose else "",
        one.note,
    ]
    return " · ".join(filter(None, told))


def words(ecomap: Ecomap, t: Say, lang: str) -> Sequence[tuple[str, Sequence[str]]]:
    return [
        (str(t("pictures.ecomap_household")), [called(one, t) for one in ecomap.members]),
        (
            str(t("pictures.ecomap_around")),
            [sentence(one, ecomap, t, lang) for one in ecomap.connections],
        ),
    ]
