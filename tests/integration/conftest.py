import nats
import pytest
from nats.js.errors import NotFoundError


@pytest.fixture
async def clean_nats(nats_url: str) -> str:
    """A NATS without any stream."""
    connection = await nats.connect(nats_url)
    js = connection.jetstream()
    for stream in ("ACCOUNTS", "GATEWAY", "QUOTA", "LOOKUP", "DEAD_LETTERS"):
        try:
            await js.delete_stream(stream)
        except NotFoundError:
            continue
    await connection.close()
    return nats_url
