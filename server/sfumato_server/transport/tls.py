"""Encryption for clients that are not on this machine."""

from __future__ import annotations

import ssl
from pathlib import Path


class TlsError(Exception):
    """A certificate or key that cannot be used; the text names the file and what to do."""


def server_context(certificate: Path, key: Path) -> ssl.SSLContext:
    """TLS 1.2 or later with this certificate chain and key, both PEM. Raises `TlsError`."""
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
    return context
