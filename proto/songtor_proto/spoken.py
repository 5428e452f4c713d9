"""How people say a code, on the command lines of both sides: one word for one thing."""

from __future__ import annotations

from functools import cache

from songtor_proto.minimise import own_words
from songtor_proto.vocabulary import Terms, policy, vocabulary


def spoken(what: str, code: str, lang: str) -> str:
    """The label of a code; one that is not known here as it is (E11). KeyError for a `what` that is none."""
    known = code.replace("-", "_") if what == "state" else code  # a state's code is FHIR's
    return next((terms[known].label(lang) for terms in _lists()[what] if known in terms), code)


@cache
def _lists() -> dict[str, tuple[Terms, ...]]:
    words, rules = vocabulary(), policy()
    return {
        "act": (words.message_kinds, words.desk_acts),
        "basis": (words.grounds,),
        "category": (rules.categories,),
        "channel": (words.channels, own_words()),
        "duty": (rules.duties_to_keep,),
        "kind": (words.message_kinds,),
        "meeting": (words.meeting_states,),
        "outcome": (rules.outcomes,),
        "own": (own_words(),),
        "place": (words.copy_places,),
        "purpose": (rules.purposes,),
        "reason": (rules.rejection_reasons, rules.failure_reasons, rules.cancellation_reasons),
        "referrer": (rules.referrers,),
        "result": (words.copy_results,),
        "role": (words.hub_roles, words.node_roles),
        "stage": (words.referral_stages,),
        "standing": (words.message_standings,),
        "state": (words.referral_states,),
        "urgency": (words.threat_levels,),
    }
