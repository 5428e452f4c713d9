"""A person's own list of trusted authorities, as Chromium on Linux keeps it: NSS's, in their home.

    trust(home, certificate)        # DER; a browser that starts with HOME=home trusts it from then on

What `certutil -A -t C,,` does, by the library that the browser itself brings.
"""

from __future__ import annotations

import ctypes
import subprocess
import sys
from pathlib import Path


def trust(home: Path, certificate: Path) -> None:
    folder = home / ".pki" / "nssdb"
    folder.mkdir(parents=True)
    subprocess.run([sys.executable, __file__, str(folder), str(certificate)], check=True)  # NSS is one's own


class _Trust(ctypes.Structure):
    _fields_ = [(name, ctypes.c_uint) for name in ("tls", "mail", "code")]


def _add(folder: str, der: bytes) -> None:
    nss, smime = ctypes.CDLL("libnss3.so"), ctypes.CDLL("libsmime3.so")
    pointer = ctypes.c_void_p
    decode = smime.CERT_DecodeCertFromPackage
    for gives in (nss.PK11_GetInternalKeySlot, nss.CERT_GetDefaultCertDB, decode):
        gives.restype = pointer

    def done(status: int) -> None:
        if status:
            raise OSError("NSS refuses")

    done(nss.NSS_InitReadWrite(f"sql:{folder}".encode()))
    slot = pointer(nss.PK11_GetInternalKeySlot())
    if nss.PK11_NeedUserInit(slot):
        done(nss.PK11_InitPin(slot, None, None))
    made = pointer(decode(der, len(der)))
    done(nss.PK11_ImportCert(slot, made, ctypes.c_ulong(0), b"songtor", 0))
    wanted = _Trust()
    done(nss.CERT_DecodeTrustString(ctypes.byref(wanted), b"C,,"))
    done(nss.CERT_ChangeCertTrust(pointer(nss.CERT_GetDefaultCertDB()), made, ctypes.byref(wanted)))
    nss.CERT_DestroyCertificate(made)
    nss.PK11_FreeSlot(slot)
    nss.NSS_Shutdown()


if __name__ == "__main__":
    _add(sys.argv[1], Path(sys.argv[2]).read_bytes())
