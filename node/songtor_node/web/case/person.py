"""What is asked of a person, the client or another: about them, where they live, how they are reached."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from songtor_node.web.forms.asks import Ask
from songtor_node.web.forms.sheet import Lists
from songtor_node.web.visit import At, Visit
from songtor_proto.vocabulary import vocabulary
from songtor_proto.vocabulary.names import countries, languages
from songtor_web.fields import Option

SEXES = ("female", "male", "other", "unknown")
REACHED_BY = ("phone", "line", "facebook", "zoom", "email", "temple", "word_of_mouth", "address")
"""How somebody is reached, the most usual first; every other channel of the vocabulary follows."""
_LANGUAGES = (
    "th", "en", "de", "fr", "it", "nl", "sv", "no", "da", "fi", "ja", "ko", "zh", "ms", "lo", "my", "km",
    "vi", "ar", "he",
)  # fmt: skip
ABOUT = (
    Ask("sex", "choice", options=SEXES),
    Ask("birth_date", "partial_date"),
    Ask("nationality", "list"),
    Ask("languages", "checks"),
)
ADDRESS = (
    Ask("city", words="client_city"),
    Ask("region"),
    Ask("country", "list"),
    Ask("address", words="client_address"),
)
CONTACT = (Ask("channel", "list", words="contact_channel"), Ask("value", words="contact_value"),
           Ask("safe", words="contact_safe"), Ask("say", words="contact_say"))  # fmt: skip


def countries_list(visit: Visit) -> Lists:
    found = [Option(code, name) for code, name in countries(visit.lang).items()]
    return {"country": found, "nationality": found}


def about_lists(visit: Visit) -> Lists:
    """Languages: those of the network's countries and their neighbours first, so that boxes are enough."""
    known = languages(visit.lang)
    near = [code for code in _LANGUAGES if code in known]
    return {**countries_list(visit), "languages": [Option(code, known[code]) for code in near]}


def contact_lists(visit: Visit) -> Lists:
    labels = {term.code: term.label(visit.lang) for term in vocabulary().channels.values()}
    labels |= {code: str(visit.t(f"client.by_{code}")) for code in ("phone", "address")}
    order = dict.fromkeys((*REACHED_BY, *labels))
    return {"channel": [Option(code, labels[code]) for code in order if code in labels]}


def usual_channel(visit: Visit, at: At) -> Mapping[str, Any]:
    """By the way that the case came, if that is one to go back by; else by telephone."""
    return {"channel": at.case.channel if at.case.channel in REACHED_BY else REACHED_BY[0]}
