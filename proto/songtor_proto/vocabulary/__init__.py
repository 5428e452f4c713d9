"""Words, rules and places that are data: a new problem, purpose, desk or country is one line in data/."""

from __future__ import annotations

from functools import cache

from songtor_proto.vocabulary.places import (
    Jurisdiction,
    Organisation,
    parse_jurisdictions,
    parse_organisations,
)
from songtor_proto.vocabulary.policy import Category, Policy, Purpose, parse_policy
from songtor_proto.vocabulary.source import read
from songtor_proto.vocabulary.terms import (
    Desk,
    Term,
    Terms,
    Vocabulary,
    parse_provinces,
    parse_vocabulary,
)

__all__ = [
    "Category",
    "Desk",
    "Jurisdiction",
    "Organisation",
    "Policy",
    "Purpose",
    "Term",
    "Terms",
    "Vocabulary",
    "jurisdictions",
    "organisations",
    "parse_jurisdictions",
    "parse_organisations",
    "parse_policy",
    "parse_provinces",
    "parse_vocabulary",
    "policy",
    "vocabulary",
]


@cache
def vocabulary() -> Vocabulary:
    """The terms of the field, as this version has them."""
    return parse_vocabulary(read("vocabulary.yaml"), parse_provinces(read("provinces.csv")))


@cache
def policy() -> Policy:
    """What may be disclosed to whom for what."""
    return parse_policy(read("disclosure.yaml"), vocabulary())


@cache
def jurisdictions() -> dict[str, Jurisdiction]:
    """Privacy law by country."""
    return parse_jurisdictions(read("jurisdictions.csv"))


@cache
def organisations() -> tuple[Organisation, ...]:
    """The partner organisations' seats, in the order of the registry."""
    return parse_organisations(read("organisations.csv"), jurisdictions())
