"""What a person of a case is called, on a screen and in a list. Pure."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping

from songtor_node.cases.models import Person
from songtor_node.cases.record import CaseRecord
from songtor_node.workers import SEES_ALL, Worker
from songtor_proto.minimise import unnamed


def called(person: Person, lang: str) -> str:
    """The name in the reader's script where it is known, else in the other, else the nickname; or nothing."""
    thai, latin = person.name_thai, person.name_latin
    return (latin or thai if lang == "en" else thai or latin) or person.nickname


def called_for(person: Person, worker: Worker, lang: str) -> str:
    """On the screens of those who see only assigned cases, in other people's houses, the nickname first."""
    return (worker.role not in SEES_ALL and person.nickname) or called(person, lang)


def named_in(words: str, people: Iterable[Person]) -> bool:
    """Whether one of them is named there, by a name or as what they are to the client."""
    said = words.casefold()
    return any(
        name.casefold() in said
        for person in people
        for name in (person.relation, person.name_thai, person.name_latin, person.nickname)
        if name
    )


def hiding(record: CaseRecord, besides: Mapping[str, Collection[str]] | None = None) -> Callable[[str], str]:
    """What puts in place of a name, in what people wrote, what its bearer is to the client. `besides`:
    names of who is not in the case, by what stands for them."""
    others = {word: [*names] for word, names in (besides or {}).items()}
    for person in record.people:
        others.setdefault(person.relation, []).extend(names_of(person))
    return unnamed(names_of(record.client), others)


def names_of(person: Person) -> list[str]:
    """In whichever script and however they are called."""
    return [name for name in (person.name_thai, person.name_latin, person.nickname) if name]
