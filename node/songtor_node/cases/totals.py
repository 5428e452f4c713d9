"""What the help in a case came to. Pure."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from songtor_node.cases.models import Work


@dataclass(frozen=True, slots=True)
class Totals:
    """`costs` by currency, never added across them; `forms`: how often each of the 5P."""

    hours: float
    costs: Mapping[str, Decimal]
    forms: Mapping[str, int]


def totals(work: Iterable[Work]) -> Totals:
    hours, costs = Decimal(0), defaultdict[str, Decimal](Decimal)
    forms = Counter[str]()
    for one in work:
        hours += Decimal(str(one.hours))
        forms[one.practice_form] += 1
        if one.cost:
            costs[one.currency] += Decimal(str(one.cost))
    return Totals(float(hours), dict(costs), dict(forms))
