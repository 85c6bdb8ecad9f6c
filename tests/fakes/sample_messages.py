"""One message of every type, every field filled: what the golden files hold."""

from __future__ import annotations

from sfumato_protocol import messages
from sfumato_protocol.blobs import BlobInfo
from sfumato_protocol.geometry import Extent, MaskSettings, Rect

JOB = "0123456789abcdef0123456789abcdef"
BASE = "00112233445566778899aabbccddeeff"
REQUEST = "fedcba9876543210fedcba9876543210"

EXTENT = Extent("ring", 5.0, 10.0, 10.0, True)
SPEC = messages.PassSpec("whole", 0.7, 1.5, 0.5, 30, 7.5, 3, "weathered skin, é")
PLANNED = messages.PlannedPass(2, EXTENT, 0.4, 20, -1.0, 4294967295, "soft light")
MASKS = MaskSettings(10.0, 5.0, 10.0, 48.0, False)


def picture(
    blob: int, width: int, height: int, order: str = "BGRA", sample: str = "u16"
) -> BlobInfo:
    """A raw picture's announcement."""
    size = width * height * len(order) * (2 if sample == "u16" else 1)
    return BlobInfo(blob, width, height, order, sample, "sRGB-elle-V2-srgbtrc.icc", "raw", size)


def mask(blob: int, width: int, height: int) -> BlobInfo:
    """A packed mask's announcement."""
    return BlobInfo(blob, width, height, "G", "u8", "", "zlib", 11)


WELCOME = messages.Welcome(
    "sfumato/1",
    "sfumato 0.1.0",
    (messages.EngineInfo("patch-diffusion", "Texture heal", 0, 1, ("seed", "strength")),),
    (messages.RecipeInfo("seam", "Seam", "The edge only.", (SPEC, SPEC), "patch-diffusion"),),
    messages.Limits(16777216, 201326592, 8),
)

SAMPLES: tuple[messages.Message, ...] = (
    messages.Hello("sfumato/1", "krita-sfumato/0.1.0"),
    WELCOME,
    messages.Shape(REQUEST, mask(1, 40, 30), (EXTENT,)),
    messages.Shaped(REQUEST, (mask(2, 40, 30),), (mask(3, 40, 30),)),
    messages.Submit(
        JOB, "seam", "patch-diffusion", "skin", "blur", 7, MASKS, Rect(3, 4, 40, 30),
        picture(4, 40, 30), mask(5, 40, 30), (SPEC,),
    ),
    messages.Accepted(JOB, "patch-diffusion", (PLANNED,), 2),
    messages.Advice(JOB, (messages.Note("mask.hard-edge", "The edge is hard."),)),
    messages.Progress(JOB, 1, 3, 20, "loading weights"),
    messages.Preview(JOB, 1, b"\xff\xd8\xff\xd9"),
    messages.PassDone(
        JOB, PLANNED, Rect(5, 6, 20, 10), picture(6, 20, 10), mask(7, 20, 10), 1.25,
        (messages.Figure("seam", 1.02),),
    ),
    messages.JobDone(JOB, 3, 9.5),
    messages.Failed(JOB, "cancelled", "a cancel", "", "Submit again."),
    messages.Cancel(JOB),
    messages.Ack(JOB, 2),
    messages.Resume(JOB, (1, 2)),
    messages.Offer(WELCOME.engines, WELCOME.recipes),
    messages.SaveRecipe(REQUEST, WELCOME.recipes[0]),
    messages.DeleteRecipe(REQUEST, "seam"),
    messages.Again(
        JOB, BASE, 2, "patch-diffusion", "skin", "blur", 7, MASKS, (SPEC, SPEC),
        (mask(8, 20, 10),), (mask(9, 40, 30),),
    ),
    messages.Waiting(JOB, 3),
    messages.Move(JOB, BASE),
    messages.Chunk(4, 262144, b"\x00\x01\xfe\xff"),
)  # fmt: skip
