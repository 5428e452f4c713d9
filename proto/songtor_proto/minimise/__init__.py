"""Only what is needed leaves: what goes, what stays, whether a message keeps to it. Rules M1 to M9."""

from songtor_proto.minimise.fields import FACTS, category_of, keep, strings
from songtor_proto.minimise.split import Disclosure, Line, default_ticks, split
from songtor_proto.minimise.unnamed import unnamed
from songtor_proto.minimise.values import finding_text, own_words, value_text, why_text
from songtor_proto.minimise.violations import violations
from songtor_proto.remit import allowed, answer_for, may_receive, needed, replies

__all__ = [
    "FACTS",
    "Disclosure",
    "Line",
    "allowed",
    "answer_for",
    "category_of",
    "default_ticks",
    "finding_text",
    "keep",
    "may_receive",
    "needed",
    "own_words",
    "replies",
    "split",
    "strings",
    "unnamed",
    "value_text",
    "violations",
    "why_text",
]
