"""One end of a conversation, without a socket: messages in, frames out, and back.

Both sides own a `Peer` for each connection. It holds the lifecycle and the blobs under way, so that
a transport only moves bytes.
"""

from dataclasses import dataclass
from typing import Callable, Iterator, List, Optional, Set, Tuple

from . import codec
from .blobs import MAX_BLOB_BYTES, Assembler, Blob, Room
from .errors import TOO_LARGE, ProtocolError
from .lifecycle import CLIENT, SERVER, Lifecycle
from .messages import Cancel, Chunk, Message

_MOST_WAITING = 64
_MOST_REFUSED = 1024


@dataclass(frozen=True)
class Received:
    """A message with all its pixels; `blobs` in the order of `message.blobs()`."""

    message: Message
    blobs: Tuple[Blob, ...] = ()


def _anything(message: Message) -> None:
    del message


class Peer:
    """role: `lifecycle.CLIENT` or `SERVER`. budget: most bytes of pixels taken in at a time. room:
    that all connections share. admit: looks at each message that announces pixels, before any is
    taken in, and raises `ProtocolError` for what need not come at all."""

    def __init__(
        self,
        role: str,
        budget: int = MAX_BLOB_BYTES,
        room: Optional[Room] = None,
        admit: Callable[[Message], None] = _anything,
    ) -> None:
        self.lifecycle = Lifecycle()
        self._role = role
        self._other = SERVER if role == CLIENT else CLIENT
        self._assembler = Assembler(budget, room)
        self._admit = admit
        self._waiting: List[Message] = []
        self._refused: Set[int] = set()
        self._last_blob = 0

    def next_blob_id(self) -> int:
        """A blob id not used before on this connection by this side."""
        self._last_blob += 1
        return self._last_blob

    def send(self, message: Message, blobs: Tuple[Blob, ...] = ()) -> Iterator[bytes]:
        """The frames that say `message` and carry its pixels; send them all, in order.

        Raises `ProtocolError`, before the first frame, if the message may not be said now.
        """
        if tuple(blob.info for blob in blobs) != message.blobs():
            raise ValueError("the blobs are not those that the message announces")
        first = codec.encode(message)
        self.lifecycle.said(self._role, message)
        return self._frames(first, blobs)

    def receive(self, frame: codec.Frame) -> Optional[Received]:
        """What is complete with this frame, if anything.

        Raises `ProtocolError` for a frame that cannot be acted on; the conversation may go on.
        """
        message = codec.decode(frame)
        if isinstance(message, Chunk):
            return self._chunk(message)
        infos = message.blobs()
        try:
            self.lifecycle.said(self._other, message)
            if len(self._waiting) >= _MOST_WAITING and infos:
                raise ProtocolError(TOO_LARGE, "too many messages without their pixels", "fewer")
            if infos:
                self._admit(message)
            self._assembler.announce(infos)
        except ProtocolError as error:
            error.job = error.job or getattr(message, "job", "")
            error.request = getattr(message, "request", "")
            self._refuse(message)
            raise
        if isinstance(message, Cancel):
            self._drop_waiting(message.job)
        if infos:
            self._refused.difference_update(info.id for info in infos)
            self._waiting.append(message)
            return None
        return Received(message)

    def close(self) -> None:
        """The conversation is over: what was under way takes no room any more."""
        self._assembler.close()

    def _frames(self, first: bytes, blobs: Tuple[Blob, ...]) -> Iterator[bytes]:
        yield first
        for blob in blobs:
            yield from codec.encode_blob(blob)

    def _chunk(self, chunk: Chunk) -> Optional[Received]:
        if chunk.blob in self._refused:
            return None
        self._assembler.add(chunk.blob, chunk.offset, bytes(chunk.data))
        for message in self._waiting:
            infos = message.blobs()
            if any(info.id == chunk.blob for info in infos) and self._assembler.complete(infos):
                self._waiting.remove(message)
                return Received(message, self._assembler.take(infos))
        return None

    def _drop_waiting(self, job: str) -> None:
        for message in [held for held in self._waiting if getattr(held, "job", "") == job]:
            self._waiting.remove(message)
            self._assembler.discard(message.blobs())
            self._refuse(message)

    def _refuse(self, message: Message) -> None:
        """Chunks of a refused message are already on their way: swallow them in silence."""
        if len(self._refused) > _MOST_REFUSED:
            self._refused.clear()
        self._refused.update(info.id for info in message.blobs())
