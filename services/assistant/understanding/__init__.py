"""What a message asks, understood by rules: pure functions of its text and of what was said before."""

from services.assistant.understanding.found import with_found
from services.assistant.understanding.reading import read

__all__ = ["read", "with_found"]
