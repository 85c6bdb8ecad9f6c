"""How variations and the jobs of a picture are called in the docker."""

import time
from typing import Optional, Tuple

from sfumato_protocol.geometry import RING, WHOLE, WIDE
from sfumato_protocol.messages import PlannedPass

from .again import Sight
from .history import Entry
from .words import mark, several, tr

_ZONES = {WHOLE: mark("whole"), RING: mark("ring"), WIDE: mark("wide")}


def at_hand(entry: Optional[Entry]) -> str:
    """Which result it is about."""
    if entry is None:
        return tr("No result in this picture yet")
    return history_title(entry)


def from_pass(planned: PlannedPass) -> str:
    """A pass to begin with."""
    zone = planned.extent.zone
    return tr("From {}: {}").format(planned.index, tr(_ZONES[zone]) if zone in _ZONES else zone)


def variation(number: int, sight: Sight) -> str:
    """One of several, for who does not see it."""
    return tr("Variation {}, seed {}, {}").format(number, sight.seed, variation_state(sight))


def variation_state(sight: Sight) -> str:
    """How far one of several is."""
    if sight.kept:
        return tr("kept")
    if sight.failed:
        return tr("failed")
    if sight.finished:
        return tr("ready")
    return tr("{:.0f} %").format(100 * sight.share)


def history_name() -> str:
    """The list of jobs."""
    return tr("Jobs of this picture")


def history_title(entry: Entry) -> str:
    """What a job was."""
    recipe = entry.record.recipe.replace("-", " ")  # a record has the name, which is the title's
    return tr("{} · seed {}").format(recipe[:1].upper() + recipe[1:], entry.record.seed)


def history_words(entry: Entry) -> str:
    """When it was, and what is left of it."""
    record = entry.record
    passes = several(len(record.passes), "{} pass", "{} passes").format(len(record.passes))
    words = [_when(record.when), passes] if record.when else [passes]
    if not entry.group:
        words.append(tr("layers gone"))
    elif not entry.shown:
        words.append(tr("hidden"))
    elif record.base:
        words.append(tr("redone from pass {}").format(record.first))
    return " · ".join(words)


def history_tip(entry: Entry) -> Tuple[str, ...]:
    """All of it."""
    record = entry.record
    said = [history_words(entry)]
    if record.prompt:
        said.append(tr("Prompt: {}").format(record.prompt[:300]))
    said += [layer.layer for layer in record.passes]
    return tuple(said)


def _when(seconds: int) -> str:
    """A moment of today by its time, another by its day."""
    then, now = time.localtime(seconds), time.localtime()
    today = (then.tm_year, then.tm_yday) == (now.tm_year, now.tm_yday)
    return time.strftime("%H:%M" if today else "%Y-%m-%d", then)
