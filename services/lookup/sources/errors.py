"""The refusal of a published file."""


class SourceError(Exception):
    """A file is not what it claims to be, or does not hold together; nothing of it is used.

    `file` is its name as the operator knows it, `line` counts from 1 and is None where the fault has no line, and
    `message` says what was expected.
    """

    def __init__(self, file: str, line: int | None, message: str) -> None:
        super().__init__(f"{file}, line {line}: {message}" if line else f"{file}: {message}")
        self.file = file
        self.line = line
        self.message = message
