"""Krita's folders for one run: settings, resources and plugins apart from the user's own."""

import os
import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

# OpenGL under Xvfb is software: turning it off saves a second and a source of noise.
_DISPLAYRC = "[General]\ncanvasState=OPENGL_NOT_TRIED\nOpenGLRenderer=none\n"
_PRIVATE = ("PYTHON", "XDG_", "QT_", "SFUMATO_", "VIRTUAL_ENV", "DISPLAY")


@dataclass(frozen=True)
class Home:
    """A HOME with XDG folders below `root`."""

    root: Path

    @classmethod
    def create(cls, root: Path) -> "Home":
        """An empty home; Krita fills it at its first start, which takes a quarter of a minute."""
        home = cls(root)
        for folder in (home.config, home.pykrita, home.actions, root / "cache"):
            folder.mkdir(parents=True)
        (root / "run").mkdir(mode=0o700)
        (home.config / "kritadisplayrc").write_text(_DISPLAYRC)
        return home

    @property
    def config(self) -> Path:
        return self.root / "config"

    @property
    def pykrita(self) -> Path:
        return self.root / "data" / "krita" / "pykrita"

    @property
    def actions(self) -> Path:
        return self.root / "data" / "krita" / "actions"

    def copy(self, root: Path) -> "Home":
        """A second home with the same content, so that runs cannot disturb each other."""
        shutil.copytree(self.root, root, symlinks=True)
        return Home(root)

    def configure(self, plugins: Iterable[str], **settings: str) -> None:
        """Switch exactly these Python plugins on and give ours its settings."""
        lines = ["[python]", *(f"enable_{name}=true" for name in plugins), ""]
        (self.config / "kritarc").write_text("\n".join(lines))
        self.give_settings(**settings)

    def give_settings(self, **settings: str) -> None:
        """Give our plugin its settings and leave the rest of Krita's configuration alone."""
        lines = ["[sfumato]", *(f"{name}={value}" for name, value in settings.items()), ""]
        with (self.config / "kritarc").open("a") as file:
            file.write("\n" + "\n".join(lines))

    def environment(self, **extra: str) -> dict[str, str]:
        """The environment of a process living in this home."""
        kept = {k: v for k, v in os.environ.items() if not k.startswith(_PRIVATE)}
        return {
            **kept,
            "HOME": str(self.root),
            "XDG_CONFIG_HOME": str(self.config),
            "XDG_DATA_HOME": str(self.root / "data"),
            "XDG_CACHE_HOME": str(self.root / "cache"),
            "XDG_RUNTIME_DIR": str(self.root / "run"),
            "LC_ALL": "C.UTF-8",
            "PYTHONDONTWRITEBYTECODE": "1",
            **extra,
        }
