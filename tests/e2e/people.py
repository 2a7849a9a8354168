"""Members of the running product, made as people become members."""

import re
import secrets
from dataclasses import dataclass
from ipaddress import IPv4Address
from urllib.parse import urlsplit

from playwright._impl._api_structures import SetCookieParam

from tests.e2e.product import Product
from tests.support import eventually, plain_client

PASSWORD = "a quiet harbour at dawn"


@dataclass(frozen=True, slots=True)
class Member:
    """A member who is logged in: `cookies` are those of one browser, by name."""

    email: str
    cookies: dict[str, str]

    def browser_cookies(self, product: Product) -> list[SetCookieParam]:
        """Return the cookies as a browser context takes them."""
        return [{"name": name, "value": value, "url": product.web} for name, value in self.cookies.items()]


def new_email() -> str:
    """Return an address that nobody has used."""
    return f"coder-{secrets.token_hex(6)}@example.org"


def network() -> dict[str, str]:
    """Return the header of a network of one's own: what is limited by network is then not shared between tests."""
    return {"x-forwarded-for": str(IPv4Address(secrets.randbits(32)))}


async def letters(product: Product, email: str) -> list[str]:
    """Return the texts of the letters to an address, newest first."""
    async with plain_client(product.inbox) as http:
        listed = (await http.get("/messages.json")).json()
        return [
            (await http.get(f"/messages/{message['id']}.json")).json()["text"]
            for message in listed
            if email in message["to"]
        ]


async def link_in_letter(product: Product, email: str, path: str, *, older: int = 0) -> str:
    """Wait for a letter with a link to `path` beyond the `older` ones, and return the newest link without its host."""
    pattern = re.compile(rf"https?://\S+{re.escape(path)}\S*")

    async def links() -> list[str]:
        found = [match[0] for text in await letters(product, email) if (match := pattern.search(text))]
        return found if len(found) > older else []

    address = urlsplit((await eventually(links))[0])
    return f"{address.path}?{address.query}"


async def new_member(product: Product, email: str = "") -> Member:
    """Register, confirm and log in."""
    email = email or new_email()
    async with plain_client(product.web, headers=network()) as http:
        answer = await http.post("/register", data={"email": email, "password": PASSWORD})
        assert answer.status_code in (200, 303), answer.text
        link = await link_in_letter(product, email, "/confirm")
        confirmed = await http.post(link, data=dict([link.partition("?")[2].split("=", 1)]))
        assert confirmed.status_code == 303, confirmed.text
        cookies = {cookie.name: cookie.value or "" for cookie in http.cookies.jar}
    assert "codingahead_session" in cookies
    return Member(email, cookies)


async def new_key(product: Product, *scopes: str) -> str:
    """Return the secret of an API key of a new member."""
    member = await new_member(product)
    async with plain_client(product.web, cookies=member.cookies) as http:
        answer = await http.post("/account/keys", data={"name": "tests", "scopes": list(scopes)})
    found = re.search(r"cak_[A-Za-z0-9_-]+", answer.text)
    assert found, answer.text
    return found[0]
