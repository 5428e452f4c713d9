"""Empty files to fill in, with every field explained in Thai or English and the codes that may stand in
it."""

from __future__ import annotations

from dataclasses import fields
from importlib.resources import files
from string import Template

from songtor_proto.vocabulary import Policy, Vocabulary


def template(name: str, lang: str, vocabulary: Vocabulary, policy: Policy) -> str:
    """The template of that name: `case` or `consent`."""
    text = files("songtor_node").joinpath("data", f"{name}_template.{lang}.yaml").read_text(encoding="utf-8")
    lists = {
        field.name: "\n".join(
            f"#   {term.code:<22} {term.label(lang)}" for term in getattr(source, field.name).values()
        )
        for source in (vocabulary, policy)
        for field in fields(source)
    }
    return Template(text).substitute(lists)
