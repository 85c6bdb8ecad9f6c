"""Messages to bytes and back: one msgpack map a frame, with limits enforced before decoding.

The only module here that needs msgpack.
"""

import typing
from dataclasses import fields, is_dataclass
from functools import lru_cache
from typing import Any, ClassVar, Dict, Iterator, List, Mapping, Type, Union

import msgpack

from . import plain_json
from .blobs import CHUNK_BYTES, Blob, chunks
from .errors import BAD_MESSAGE, TOO_LARGE, UNKNOWN_TYPE, InvalidField, ProtocolError, shorten
from .messages import BY_TYPE, MOST_ENGINES, MOST_RECIPES, Chunk, Message
from .plain_text import encodable
from .specs import EngineInfo, Figure, Note, RecipeInfo

MAX_FRAME = CHUNK_BYTES + 64 * 1024
_MAX_ITEMS = 4096
_MAX_STRING = 64 * 1024
_MAX_DEPTH = 8
_DEEPEST = 16  # maps and lists in each other

# A newer peer may say what this side has no name for. Of these one that is not understood is left
# out, and the rest of the list holds; of an offer a sentence says so.
_OFFERED = {EngineInfo: "engine", RecipeInfo: "recipe"}
_SPARED = (EngineInfo, RecipeInfo, Note, Figure)

Frame = Union[bytes, bytearray, memoryview]


def encode(message: Message) -> bytes:
    """One frame. Raises `ProtocolError` when it would pass `MAX_FRAME`."""
    content = to_map(message)
    content["type"] = message.type
    frame: bytes = msgpack.packb(content, use_bin_type=True)
    if len(frame) > MAX_FRAME:
        got = "a {} message of {} bytes".format(message.type, len(frame))
        raise ProtocolError(TOO_LARGE, got, "at most {}".format(MAX_FRAME))
    return frame


def encode_blob(blob: Blob) -> Iterator[bytes]:
    """The frames that carry a blob's bytes, in order."""
    for offset, part in chunks(blob):
        yield encode(Chunk(blob.info.id, offset, bytes(part)))


def decode(frame: Frame) -> Message:
    """The message in a frame. Raises `ProtocolError`; never trusts a size it was told."""
    content = _unpack(frame)
    kind = content.get("type")
    if not isinstance(kind, str) or kind not in BY_TYPE:
        raise ProtocolError(
            UNKNOWN_TYPE, "a message of type {}".format(shorten(kind)), "a known type"
        )
    if kind in ("welcome", "offer"):
        content = _understood(content)
    message: Message = from_map(BY_TYPE[kind], content, kind, spares=True)
    return message


def _understood(offer: Mapping[str, Any]) -> Mapping[str, Any]:
    """The offer with a sentence for each engine and recipe that will be left out."""
    sentences: List[str] = []
    for field, kind in (("engines", EngineInfo), ("recipes", RecipeInfo)):
        entries = offer.get(field)
        for entry in entries if isinstance(entries, list) else ():
            try:
                from_map(kind, entry, field, 1)
            except ProtocolError as error:
                sentences.append(_left_out(_OFFERED[kind], entry, error))
    said = offer.get("dropped", [])
    if not isinstance(said, list):
        return offer
    return {**offer, "dropped": (said + sentences)[: MOST_ENGINES + MOST_RECIPES]}


def _left_out(what: str, entry: Any, error: ProtocolError) -> str:
    named = entry.get("name") if isinstance(entry, dict) else entry
    name = named if isinstance(named, str) and len(named) <= 64 else shorten(named)
    return "The server's {} {} is left out: {}".format(what, name, encodable(str(error)))[:1000]


def _unpack(frame: Frame) -> Mapping[str, Any]:
    if len(frame) > MAX_FRAME:
        got = "a frame of {} bytes".format(len(frame))
        raise ProtocolError(TOO_LARGE, got, "at most {}".format(MAX_FRAME))
    try:
        content = msgpack.unpackb(
            frame,
            raw=False,
            strict_map_key=True,
            max_str_len=_MAX_STRING,
            max_bin_len=CHUNK_BYTES,
            max_array_len=_MAX_ITEMS,
            max_map_len=_MAX_ITEMS,
            max_ext_len=0,
        )
        plain_json.require_shallow(content, _DEEPEST)
    except (ValueError, TypeError, RecursionError, msgpack.UnpackException) as error:
        got = "bytes that do not decode, or are nested too deep"
        raise ProtocolError(BAD_MESSAGE, got, "a msgpack map") from error
    if not isinstance(content, dict):
        raise ProtocolError(
            BAD_MESSAGE, "a frame with {}".format(shorten(content)), "a msgpack map"
        )
    return content


def to_map(value: Any) -> Dict[str, Any]:
    """A dataclass as plain maps, lists and values: the inverse of `from_map`."""
    return {field.name: plain(getattr(value, field.name)) for field in fields(value)}


def plain(value: Any) -> Any:
    """A field's value as plain maps, lists and values."""
    if isinstance(value, tuple):
        return [plain(item) for item in value]
    return to_map(value) if is_dataclass(value) else value


@lru_cache(maxsize=None)
def _hints(kind: Type[Any]) -> Dict[str, Any]:
    hints = typing.get_type_hints(kind)
    return {name: hint for name, hint in hints.items() if typing.get_origin(hint) is not ClassVar}


def from_map(kind: Type[Any], content: Any, path: str, depth: int = 0, spares: bool = False) -> Any:
    """A dataclass from plain maps, lists and values, each field checked against its annotation.

    path: what the errors call it. spares: whether offers, notes and figures that are not understood
    are left out of their lists rather than refused. Raises `InvalidField`.
    """
    if not isinstance(content, dict):
        raise InvalidField(path, content, "a map")
    if depth > _MAX_DEPTH:
        raise InvalidField(path, "nesting", "at most {} levels".format(_MAX_DEPTH))
    hints = _hints(kind)  # type: ignore[arg-type]
    values = {
        name: _typed(hint, content[name], "{}.{}".format(path, name), depth + 1, spares)
        for name, hint in hints.items()
        if name in content
    }
    try:
        return kind(**values)
    except TypeError as error:
        missing = [field.name for field in fields(kind) if field.name not in values]
        raise InvalidField(path, "without " + ", ".join(missing), "every field") from error


def _items(hint: Any, entries: List[Any], path: str, depth: int, spares: bool) -> Iterator[Any]:
    for entry in entries:
        try:
            yield _typed(hint, entry, path, depth, spares)
        except InvalidField:
            if not spares or hint not in _SPARED:
                raise


def _typed(hint: Any, value: Any, path: str, depth: int, spares: bool) -> Any:
    if typing.get_origin(hint) is tuple:
        if not isinstance(value, list):
            raise InvalidField(path, value, "a list")
        return tuple(_items(typing.get_args(hint)[0], value, path, depth, spares))
    if is_dataclass(hint):
        return from_map(typing.cast(Type[Any], hint), value, path, depth, spares)
    if hint is float and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    if type(value) is not hint:
        raise InvalidField(path, value, hint.__name__)
    return value
