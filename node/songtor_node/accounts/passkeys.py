"""Passkeys (WebAuthn level 3): a key in the phone or computer, released by finger, face or PIN.

A passkey belongs to a host name, so there is none where a node is reached by a bare address."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from ipaddress import ip_address
from urllib.parse import urlsplit

import webauthn
from sqlmodel import Session, col, select
from webauthn.helpers import parse_authentication_credential_json
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from songtor_node.accounts.models import Account, Passkey
from songtor_proto.errors import InputError
from songtor_proto.times import Random

LIMIT = 10  # of one worker
CHALLENGE_BYTES = 32
_NAME = "Songtor"
_MILLISECONDS = 120_000
_WRONG = (WebAuthnException, ValueError, KeyError, TypeError, RecursionError)
"""What the library raises at an answer that somebody made up."""


def party(origin: str) -> str:
    """The host name that passkeys of this origin belong to; empty where there can be none."""
    parts = urlsplit(origin)
    host = parts.hostname or ""
    if host == "localhost":
        return host
    try:
        ip_address(host)
    except ValueError:
        return host if parts.scheme == "https" else ""
    return ""


def challenge(random: Random) -> bytes:
    return random(CHALLENGE_BYTES)


def to_make(account: Account, have: Sequence[Passkey], *, challenge: bytes, party: str) -> str:
    """What the browser is asked for a new one, as JSON."""
    return webauthn.options_to_json(
        webauthn.generate_registration_options(
            rp_id=party,
            rp_name=_NAME,
            user_name=account.worker,
            user_id=account.handle,
            challenge=challenge,
            timeout=_MILLISECONDS,
            authenticator_selection=AuthenticatorSelectionCriteria(
                resident_key=ResidentKeyRequirement.REQUIRED,
                user_verification=UserVerificationRequirement.REQUIRED,
            ),
            exclude_credentials=[PublicKeyCredentialDescriptor(id=one.id) for one in have],
        )
    )


def make(
    session: Session, worker: str, answer: str, *, challenge: bytes, origin: str, name: str, now: datetime
) -> Passkey:
    """Keeps the new one. InputError: passkey, too_large (the worker has too many)."""
    if len(of(session, worker)) >= LIMIT:
        raise InputError("too_large", field="passkey")
    try:
        made = webauthn.verify_registration_response(
            credential=answer,
            expected_challenge=challenge,
            expected_rp_id=party(origin),
            expected_origin=origin,
            require_user_verification=True,
        )
    except _WRONG as error:
        raise InputError("passkey") from error
    if session.get(Passkey, made.credential_id) is not None:
        raise InputError("passkey")
    kept = Passkey(
        id=made.credential_id,
        worker=worker,
        public_key=made.credential_public_key,
        count=made.sign_count,
        name=name[:60],
        added_at=now,
    )
    session.add(kept)
    session.flush()
    return kept


def to_use(*, challenge: bytes, party: str) -> str:
    """What the browser is asked for one that is there, as JSON; the passkey says whose it is."""
    return webauthn.options_to_json(
        webauthn.generate_authentication_options(
            rp_id=party,
            challenge=challenge,
            timeout=_MILLISECONDS,
            user_verification=UserVerificationRequirement.REQUIRED,
        )
    )


def use(session: Session, answer: str, *, challenge: bytes, origin: str) -> str:
    """The worker whose passkey signed; InputError("passkey") for everything else."""
    try:
        credential = parse_authentication_credential_json(answer)
        kept = session.get(Passkey, credential.raw_id)
        if kept is None:
            raise InputError("passkey")
        used = webauthn.verify_authentication_response(
            credential=credential,
            expected_challenge=challenge,
            expected_rp_id=party(origin),
            expected_origin=origin,
            credential_public_key=kept.public_key,
            credential_current_sign_count=kept.count,
            require_user_verification=True,
        )
    except _WRONG as error:
        raise InputError("passkey") from error
    account = session.get(Account, kept.worker)
    said = credential.response.user_handle
    if account is None or (said and said != account.handle):
        raise InputError("passkey")
    kept.count = used.new_sign_count
    return kept.worker


def of(session: Session, worker: str) -> Sequence[Passkey]:
    query = select(Passkey).where(Passkey.worker == worker).order_by(col(Passkey.added_at))
    return session.exec(query).all()
