"""What keeps lookup from loading or starting, apart from what is wrong with published files."""


class LoadFailed(Exception):
    """A load ended before it could serve; the load before goes on serving."""


class VocabularyError(Exception):
    """A table of words cannot be read; the message says which line, and what was expected."""
