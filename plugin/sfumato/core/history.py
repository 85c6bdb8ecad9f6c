"""The jobs of a picture, as its records tell of them: which are there, which one is at hand."""

from dataclasses import dataclass, replace
from typing import Callable, Collection, Dict, Iterable, List, Optional, Sequence, Tuple

from sfumato_protocol.provenance import Provenance

from .provenance import read
from .types import Around, Refusal, Stored


@dataclass(frozen=True)
class Entry:
    """A click's jobs, one for each place that it worked on. group: identity of what their passes
    lie in, "" where that is gone. shown: it is not hidden."""

    records: Tuple[Provenance, ...]
    group: str = ""
    thumbnail: bytes = b""
    shown: bool = True

    @property
    def id(self) -> str:
        """Its first job."""
        return self.record.job

    @property
    def record(self) -> Provenance:
        return self.records[0]


Entries = Tuple[Entry, ...]


class Reader:
    """Turns records into values, each but once: they do not change."""

    def __init__(self) -> None:
        self._read: Dict[Tuple[str, int], Optional[Provenance]] = {}

    def record(self, stored: Stored) -> Optional[Provenance]:
        """None for what no job has written."""
        key = (stored.job, hash(stored.record))
        if key not in self._read:
            try:
                found: Optional[Provenance] = read(stored.record)
            except Refusal:
                found = None
            self._read[key] = found if found is not None and found.job == stored.job else None
        return self._read[key]


def entries(
    stored: Iterable[Stored], present: Collection[str], shown: Callable[[str], bool], reader: Reader
) -> Entries:
    """The history of a document, newest first. present: which groups are there."""
    together: Dict[Tuple[str, ...], List[Stored]] = {}
    for one in stored:
        if reader.record(one) is not None:
            together.setdefault(one.groups or (one.job,), []).append(one)
    made = []
    for groups, several in together.items():
        there = [group for group in groups if group in present]
        group = there[-1] if there else ""
        records = tuple(record for record in map(reader.record, several) if record is not None)
        pictures = [one.thumbnail for one in several if one.thumbnail]
        picture = pictures[0] if pictures else b""
        made.append(Entry(records, group, picture, bool(group) and shown(group)))
    return tuple(sorted(made, key=lambda entry: -entry.record.when))


def of_active(history: Sequence[Entry], around: Sequence[Around]) -> Optional[Entry]:
    """The job that made the active layer. around: that and its groups, inmost first. A duplicate of
    a group knows its job by its layers' names."""
    for place in around:
        for entry in history:
            if entry.group == place.layer:
                return entry
    for place in around:
        for entry in history:
            names = tuple(layer.layer for layer in entry.record.passes)
            if names and place.layers == names:
                return replace(entry, group=place.layer, shown=True)
    return None


def at_hand(history: Sequence[Entry], around: Sequence[Around]) -> Optional[Entry]:
    """The job that the artist has in mind: that of the active layer, or the variant of it that is
    shown in its place; else the newest that is shown."""
    active = of_active(history, around)
    if active is not None and active.shown:
        return active
    shown = [entry for entry in history if entry.shown]
    if active is not None:
        of_it = [entry for entry in family(history, active) if entry.shown]
        return (of_it or [active])[0]
    return shown[0] if shown else None


def family(history: Sequence[Entry], entry: Entry) -> Entries:
    """All variants of a job that are in the picture, itself and what it came from among them."""
    roots = {}
    bases = {record.job: record.base for one in history for record in one.records}

    def root(job: str) -> str:
        seen = []
        while bases.get(job) and job not in seen:
            seen.append(job)
            job = bases[job]
        return job

    roots = {one.id: root(one.id) for one in history}
    wanted = roots.get(entry.id, root(entry.id))
    return tuple(one for one in history if one.group and roots[one.id] == wanted)


def gone(history: Sequence[Entry]) -> Entries:
    """Jobs of which no layer is left."""
    return tuple(entry for entry in history if not entry.group)
