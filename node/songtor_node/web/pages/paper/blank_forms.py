"""Blank forms to print, each sheet with a code by which it is typed in later."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from starlette.responses import Response

from songtor_node.cases import blanks
from songtor_node.consents.acts import house_of
from songtor_node.web.case import intake_on_paper as intake
from songtor_node.web.entrance.access import May, Page
from songtor_node.web.forms.asks import Ask, fields_of, typed
from songtor_node.web.forms.on_paper import numbered, to_fill_in
from songtor_node.web.forms.sheet import Lists
from songtor_node.web.printing import printed, sheet_of
from songtor_node.web.talk import on_paper as consent
from songtor_node.web.visit import Visit, number
from songtor_proto.errors import InputError
from songtor_proto.vocabulary import policy
from songtor_web.fields import Field
from songtor_web.paper.sheets import Block, Heading, Prose, Signature
from songtor_web.paper.sheets import Sheet as Paper


def overview(visit: Visit) -> Response:
    return _overview(visit)


def _overview(visit: Visit, error: InputError | None = None) -> Response:
    asks = [
        Ask("kind", "choice", words="blank_kind", options=blanks.KINDS if visit.enrolled else ("intake",)),
        Ask("purpose", "list", of="purposes", words="blank_purpose"),
        Ask("language", "choice", words="blank_language", options=("th", "en")),
        Ask("count", "number", words="blank_count"),
    ]
    if not visit.enrolled:
        del asks[1]
    said = typed(visit, asks) if error else {"kind": "intake", "language": visit.lang, "count": "5"}
    fields = fields_of(visit, asks, said, error)
    return visit.show("paper/blank_forms.html", 422 if error else 200, fields=fields)


def make(visit: Visit) -> Response:
    kind, purpose = visit.said("kind"), visit.said("purpose")
    try:
        if kind == "consent" and not visit.enrolled:
            raise InputError("not_enrolled", field="kind")
        if kind == "consent" and purpose not in policy().purposes:
            raise InputError("unknown_code" if purpose else "missing", field="purpose")
        with visit.writing() as session:
            made = blanks.make(
                session,
                kind,
                number(visit.said("count").strip()),
                language=visit.said("language") or visit.lang,
                purpose=purpose if kind == "consent" else "",
                by=visit.me,
                now=visit.now,
                random=visit.node.random,
            )
            return visit.go(f"/blank-forms/{made[0].code}")
    except InputError as error:
        return _overview(visit, error)


def made(visit: Visit) -> Response:
    with visit.reading() as session:
        found = blanks.printing(session, visit.params["blank"].upper())
        return visit.show("paper/blanks.html", blanks=found, first=found[0])


def made_pdf(visit: Visit) -> Response:
    with visit.reading() as session:
        found = blanks.printing(session, visit.params["blank"].upper())
        first = found[0]
        codes = [one.code for one in found]
        spoken = replace(visit, lang=first.language)
        sheet = _intake(spoken) if first.kind == "intake" else _consent(spoken, first.purpose)
    return printed(
        *(replace(sheet, code=code, foot=f"{code} · {sheet.foot}") for code in codes), name=codes[0]
    )


def _intake(visit: Visit) -> Paper:
    """Lists of the screen: only a name is written on paper."""
    blocks: list[Block] = []
    done = 0
    for section in intake.SECTIONS:
        fields = numbered(_fields(visit, section.named, intake.lists(visit)), done + 1)
        done += len(fields)
        blocks += [Heading(str(visit.t(section.title))), *(to_fill_in(one, visit.t) for one in fields)]
    blocks.append(Signature([str(visit.t("paper.written_by")), str(visit.t("consents.print_date"))]))
    hint = str(visit.t("intake.nothing_must"))
    return sheet_of(visit, str(visit.t("paper.blank_intake")), blocks, subtitle=hint)


def _consent(visit: Visit, purpose: str) -> Paper:
    t, house = visit.t, house_of(visit.node)
    label = policy().purposes[purpose].label(visit.lang)
    follows, rights = consent.text(house, purpose, visit.lang, visit.now.date())
    always = ", ".join(policy().categories[code].label(visit.lang) for code in sorted(policy().always))
    lists = consent.lists(visit, house, purpose)
    fields = numbered(_fields(visit, consent.ASKS, lists))
    place = {one.name: at for at, one in enumerate(fields, 1)}
    desks = ", ".join(str(one.label) for one in lists["recipients"])
    blocks: list[Block] = [to_fill_in(one, t) for one in fields]
    blocks += [
        Prose(t("paper.always", what=always).unescape()),
        Heading(str(t("talk.follow"))),
        Prose("\n".join(follows) + "\n\n" + "\n".join(rights), whole=True),
        Signature(
            [str(t(f"paper.sign_{who}")) for who in ("name", "sign", "date", "witness")],
            t(
                "paper.sign_for", purpose=label, who=desks, to=place["recipients"], what=place["told"]
            ).unescape(),
        ),
    ]
    return sheet_of(visit, str(t("consents.print_sheet")), blocks, subtitle=label)


def _fields(visit: Visit, asks: Sequence[Ask], lists: Lists) -> list[Field]:
    made = fields_of(visit, asks, {})
    return [replace(one, options=list(lists[one.name])) if one.name in lists else one for one in made]


PAGES = (
    Page(path="/blank-forms", may=May.CASEWORK, get=overview, post=make),
    Page(path="/blank-forms/{blank}", may=May.CASEWORK, get=made),
    Page(path="/blank-forms/{blank}/sheets.pdf", may=May.CASEWORK, get=made_pdf),
)
