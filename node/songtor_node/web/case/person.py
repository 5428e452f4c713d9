"""What is asked of a person, the client or another: about them, where they live, how they are reached."""

from __future__ import annotations

from songtor_node.cases import must_not_know
from songtor_node.web.case.countries import country_options
from songtor_node.web.forms.asks import Ask
from songtor_node.web.forms.sheet import Lists
from songtor_node.web.visit import At, Visit
from songtor_proto.errors import InputError
from songtor_proto.vocabulary import vocabulary
from songtor_proto.vocabulary.names import languages
from songtor_web.fields import Option

SEXES = ("female", "male", "other", "unknown")
BORN = ("pregnancy", "miscarriage", "abortion", "stillbirth")
"""Where nobody was born alive, or not yet."""
REACHED_BY = ("phone", "line", "facebook", "zoom", "email", "temple", "word_of_mouth", "address")
"""How somebody is reached, the most usual first; by nothing else (a hotline is how they reach us)."""
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
MUST_NOT_KNOW = (Ask("must_not_know"), Ask("must_not_know_at_home", "flag"))


def countries_list(visit: Visit) -> Lists:
    found = country_options(visit)
    return {"country": found, "nationality": found}


def about_lists(visit: Visit) -> Lists:
    """Languages: those of the network's countries and their neighbours first, so that boxes are enough."""
    known = languages(visit.lang)
    near = [code for code in _LANGUAGES if code in known]
    return {**countries_list(visit), "languages": [Option(code, known[code]) for code in near]}


def contact_lists(visit: Visit) -> Lists:
    labels = contact_labels(visit)
    return {"channel": [Option(code, labels[code]) for code in REACHED_BY]}


def contact_labels(visit: Visit) -> dict[str, str]:
    """How every way to reach somebody is called."""
    labels = {term.code: term.label(visit.lang) for term in vocabulary().channels.values()}
    return labels | {code: str(visit.t(f"client.by_{code}")) for code in ("phone", "address")}


def note_must_not_know(visit: Visit, at: At, prefix: str = "") -> None:
    """`prefix`: of the fields' names. InputError(field="must_not_know")."""
    who, home = (visit.said(f"{prefix}{ask.name}") for ask in MUST_NOT_KNOW)
    try:
        must_not_know.note(at.session, at.case, who, lives_with_client=home == "true", by=at.by, now=at.now)
    except InputError as error:
        raise InputError(error.code.removeprefix("input."), field=f"{prefix}must_not_know") from None
