"""What a worker fills in when a ground for disclosure is recorded: a file, options, later a page."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, StringConstraints

from songtor_node.forms import Code, EmptyList, Filled, Flag, Form, Line, Prose, WholeDate, one_of

Basis = Literal["consent", "guardian_consent", "vital_interest", "legal_duty"]
Categories = Annotated[
    tuple[Annotated[Code, one_of("categories"), Filled], ...], EmptyList, Field(max_length=30)
]
Recipients = Annotated[
    tuple[Annotated[str, StringConstraints(max_length=40)], ...],
    EmptyList,
    Field(min_length=1, max_length=20),
]
Choice = Annotated[bool | None, BeforeValidator(lambda value: None if value == "" else value)]
Age = Annotated[
    int | None, Field(ge=0, le=130), BeforeValidator(lambda value: None if value == "" else value)
]


class ConsentForm(Form):
    """Which fields must be filled follows from basis and law; the rules say so when it is recorded.

    People are named as the case names them: by relation or by name.
    """

    basis: Basis
    purpose: Annotated[Code, one_of("purposes"), Filled]
    categories: Categories = ()
    recipients: Recipients
    expires: WholeDate = ""  # 90 days where it is empty
    liaison_sight: Choice = None  # the default of the purpose where nobody chose
    language: Literal["th", "en"] = "th"
    shown: Prose = ""  # the very text; the usual one where it is empty
    form: Literal["written", "spoken"] = "written"
    witness: Line = ""  # who heard it, where it was spoken
    kept: Line = ""  # where the signed paper or the recording is
    age: Age = None  # in full years, where no date of birth is known
    guardian: Line = ""
    child_view: Prose = ""
    incapacity: Prose = ""
    harm: Prose = ""
    duty: Prose = ""
    second: Line = ""  # worker who stands for it too
    copies: Annotated[
        tuple[Line, ...], EmptyList, Field(max_length=10)
    ] = ()  # who was given one to take home
    copy_safe: Flag = False  # asked, and safe to take home
    traced_person_consented: Flag = False
