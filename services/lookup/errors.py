"""Why a load fails, apart from what is wrong with its files."""


class LoadFailed(Exception):
    """A load ended before it could serve; the load before goes on serving."""
