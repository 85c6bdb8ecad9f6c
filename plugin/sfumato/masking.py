"""The XOR masking that RFC 6455, section 5.3, asks of every client frame, faster in plain Python.

The packaged plugin's websockets copy uses this in place of its own big-integer version (that one
needs about three times as long, and 16 MB of pixels are 64 frames). The key stays four fresh random
bytes a frame, drawn by websockets.
"""

from typing import Union

# _XOR[k] maps a byte b to b ^ k.
_XOR = tuple(bytes(byte ^ key for byte in range(256)) for key in range(256))


def apply_mask(data: Union[bytes, bytearray, memoryview], mask: bytes) -> bytearray:
    """`data[i] ^ mask[i % 4]` for every i: each of the four key bytes owns every fourth byte.

    Raises `ValueError` if the mask is not four bytes long.
    """
    if len(mask) != 4:
        raise ValueError("got a mask of {} bytes, expected 4".format(len(mask)))
    masked = bytearray(data)
    for lane, key in enumerate(mask):
        masked[lane::4] = masked[lane::4].translate(_XOR[key])
    return masked
