"""The organisation's figures: to look at, and as a file to take along. No persons are in them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

from starlette.responses import Response

from songtor_node.figures.bars import Bar, bars
from songtor_node.figures.counts import Figures, figures, split, told, within_each_other
from songtor_node.figures.table import as_csv
from songtor_node.web.entrance.access import May, Page
from songtor_node.web.visit import Visit, label
from songtor_proto.vocabulary import vocabulary
from songtor_web.dates import date_text, month_text

_YEARS = 5
_FEW = "<5"


def look(visit: Visit) -> Response:
    first, last = _period(visit)
    counted = _count(visit, first, last)
    return visit.show(
        "figures/look.html",
        figures=counted,
        kept=within_each_other(counted.due, counted.kept)[1],
        completed=within_each_other(counted.referrals, counted.completed)[1],
        charts=[
            (
                "by_month",
                bars((month_text(code, visit.lang), n) for code, n in split(counted.by_month).items()),
            ),
            ("by_problem", _most(visit, "problems", counted.by_problem)),
            ("by_step", _in_order(visit, "case_steps", counted.by_step)),
            ("by_channel", _most(visit, "channels", counted.by_channel)),
        ],
        year=first.year,
        years=[(year, date_text(str(year), visit.lang)) for year in _years(visit.now.astimezone().date())],
    )


def take_along(visit: Visit) -> Response:
    """Comma-separated, with the words of the page."""
    first, last = _period(visit)
    name = f"songtor-{first:%Y}.csv"
    return Response(
        as_csv(_rows(visit, _count(visit, first, last))),
        media_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def _count(visit: Visit, first: date, last: date) -> Figures:
    with visit.reading() as session:
        return figures(session, first, last, visit.now.astimezone().date())


def _period(visit: Visit) -> tuple[date, date]:
    """A whole calendar year, this one as far as it is: of times that overlap, the difference would tell each
    count that is withheld in both."""
    today = visit.now.astimezone().date()
    asked = next((year for year in _years(today) if str(year) == visit.asked("year")), today.year)
    return date(asked, 1, 1), min(date(asked, 12, 31), today)


def _years(today: date) -> range:
    """That may be chosen, the newest first."""
    return range(today.year, today.year - _YEARS, -1)


def _most(visit: Visit, name: str, counts: Mapping[str, int]) -> list[Bar]:
    ordered = sorted(split(counts).items(), key=lambda pair: -(pair[1] or 0))
    return bars((label(visit.lang, name, code), count) for code, count in ordered)


def _in_order(visit: Visit, name: str, counts: Mapping[str, int]) -> list[Bar]:
    said = split(counts)
    codes = [code for code in getattr(vocabulary(), name) if code in said]
    return bars((label(visit.lang, name, code), said[code]) for code in codes)


def _rows(visit: Visit, counted: Figures) -> Iterator[tuple[str, str, int | str]]:
    """What is counted, of which kind, how many."""
    t = visit.t

    def sum_of(count: int) -> int | str:
        return _FEW if told(count) is None else count

    def part(count: int | None) -> int | str:
        return t("figures.not_told") if count is None else count

    by_hours = sorted(
        counted.within.items(), reverse=True
    )  # the longest first: each is within the one before
    _, answered, *soon = within_each_other(counted.cases, counted.answered, *(n for _, n in by_hours))
    yield t("figures.cases"), "", sum_of(counted.cases)
    yield t("figures.answered"), "", part(answered)
    for (hours, _), said in zip(by_hours, soon, strict=True):
        yield t("figures.answered"), t("figures.within", hours=hours), part(said)
    yield t("figures.due"), "", sum_of(counted.due)
    yield t("figures.kept"), "", part(within_each_other(counted.due, counted.kept)[1])
    yield t("figures.referrals"), "", sum_of(counted.referrals)
    yield t("figures.completed"), "", part(within_each_other(counted.referrals, counted.completed)[1])
    for code, said in split(counted.by_month).items():
        yield t("figures.by_month"), code, part(said)
    for name, what, counts in (
        ("problems", "by_problem", counted.by_problem),
        ("case_steps", "by_step", counted.by_step),
        ("channels", "by_channel", counted.by_channel),
    ):
        for code, said in split(counts).items():
            yield t(f"figures.{what}"), label(visit.lang, name, code), part(said)


PAGES = (
    Page(path="/figures", may=May.FIGURES, get=look),
    Page(path="/figures/file", may=May.FIGURES, get=take_along),
)
