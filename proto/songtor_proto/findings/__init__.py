"""Free text leaves only when every finding in it was cleared by a person. Rule M7."""

from songtor_proto.findings.find import LIMIT, Finding, find
from songtor_proto.findings.identities import identities
from songtor_proto.findings.search import Search, search

__all__ = ["LIMIT", "Finding", "Search", "find", "identities", "search"]
