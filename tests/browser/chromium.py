"""Debian's headless Chromium, which visits one page and ends."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

QUIET = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--disable-dev-shm-usage",
)  # fmt: skip


def program() -> str | None:
    """Where Chromium is, if it is."""
    return shutil.which("chromium") or shutil.which("chromium-browser")


class Visit:
    """One Chromium with a fresh profile on one page."""

    def __init__(self, browser: str, profile: Path, url: str, *options: str) -> None:
        self._process = subprocess.Popen(
            [browser, *QUIET, *options, f"--user-data-dir={profile}", url],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def end(self) -> None:
        """Close the browser."""
        self._process.terminate()
        self._process.wait(20)
