"""What the blank intake form asks: the questions of a new case and of its client, in the order of a talk."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from songtor_node.web.case.person import (
    ABOUT,
    ADDRESS,
    CONTACT,
    MUST_NOT_KNOW,
    contact_lists,
    countries_list,
)
from songtor_node.web.forms.asks import Ask
from songtor_node.web.forms.sheet import Lists
from songtor_node.web.visit import Visit
from songtor_proto.errors import InputError

HEAD, CLIENT, CONTACTS, HOME = "", "client", "client_contacts", "home"
_INDEX = re.compile(r"\[\d+\]")


class Section(NamedTuple):
    """`part`: where its answers go in a case file; `title`: a key of the texts."""

    part: str
    title: str
    asks: Sequence[Ask]

    @property
    def named(self) -> list[Ask]:
        """Under names that no other section's have."""
        return [
            replace(ask, name=f"{self.part}_{ask.name}".lstrip("_"), words=ask.words or ask.name)
            for ask in self.asks
        ]


SECTIONS = (
    Section(
        HEAD,
        "client.arrival",
        (
            Ask("channel", "choice", "channels"),
            Ask("referrer", "choice", "referrers"),
            Ask("target_group", "choice", "target_groups"),
        ),
    ),
    Section(
        CLIENT,
        "client.title",
        (Ask("nickname"), Ask("name_thai"), Ask("name_latin"), *ABOUT[:2], *ADDRESS[:3]),
    ),
    Section(CONTACTS, "intake.contact", CONTACT),
    Section(HOME, "consents.people", MUST_NOT_KNOW),
    Section(HEAD, "intake.story", (Ask("narrative", "prose"),)),
    Section(
        "request",
        "intake.request",
        (
            Ask("text", "prose", words="request_text"),
            Ask("kinds", "checks", "assistance_kinds", "request_kinds"),
        ),
    ),
)
ASKS = tuple(ask for section in SECTIONS for ask in section.named)


def lists(visit: Visit) -> Lists:
    return {
        "client_country": countries_list(visit)["country"],
        "client_contacts_channel": contact_lists(visit)["channel"],
    }


def case_file(said: Mapping[str, Any]) -> dict[str, Any]:
    """The answers as a case file says them; whoever must not know is noted apart."""

    def of(part: str) -> dict[str, Any]:
        return {
            ask.name: said[named.name]
            for section in SECTIONS
            if section.part == part
            for ask, named in zip(section.asks, section.named, strict=True)
        }

    contact = of(CONTACTS)
    client = {**of(CLIENT), "contacts": [contact] if any(contact.values()) else []}
    return {**of(HEAD), "client": client, "request": of("request")}


def at_fault(error: InputError) -> InputError:
    """The same error, at the field as this form calls it: `client.contacts[0].channel`."""
    name = _INDEX.sub("", error.field.partition(":")[0]).replace(".", "_")
    return InputError(error.code.removeprefix("input."), field=name)
