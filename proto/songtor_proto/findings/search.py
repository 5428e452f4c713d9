"""Texts that were searched, and what a person cleared of them: the same at nodes and desks. Rule M7."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from songtor_proto.errors import ConsentError
from songtor_proto.findings.find import Finding, find


@dataclass(frozen=True, slots=True)
class Search:
    """`texts`: by field path. `cleared`: ids of findings."""

    texts: Mapping[str, str] = field(repr=False)
    findings: tuple[Finding, ...]
    cleared: frozenset[str]

    @property
    def uncleared(self) -> tuple[Finding, ...]:
        return tuple(finding for finding in self.findings if finding.id not in self.cleared)

    def require_cleared(self) -> None:
        """ConsentError("findings"), naming place, kind and id of each that is not cleared."""
        named = [f"{finding.path}:{finding.kind}:{finding.id}" for finding in self.uncleared]
        if named:
            raise ConsentError("findings", field=" ".join(named))

    def as_data(self) -> list[dict[str, Any]]:
        """For a program, and only where the case itself is shown: with what was found."""
        return [
            {
                "id": finding.id,
                "path": finding.path,
                "kind": finding.kind,
                "text": self.texts[finding.path][finding.start : finding.end],
                "cleared": finding.id in self.cleared,
            }
            for finding in self.findings
        ]


def search(
    texts: Mapping[str, str],
    known: Mapping[str, Collection[str]],
    *,
    told: Mapping[str, Collection[str]],
    country: str,
    cleared: Collection[str],
) -> Search:
    """As `find`, with the ids that were cleared."""
    return Search(texts, find(texts, known, told=told, country=country), frozenset(cleared))
