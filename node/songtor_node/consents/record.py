"""The record of a ground, with the fields of ISO/IEC TS 27560. It stays on the node; only its digest
travels."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from songtor_node.consents.form import ConsentForm
from songtor_proto.vocabulary import Jurisdiction


def consent_record(
    form: ConsentForm,
    *,
    code: str,
    case_code: str,
    seat: str,
    shown: str,
    citation: str,
    law: Jurisdiction,
    categories: Sequence[str],
    sensitive: Collection[str],
    sight: bool,
    by: str,
    given_at: datetime,
    expires_at: datetime,
) -> dict[str, Any]:
    """JSON's own types alone. Whoever takes part is named by a code or by their relation to the client."""
    return {
        "schema_version": "ISO/IEC TS 27560:2023",
        "record_id": code,
        "pii_principal_id": case_code,
        "pii_processing": {
            "privacy_notice": shown,
            "language": form.language,
            "purposes": [
                {
                    "purpose": form.purpose,
                    "lawful_basis": form.basis,
                    "jurisdictions": [law.country],
                    "legal_citation": citation,
                    "pii_information": [
                        {"pii_type": name, "sensitive_pii_category": name in sensitive}
                        for name in categories
                    ],
                    "pii_controllers": [seat],
                    "processing_method": "disclosure",
                    "recipient_third_parties": list(form.recipients),
                    "liaison_sight": sight,
                    "retention_period": expires_at.isoformat(),
                    "withdrawal_method": "to any worker of the node, in any form, at any time",
                }
            ],
        },
        "party_identification": [
            {"party_id": seat, "party_role": "pii_controller"},
            *({"party_id": to, "party_role": "recipient"} for to in form.recipients),
        ],
        "event": {
            "event_type": "given",
            "event_time": given_at.isoformat(),
            "validity_until": expires_at.isoformat(),
            "entity_id": by,
            "collection_method": form.form,
            **form.model_dump(
                include={
                    "witness", "kept", "age", "guardian", "child_view", "incapacity", "harm", "duty",
                    "second", "copies", "copy_safe", "traced_person_consented",
                },
                mode="json",
            ),
        },
    }  # fmt: skip
