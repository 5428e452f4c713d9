"""What each person of a genogram is to the client, told by ties alone where no words came with them. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from songtor_web.pictures.genogram.model import PARENT, UNION, Family, Person, Tie
from songtor_web.texts import Say, keys_by_text

Links = Mapping[str, set[str]]
_OVER = ("divorced",)
_SEXES = ("female", "male")


def kinship(family: Family, t: Say) -> dict[str, str]:
    """In words, by key; whoever is no near kin has none. Whoever is kin in two ways is the nearer."""
    people = {person.key: person for person in family.people}
    client = next((person.key for person in family.people if person.index), "")
    found: dict[str, str] = {}
    for key, code in _near(client, people, family) if client else ():
        if key in people and key != client:
            found.setdefault(key, str(t(f"pictures.kin_{code}")))
    return found


def as_read(relation: str, t: Say) -> str:
    """A word of ours in the reader's language, in whichever it was kept; any other as it was written."""
    key = keys_by_text("pictures.kin_").get(relation)
    return str(t(key)) if key else relation


def _near(client: str, people: Mapping[str, Person], family: Family) -> Iterator[tuple[str, str]]:
    """Keys with codes of words, the nearest kin first."""
    up, down, beside, before, wed = _links(family)

    def sexed(keys: Iterable[str], code: str) -> Iterator[tuple[str, str]]:
        for key in sorted(keys):
            sex = people[key].sex if key in people else ""
            yield key, f"{code}_{sex}" if sex in _SEXES else code

    parents, children, partners = up[client], down[client], beside[client]
    siblings = _all(down, parents) - {client}
    yield from sexed(partners, "partner")
    yield from sexed(parents, "parent")
    yield from sexed(children, "child")
    for key in siblings:
        yield from sexed([key], f"sibling{_age(people, key, client)}")
    yield from sexed(before[client], "former")
    for parent in sorted(parents):
        side = people[parent].sex if parent in people else ""
        yield from sexed(up[parent], f"grandparent_{side}" if side in _SEXES else "grandparent")
    yield from ((key, "grandchild") for key in sorted(_all(down, children)))
    yield from sexed(_all(wed, parents), "step_parent")
    for unions, code in ((beside, "parents_partner"), (before, "parents_former")):
        for parent in sorted(parents):
            side = people[parent].sex if parent in people else ""
            yield from ((key, f"{code}_{side}" if side in _SEXES else code) for key in sorted(unions[parent]))
    yield from ((key, "step_child") for key in sorted(_all(down, partners)))
    yield from sexed(_all(up, partners), "in_law")
    yield from ((key, "child_in_law") for key in sorted(_all(beside, children)))
    yield from ((key, "nephew") for key in sorted(_all(down, siblings)))
    yield from sexed(_all(down, _all(up, parents)), "aunt")


def _links(family: Family) -> tuple[Links, Links, Links, Links, Links]:
    """Parents, children, partners, those who were partners, and partners by marriage, by key."""
    up, down, beside, before, wed = (defaultdict[str, set[str]](set) for _ in range(5))
    people = {person.key: person for person in family.people}
    for tie in family.ties:
        if tie.group == PARENT:
            up[tie.other].add(tie.one)
            down[tie.one].add(tie.other)
        elif tie.group == UNION:
            now = (beside, wed) if tie.kind == "married" else (beside,)
            for links in (before,) if _over(tie, people) else now:
                links[tie.one].add(tie.other)
                links[tie.other].add(tie.one)
    return up, down, beside, before, wed


def _over(tie: Tie, people: Mapping[str, Person]) -> bool:
    """Not by death: whose husband died is a widow."""
    ends = [people[key] for key in (tie.one, tie.other) if key in people]
    died = any(one.dead and (one.death or tie.until)[:4] <= tie.until[:4] for one in ends)
    return tie.kind in _OVER or (bool(tie.until) and not died)


def _all(links: Links, keys: Iterable[str]) -> set[str]:
    return {far for key in keys for far in links[key]}


def _age(people: Mapping[str, Person], key: str, client: str) -> str:
    """Whether older or younger than the client, as far as the years tell."""
    theirs, own = (people[one].birth[:4] if one in people else "" for one in (key, client))
    if not (theirs and own) or theirs == own:
        return ""
    return "_older" if theirs < own else "_younger"
