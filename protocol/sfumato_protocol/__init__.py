"""What is said between a Sfumato client and a Sfumato server: messages, their order, their bytes.

Standard library only, Python 3.8 and later; `codec` alone needs msgpack.
"""

VERSION = "sfumato/1"
