"""Text of XML elements."""

from xml.etree.ElementTree import Element


def text_of(element: Element | None) -> str:
    """Return all text in an element with its white space collapsed; empty for an element that is absent."""
    return "" if element is None else " ".join("".join(element.itertext()).split())
