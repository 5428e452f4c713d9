"""What may be disclosed, to whom, for what: disclosure.yaml, because the network's lead decides it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from songtor_proto.vocabulary.source import Line, parse_yaml, refuse
from songtor_proto.vocabulary.terms import Term, Terms, Vocabulary, term


@dataclass(frozen=True, slots=True, kw_only=True)
class Category(Term):
    """Each payload field has exactly one. `level`: 0 always goes, 1 is coarse, 2 identifies, 3 can hurt."""

    level: int
    sensitive_by_problem: bool
    """As sensitive as the problems it names are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Purpose(Term):
    """What a referral is for; each referral has one. Tuples hold codes of categories, `desks` of desks."""

    needs: tuple[str, ...]
    useful: tuple[str, ...]
    desks: tuple[str, ...]
    node: bool
    """Whether a partner node may receive it."""
    narrow: Mapping[str, tuple[str, ...]]
    """What a desk gets that gets less than `needs` and `useful`."""
    sight: bool
    """Whether a liaison may see the status, by default."""
    replies: tuple[str, ...]
    """What the recipient may send back beside state, question and answer text."""
    problems: tuple[str, ...]
    """For which it is suggested."""
    traced_person_consents: bool
    """Nothing of the outcome is told before the traced person agrees."""


@dataclass(frozen=True, slots=True, eq=False)
class Policy:
    """Every list by its name, each a mapping from code to line in the order of the file."""

    categories: Mapping[str, Category]
    purposes: Mapping[str, Purpose]
    referrers: Terms
    outcomes: Terms
    rejection_reasons: Terms
    failure_reasons: Terms
    cancellation_reasons: Terms
    duties_to_keep: Terms

    @property
    def always(self) -> frozenset[str]:
        """Categories that go with every referral: those of level 0."""
        return frozenset(category.code for category in self.categories.values() if category.level == 0)


def _category(line: Line) -> Category:
    return Category(
        code=line.code(),
        th=line.text("th"),
        en=line.text("en"),
        sensitive=line.flag("sensitive", False),
        level=line.number("level", range(4)),
        sensitive_by_problem=line.flag("sensitive_by_problem", False),
    )


def _purpose(line: Line, categories: Mapping[str, Category], vocabulary: Vocabulary) -> Purpose:
    needs, useful = line.codes("needs", categories), line.codes("useful", categories)
    desks = line.codes("desks", vocabulary.desks)
    if set(needs) & set(useful):
        raise refuse(f"{line.where}.useful")
    narrow = line.inner("narrow")
    if not set(narrow.left()) <= set(desks):
        raise refuse(narrow.where)
    return Purpose(
        code=line.code(),
        th=line.text("th"),
        en=line.text("en"),
        needs=needs,
        useful=useful,
        desks=desks,
        node=line.flag("node"),
        narrow={desk: narrow.codes(desk, {*needs, *useful}) for desk in narrow.left()},
        sight=line.flag("sight"),
        replies=line.codes("replies", categories),
        problems=line.codes("problems", vocabulary.problems, ()),
        traced_person_consents=line.flag("traced_person_consents", False),
    )


def parse_policy(text: str, vocabulary: Vocabulary) -> Policy:
    """StoreError("data") where a purpose names a category or desk that is not, and as for the vocabulary."""
    data = parse_yaml("disclosure", text)
    categories = data.terms("categories", _category)
    policy = Policy(
        categories=categories,
        purposes=data.terms("purposes", lambda line: _purpose(line, categories, vocabulary)),
        referrers=data.terms("referrers", term),
        outcomes=data.terms("outcomes", term),
        rejection_reasons=data.terms("rejection_reasons", term),
        failure_reasons=data.terms("failure_reasons", term),
        cancellation_reasons=data.terms("cancellation_reasons", term),
        duties_to_keep=data.terms("duties_to_keep", term),
    )
    data.done()
    return policy
