"""A genogram in sentences: everybody with their dates, parents and partners, and how people are with each
other."""

from __future__ import annotations

from songtor_proto.vocabulary import vocabulary
from songtor_proto.vocabulary.dates import date_text
from songtor_web.pictures.genogram.generations import generations
from songtor_web.pictures.genogram.kin import Kin, kin
from songtor_web.pictures.genogram.labels import labels, said
from songtor_web.pictures.genogram.model import ONE_WAY, Family, Person, Tie, age
from songtor_web.texts import Say


def words(family: Family, t: Say, lang: str, *, names: bool = True) -> list[tuple[str, list[str]]]:
    """A heading and its sentences: a generation each, who is not connected yet, the bonds."""
    found = kin(family)
    rows = generations(found)
    called = names_of(family, t, lang, names=names)
    parts: list[tuple[str, list[str]]] = []
    for row in sorted(set(rows.values())):
        people = [one for one in family.people if rows.get(one.key) == row]
        heading = said(t, "generation", n=row + 1)
        parts.append((heading, [_sentence(one, family, found, called, t, lang) for one in people]))
    loose = [one for one in family.people if one.key not in rows]
    if loose:
        sentences = [_sentence(one, family, found, called, t, lang) for one in loose]
        parts.append((said(t, "loose"), sentences))
    between = [_tie(tie, called, t, lang) for tie in (*found.twins, *found.bonds)]
    return [*parts, (said(t, "bonds"), between)] if between else parts


def names_of(family: Family, t: Say, lang: str, *, names: bool) -> dict[str, str]:
    """What each is called in a sentence: a name with what they are to the client, or that alone."""
    written = labels(family, t, lang, names=names, whole=True)
    return {
        key: ", ".join(part for lines in (one.name, one.relation) if (part := " ".join(lines)))
        for key, one in written.items()
    }


def about(person: Person, called: str, family: Family, t: Say, lang: str) -> str:
    """One person, in a line."""
    return "; ".join([called, *_facts(person, family, t, lang)])


def _facts(person: Person, family: Family, t: Say, lang: str) -> list[str]:
    def say(key: str, **values: object) -> str:
        return said(t, key, **values)

    found = [say(person.sex)] if person.sex != "unknown" else []
    if person.born:
        found.append(say(person.born))
    if person.birth:
        found.append(say("born_on", when=date_text(person.birth, lang)))
    years = age(person, family.today)
    if person.dead:
        found.append(say("died_on", when=date_text(person.death, lang)) if person.death else say("dead"))
    if years is not None:
        found.append(say("died_aged" if person.dead else "aged", n=years))
    if person.household:
        found.append(say("home"))
    return found


def _sentence(person: Person, family: Family, found: Kin, called: dict[str, str], t: Say, lang: str) -> str:
    parts = [about(person, called[person.key], family, t, lang)]
    for origin in found.origins.get(person.key, ()):
        parents = f" {said(t, 'and')} ".join(called[one] for one in origin.couple)
        key = "child_of" if origin.kind == "birth" else f"{origin.kind}_by"
        parts.append(said(t, key, who=parents))
    for (one, other), ties in found.unions.items():
        if person.key in (one, other):
            partner = called[other if person.key == one else one]
            parts += [_union(tie, partner, t, lang) for tie in ties]
    return "; ".join(parts)


def _union(tie: Tie, partner: str, t: Say, lang: str) -> str:
    return said(t, "with", kind=_kind(tie, lang), who=partner, years=_years(tie, lang))


def _tie(tie: Tie, called: dict[str, str], t: Say, lang: str) -> str:
    key = "does" if tie.kind in ONE_WAY else "between"
    one, other = called[tie.one], called[tie.other]
    return said(t, key, one=one, other=other, kind=_kind(tie, lang), years=_years(tie, lang))


def _kind(tie: Tie, lang: str) -> str:
    term = vocabulary().ties.get(tie.kind)
    return term.label(lang) if term else tie.kind


def _years(tie: Tie, lang: str) -> str:
    since, until = date_text(tie.since, lang), date_text(tie.until, lang)
    return f"({since}–{until})" if until else f"({since})" if since else ""
