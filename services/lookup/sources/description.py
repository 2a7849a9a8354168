"""One common-language description: a Markdown file with a front matter.

---
system: icd10cm
code: E11.9
author: Coding Ahead editors
reviewed_on: 2026-04-01
---
# Type 2 diabetes with no complication recorded

The text, in CommonMark.
"""

import re
from datetime import date

# Declared by python-frontmatter, which hands its loaders through.
import yaml
from frontmatter.default_handlers import YAMLHandler
from markdown_it import MarkdownIt

from services.lookup.codes import notation
from services.lookup.codes.description import Description
from services.lookup.codes.model import System
from services.lookup.sources.errors import SourceError
from services.runtime.errors import Refusal

_FIELDS = ("system", "code", "author", "reviewed_on")
# A front matter with one of these is meant for us, whatever else is wrong with it.
_RECOGNISED = re.compile(rb"(?:\xef\xbb\xbf)?---[ \t]*\r?\n(?:(?!---).*\n)*?(?:system|code|reviewed_on)[ \t]*:")

MOST_BYTES = 100_000
_MOST_TITLE = 200
_MOST_AUTHOR = 100
_MOST_TEXT = 8_000

# All but line ends and tabs.
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")

_MARKDOWN = MarkdownIt("commonmark")


def is_description(head: bytes) -> bool:
    """Whether a file that begins so is a description."""
    return _RECOGNISED.match(head) is not None


def read_description(content: bytes, file: str, today: date) -> Description:
    """Read a description: UTF-8 with or without BOM, lines ended by LF or CRLF; `today` bounds its review.

    Raises SourceError for a front matter that is missing, cut, no YAML, or has not exactly the four fields; for a field
    that is not what it should be; for a text without a first-level heading at its beginning, with nothing below that,
    too long, or with raw HTML in it.
    """
    text = _decoded(content, file)
    try:
        front, body = YAMLHandler().split(text)
    except ValueError:
        raise SourceError(file, None, "expected a front matter that begins and ends with a line ---") from None
    fields = _fields(front, text.count("\n", 0, text.index(front)) + 1, file)
    title, rest = _title_and_text(body, text.count("\n", 0, len(text) - len(body)) + 1, file)
    system = _system(fields["system"], file)
    return Description(
        system=system,
        code=_code(system, fields["code"], file),
        title=title,
        text=rest,
        author=_author(fields["author"], file),
        reviewed_on=_reviewed_on(fields["reviewed_on"], today, file),
    )


# The value of a field and the line it stands on.
_Field = tuple[str, int]


def _decoded(content: bytes, file: str) -> str:
    if len(content) > MOST_BYTES:
        raise SourceError(file, None, f"expected at most {MOST_BYTES} bytes")
    try:
        text = content.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        raise SourceError(file, content.count(b"\n", 0, error.start) + 1, "expected UTF-8") from None
    if found := _CONTROL.search(text):
        raise SourceError(file, text.count("\n", 0, found.start()) + 1, "expected text without control characters")
    return text


def _fields(front: str, first_line: int, file: str) -> dict[str, _Field]:
    """Return the fields of a front matter as they are written: to YAML, the code 00100 would be the number 64."""
    fields: dict[str, _Field] = {}
    for key, value in _nodes(front, first_line, file):
        line = first_line + key.start_mark.line
        if key.value not in _FIELDS:
            raise SourceError(file, line, f"expected only the fields {', '.join(_FIELDS)}, found {key.value!r}")
        if key.value in fields:
            raise SourceError(file, line, f"expected the field {key.value} once")
        if not isinstance(value, yaml.ScalarNode) or not value.value.strip():
            raise SourceError(file, line, f"expected {key.value} to have one value")
        fields[key.value] = (value.value.strip(), line)
    missing = [field for field in _FIELDS if field not in fields]
    if missing:
        raise SourceError(file, None, f"expected the fields {', '.join(_FIELDS)}; missing: {', '.join(missing)}")
    return fields


def _nodes(front: str, first_line: int, file: str) -> list[tuple[yaml.Node, yaml.Node]]:
    try:
        node = yaml.compose(front, Loader=yaml.BaseLoader)
    except yaml.MarkedYAMLError as error:
        line = first_line + error.problem_mark.line if error.problem_mark else None
        raise SourceError(file, line, f"expected YAML: {error.problem}") from None
    except (yaml.YAMLError, RecursionError):
        raise SourceError(file, None, "expected a front matter in YAML") from None
    if not isinstance(node, yaml.MappingNode):
        raise SourceError(file, first_line, f"expected the fields {', '.join(_FIELDS)}")
    nodes: list[tuple[yaml.Node, yaml.Node]] = node.value
    return nodes


def _system(field: _Field, file: str) -> System:
    value, line = field
    if value not in list(System):
        raise SourceError(file, line, f"expected system to be one of {', '.join(System)}")
    return System(value)


def _code(system: System, field: _Field, file: str) -> str:
    value, line = field
    try:
        return notation.parse_code(system, value)
    except Refusal as refusal:
        raise SourceError(file, line, refusal.message) from None


def _author(field: _Field, file: str) -> str:
    value, line = field
    if len(value) > _MOST_AUTHOR or not value.isprintable():
        raise SourceError(file, line, f"expected author to have at most {_MOST_AUTHOR} printable characters")
    return value


def _reviewed_on(field: _Field, today: date, file: str) -> date:
    value, line = field
    try:
        day = date.fromisoformat(value)
    except ValueError:
        day = None
    if day is None or day.isoformat() != value:
        raise SourceError(file, line, "expected reviewed_on to be a date as YYYY-MM-DD")
    if day > today:
        raise SourceError(file, line, f"expected reviewed_on not to be after today, {today}")
    return day


def _title_and_text(body: str, first_line: int, file: str) -> tuple[str, str]:
    """Return the first-level heading that a text begins with, and the rest of it."""
    tokens = _MARKDOWN.parse(body)
    for token in tokens:
        if token.type == "html_block" or any(child.type == "html_inline" for child in token.children or ()):
            line = first_line + token.map[0] if token.map else None
            raise SourceError(file, line, "expected Markdown without raw HTML")
    begins = tokens[0].map[0] if tokens and tokens[0].map else 0
    # The heading, its words and its end.
    if len(tokens) < 3 or (tokens[0].type, tokens[0].markup) != ("heading_open", "#") or not tokens[1].content:
        raise SourceError(file, first_line + begins, "expected a text that begins with a heading: # and a short name")
    title = tokens[1].content
    if len(title) > _MOST_TITLE:
        raise SourceError(file, first_line + begins, f"expected a heading of at most {_MOST_TITLE} characters")
    # A heading of this kind is one line.
    text = "\n".join(body.split("\n")[begins + 1 :]).strip()
    if not 1 <= len(text) <= _MOST_TEXT:
        raise SourceError(file, None, f"expected a text of 1 to {_MOST_TEXT} characters below the heading")
    return title, text
