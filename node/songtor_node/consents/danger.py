"""Who must learn nothing, and when and how the client may be reached: noted once, heeded everywhere (C6)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from songtor_node.cases.models import Person
from songtor_node.cases.record import CaseRecord


@dataclass(frozen=True, slots=True)
class Danger:
    """`safe`: how the client may be reached, and when, in their own words: (channel, times)."""

    people: Sequence[Person]
    safe: Sequence[tuple[str, str]]

    def __bool__(self) -> bool:
        return bool(self.people)

    @property
    def at_home(self) -> bool:
        """Whether what is taken home may be found by them."""
        return any(person.lives_with_client for person in self.people)

    def is_called(self, words: str) -> bool:
        """Whether these words are, by relation or name, one of them."""
        said = words.strip().casefold()
        return any(
            said == name.strip().casefold()
            for one in self.people
            for name in (one.relation, one.name_thai, one.name_latin, one.nickname)
            if name
        )


def danger(record: CaseRecord) -> Danger:
    """Of that case."""
    return Danger(
        people=[person for person in record.people if person.danger],
        safe=[
            (contact["channel"], contact["safe"]) for contact in record.client.contacts if contact.get("safe")
        ],
    )


def may_be_given(record: CaseRecord) -> list[Person]:
    """Guardians who may consent, be told and take a copy: those who are not the danger."""
    return [person for person in record.people if person.guardian and not person.danger]
