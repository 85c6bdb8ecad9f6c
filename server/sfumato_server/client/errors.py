"""What can go wrong for a client; every text is a sentence for the person at the keyboard."""

from __future__ import annotations


class ClientError(Exception):
    """Base of all errors a client raises on purpose."""


class ServerUnreachable(ClientError):
    """No conversation with the server: not there, not letting us in, or gone in mid-sentence.

    again: whether the same may go well in a moment.
    """

    def __init__(self, sentence: str, again: bool = False) -> None:
        super().__init__(sentence)
        self.again = again


class WrongAnswer(ClientError):
    """The server sent what does not fit what it was asked."""


class JobFailed(ClientError):
    """The server could not do a job or a request.

    code: one of `sfumato_protocol.errors`' constants.
    """

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(sentence)
        self.code = code
