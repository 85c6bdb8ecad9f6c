"""Every message of `sfumato/1`, and what messages are made of, under one roof.

`offers` says what is said of a server as a whole, `requests` what a client asks, `answers` what a
server tells; `Chunk`, which either side says, is here.
"""

from dataclasses import dataclass
from typing import ClassVar, Dict, Tuple, Type

from . import checks
from .answers import MAX_PREVIEW as MAX_PREVIEW
from .answers import Accepted as Accepted
from .answers import Advice as Advice
from .answers import Failed as Failed
from .answers import JobDone as JobDone
from .answers import PassDone as PassDone
from .answers import Preview as Preview
from .answers import Progress as Progress
from .answers import Shaped as Shaped
from .answers import Waiting as Waiting
from .base import JobMessage as JobMessage
from .base import Message as Message
from .blobs import CHUNK_BYTES
from .errors import InvalidField
from .offers import MOST_ENGINES as MOST_ENGINES
from .offers import MOST_RECIPES as MOST_RECIPES
from .offers import DeleteRecipe as DeleteRecipe
from .offers import Hello as Hello
from .offers import Offer as Offer
from .offers import SaveRecipe as SaveRecipe
from .offers import Welcome as Welcome
from .requests import Ack as Ack
from .requests import Again as Again
from .requests import Cancel as Cancel
from .requests import Move as Move
from .requests import Resume as Resume
from .requests import Shape as Shape
from .requests import Submit as Submit
from .specs import MAX_PASSES as MAX_PASSES
from .specs import MAX_PROMPT as MAX_PROMPT
from .specs import MAX_SEED as MAX_SEED
from .specs import EngineInfo as EngineInfo
from .specs import Figure as Figure
from .specs import Limits as Limits
from .specs import Note as Note
from .specs import PassSpec as PassSpec
from .specs import PlannedPass as PlannedPass
from .specs import RecipeInfo as RecipeInfo


@dataclass(frozen=True)
class Chunk(Message):
    """Bytes of an announced blob, in order, without gaps."""

    type: ClassVar[str] = "chunk"
    blob: int
    offset: int
    data: bytes

    def __post_init__(self) -> None:
        checks.whole("blob", self.blob, 0, 2**31 - 1)
        checks.whole("offset", self.offset, 0, 2**31 - 1)
        if not isinstance(self.data, (bytes, memoryview)) or not 0 < len(self.data) <= CHUNK_BYTES:
            raise InvalidField("data", self.data, "1 to {} bytes".format(CHUNK_BYTES))


ALL: Tuple[Type[Message], ...] = (
    Hello, Welcome, Offer, SaveRecipe, DeleteRecipe, Shape, Shaped, Submit, Again, Accepted,
    Waiting, Advice, Progress, Preview, PassDone, JobDone, Failed, Cancel, Move, Ack, Resume, Chunk,
)  # fmt: skip
BY_TYPE: Dict[str, Type[Message]] = {kind.type: kind for kind in ALL}
