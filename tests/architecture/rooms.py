"""The rooms of the house, and which of our own rooms each may look into.

A room is a module or package by its full name; the longest name that fits counts. Packages from
elsewhere are listed with the only rooms that may import them.
"""

from __future__ import annotations

PROTOCOL = "sfumato_protocol"


def _stairs(*rooms: str) -> dict[str, tuple[str, ...]]:
    """Each room looks at the protocol and at the rooms that are listed after it."""
    return {room: (PROTOCOL, *rooms[place + 1 :]) for place, room in enumerate(rooms)}


# Straight down: no circle, no arrow up.
_SERVER = {
    **_stairs(
        "__main__", "cli", "transport", "offer", "advice", "jobs", "execution", "config",
        "engines", "imaging",
    ),
    "__main__": ("cli",),
    "cli": (
        PROTOCOL, "client", "transport", "offer", "config", "engines.base", "engines.registry",
        "engines.diffusion",
    ),
    "engines": ("imaging", PROTOCOL),
    "client": (PROTOCOL, "websocket_log"),
    "websocket_log": (),
}  # fmt: skip
_SERVER["transport"] += ("websocket_log",)

_PLUGIN = {
    "core": (PROTOCOL,),
    "qt": (),
    "masking": (),
    "settings": (PROTOCOL, "core"),
    "documents": (PROTOCOL, "core", "qt"),
    "line": (PROTOCOL, "core"),
    "dial": (PROTOCOL, "core", "line"),
    "diary": (PROTOCOL, "core", "qt"),
    "link": (PROTOCOL, "core", "qt", "diary", "line", "dial"),
    "jobs": (PROTOCOL, "core", "qt", "line"),
    "watching": ("qt",),
    "canvases": ("qt",),
    "recipes": (PROTOCOL, "core", "qt", "line"),
    "krita_io": (PROTOCOL, "core", "qt", "watching", "canvases"),
    "ui": (PROTOCOL, "core", "qt", "jobs", "canvases"),
    "turn": ("core",),
    "saying": ("qt",),
    "safekeeping": ("core", "qt", "jobs", "documents"),
    "thumbnails": (PROTOCOL, "core", "qt"),
    "history": (PROTOCOL, "core", "qt", "documents", "turn", "watching"),
    "redoing": (
        PROTOCOL, "core", "qt", "diary", "jobs", "documents", "history", "turn",
    ),
    "variations": ("core", "qt", "jobs", "documents", "thumbnails", "ui", "watching"),
    "results": (
        "core", "qt", "documents", "history", "insertion", "jobs", "redoing", "siblings", "turn",
        "ui", "variations", "watching",
    ),
    "siblings": ("qt", "documents", "turn", "watching"),
    "insertion": (
        PROTOCOL, "core", "qt", "diary", "jobs", "documents", "safekeeping", "turn", "thumbnails",
    ),
    "workflow": (PROTOCOL, "core", "qt", "diary", "jobs", "documents", "insertion", "turn"),
    "shaper": (PROTOCOL, "core", "qt", "diary", "documents", "line", "turn", "watching"),
    "notes": ("core", "settings"),
    "local_server": (PROTOCOL,),
    "starting": (PROTOCOL, "core", "qt", "diary", "local_server"),
    "studio": (
        PROTOCOL, "core", "qt", "diary", "settings", "documents", "dial", "link", "jobs",
        "workflow", "insertion", "starting", "ui", "shaper", "watching", "canvases", "recipes",
        "results", "saying",
    ),
    "extension": ("core", "qt", "diary", "krita_io", "studio", "ui", "settings", "notes",
        "local_server"),
}  # fmt: skip


def _full(package: str, room: str) -> str:
    return room if room == PROTOCOL else f"{package}.{room}"


def _rooms(package: str, table: dict[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    return {
        _full(package, room): tuple(_full(package, other) for other in others)
        for room, others in table.items()
    }


MAY_IMPORT: dict[str, tuple[str, ...]] = {
    PROTOCOL: (),
    "sfumato_server": (),
    "sfumato": ("sfumato.extension",),
    **_rooms("sfumato_server", _SERVER),
    **_rooms("sfumato", _PLUGIN),
}

# A package's own name and version are for everyone inside it.
ROOTS = ("sfumato_server", "sfumato")

FOREIGN: dict[str, tuple[str, ...]] = {
    "msgpack": ("sfumato_protocol.codec",),
    "krita": ("sfumato", "sfumato.extension", "sfumato.krita_io"),
    "pykrita": ("sfumato.qt",),
    "PyQt5": ("sfumato.qt",),
    "PyQt6": ("sfumato.qt",),
    "websockets": (
        "sfumato.line", "sfumato.dial", "sfumato_server.transport", "sfumato_server.websocket_log",
        "sfumato_server.client.connection", "sfumato_server.client.opening",
    ),
    "numpy": (
        "sfumato_server.imaging", "sfumato_server.engines", "sfumato_server.execution.runner",
        "sfumato_server.execution.drive", "sfumato_server.execution.windows",
        "sfumato_server.jobs.job",
        "sfumato_server.client", "sfumato_server.cli",
    ),
    "cv2": (
        "sfumato_server.imaging", "sfumato_server.engines", "sfumato_server.client",
        "sfumato_server.cli",
    ),
    "PIL": ("sfumato_server.client", "sfumato_server.cli"),
    "tifffile": ("sfumato_server.cli.tiff",),
    "torch": ("sfumato_server.engines",),
    "diffusers": ("sfumato_server.engines",),
    "click": ("sfumato_server.__main__", "sfumato_server.cli"),
    "rich": ("sfumato_server.cli",),
    "transformers": ("sfumato_server.engines",),
    "huggingface_hub": ("sfumato_server.cli.hub",),
    "filelock": ("sfumato_server.transport.home_lock",),
    "safetensors": ("sfumato_server.engines",),
    "tomli": ("sfumato_server.offer.recipes", "sfumato_server.engines"),
}  # fmt: skip

# Slow to import. What imports these at its top is slow too, and may only lie behind an engine's
# `load`: in these rooms, and imported by all others within functions.
LAZY = ("torch", "diffusers", "transformers", "accelerate")
BEHIND_LOAD = ("sfumato_server.engines.patch", "sfumato_server.engines.diffusion")
