"""Which page a section stands on."""

from typing import NamedTuple

from services.gateway.web import addresses
from services.gateway.web.addresses import Book


class Place(NamedTuple):
    """The page of a code; `effective_on` is the date of service, empty for today."""

    book: Book
    code: str
    effective_on: str

    def code_page(self, code: str, book: Book | None = None) -> str:
        """Return the address of another code's page, of this book or of the one that is named, on the same date."""
        return addresses.code_page(book or self.book, code, self.effective_on)

    def procedure_page(self, code: str) -> str:
        """Return the address of the page of a CPT or HCPCS code, on the same date."""
        return addresses.procedure_page(code, self.effective_on)

    def below(self, name: str, **parameters: str) -> str:
        """Return the address of a page of its own that belongs to this code's, such as its "edits"."""
        path = f"{addresses.code_page(self.book, self.code)}/{name}"
        return addresses.with_parameters(path, {**parameters, "effective_on": self.effective_on})


class Linked(NamedTuple):
    """A code that leads to its page."""

    code: str
    href: str
