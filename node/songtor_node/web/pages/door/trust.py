"""How a phone of the house comes to know this node: once, by its own certificate authority."""

from __future__ import annotations

import hashlib

from cryptography import x509
from starlette.responses import Response

from songtor_node.qr import qr
from songtor_node.web.entrance.access import May, Page
from songtor_node.web.front import When
from songtor_node.web.reach import authority
from songtor_node.web.visit import Visit
from songtor_proto.errors import InputError
from songtor_proto.identity.certificates import to_der

CERTIFICATE = "application/x-x509-ca-cert"  # what phones and Windows offer to install
DEVICES = {"android": ("Android",), "iphone": ("iPhone", "iPad"), "windows": ("Windows",)}


def trust(visit: Visit) -> Response:
    """On the machine itself: the QR, and what to compare; on a phone: what to do there."""
    reach = visit.front.reach
    certificate = _certificate(visit)
    if not reach.phones:
        return visit.show("node/this_machine.html")
    if certificate is None:
        return visit.show("node/phones.html", address=reach.phones[0], qr=qr(reach.phones[0]))
    if visit.origin in reach.phones:
        return visit.show("node/trust.html", name=_name(certificate), device=_device(visit))
    address = f"{reach.phones[0]}/trust"
    return visit.show(
        "node/show_phones.html",
        address=address,
        others=reach.phones[1:],
        qr=qr(address),
        name=_name(certificate),
        until=certificate.not_valid_after_utc,
        fingerprint=authority.fingerprint(certificate),
        thumbprint=hashlib.sha1(to_der(certificate), usedforsecurity=False).hexdigest(),
    )


def certificate(visit: Visit) -> Response:
    """The authority's certificate, to install. It is no secret."""
    found = _certificate(visit)
    if found is None:
        raise InputError("not_here")
    return Response(to_der(found), media_type=CERTIFICATE)


def _certificate(visit: Visit) -> x509.Certificate | None:
    if not visit.front.reach.own_authority or visit.front.when is not When.OPEN:
        return None
    with visit.reading() as session:
        found = authority.kept(session, visit.now)
    return found.certificate if found else None


def _name(certificate: x509.Certificate) -> str:
    """As it stands in a phone's list."""
    return certificate.subject.rfc4514_string().removeprefix("CN=")


def _device(visit: Visit) -> str:
    said = visit.request.headers.get("user-agent", "")
    return next((name for name, marks in DEVICES.items() if any(mark in said for mark in marks)), "android")


PAGES = (
    Page(path="/trust", may=May.ANYONE, when=None, get=trust),
    Page(path="/trust/songtor.crt", may=May.ANYONE, get=certificate),
)
