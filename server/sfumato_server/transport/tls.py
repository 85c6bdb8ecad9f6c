"""Encryption for clients that are not on this machine."""

from __future__ import annotations

import logging
import ssl
import time
from pathlib import Path

log = logging.getLogger(__name__)

_SOON_DAYS = 14
_DATES = {9: "is not valid yet", 10: "has expired"}  # OpenSSL's numbers


class TlsError(Exception):
    """A certificate or key that cannot be used; the text names the file and what to do."""


def server_context(certificate: Path, key: Path) -> ssl.SSLContext:
    """TLS 1.2 or later with this certificate chain and key, both PEM. Raises `TlsError`; a
    certificate that is out of date, or soon will be, is logged: clients say why they refuse it."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    # Clients read and write in two threads, which Python's ssl does not always keep apart: a ticket
    # that arrives while one of them writes can make it wait for ever. Nobody here needs tickets.
    context.num_tickets = 0
    try:
        for what, file in (("certificate", certificate), ("key", key)):
            if not file.is_file():
                raise TlsError(f"the TLS {what} {file} is not there; expected a PEM file.")
        context.load_cert_chain(certificate, key)
    except ssl.SSLError as error:
        reason = error.reason or str(error)
        raise TlsError(
            f"{certificate} and {key} do not work together: {reason}. "
            "Expected a certificate and its own key, both PEM, the key without a pass phrase."
        ) from error
    except OSError as error:
        raise TlsError(
            f"{certificate} or {key} cannot be read: {error.strerror or error}. "
            "Expected files that the server's user may read."
        ) from error
    _tell_date(certificate, context)
    return context


def _tell_date(certificate: Path, context: ssl.SSLContext) -> None:
    try:
        seconds = _seconds_left(certificate, context)
    except ssl.SSLCertVerificationError as error:
        if error.verify_code in _DATES:
            said = _DATES[error.verify_code]
            log.warning("the TLS certificate %s %s: clients will refuse it", certificate, said)
    except (ssl.SSLError, OSError):
        log.debug("the date of the TLS certificate %s cannot be told", certificate)
    else:
        if seconds < _SOON_DAYS * 86400:
            days = seconds / 86400
            log.warning("the TLS certificate %s expires in %.1f days", certificate, days)


def _seconds_left(certificate: Path, context: ssl.SSLContext) -> float:
    """Until the certificate expires. Shakes hands with itself, in memory: Python tells the dates
    of a peer's certificate alone. Raises `ssl.SSLCertVerificationError` where it is out of date."""
    trusting = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    trusting.check_hostname = False
    trusting.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    trusting.load_verify_locations(certificate)
    there, back = ssl.MemoryBIO(), ssl.MemoryBIO()
    client = trusting.wrap_bio(back, there)
    server = context.wrap_bio(there, back, server_side=True)
    for side in (client, server, client):
        try:
            side.do_handshake()
        except ssl.SSLWantReadError:
            continue
    shown = client.getpeercert() or {}
    return ssl.cert_time_to_seconds(str(shown["notAfter"])) - time.time()
