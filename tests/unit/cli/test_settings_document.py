from cli.settings import as_markdown, every_setting
from tests.conftest import REPOSITORY


def test_the_document_lists_the_settings_as_they_are() -> None:
    written = (REPOSITORY / "docs" / "settings.md").read_text()

    assert written == as_markdown(every_setting()), "run: codingahead settings --markdown > docs/settings.md"
