import json
import logging
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from cli.catalog import app


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def base(tmp_path: Path) -> Iterator[str]:
    """The address of a server that publishes a.zip and b.zip."""
    published = tmp_path / "published"
    published.mkdir()
    for name in ("a.zip", "b.zip"):
        (published / name).write_text(name)
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(published))) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setenv("CODINGAHEAD_DOWNLOADS", str(tmp_path / "downloads"))
    return tmp_path / "downloads"


def run(monkeypatch: pytest.MonkeyPatch, urls: dict[str, str] | str, *sources: str) -> Result:
    monkeypatch.setenv("CODINGAHEAD_SOURCE_URLS", urls if isinstance(urls, str) else json.dumps(urls))
    return CliRunner().invoke(app, ["fetch", *sources])


def test_the_files_of_a_source_are_in_its_folder(base: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    result = run(
        monkeypatch, {"coverage": f"{base}/a.zip {base}/b.zip", "rvu": f"{base}/a.zip"}, "coverage", "coverage"
    )

    assert result.exit_code == 0
    assert result.stdout.split() == [str(folder / "coverage" / "a.zip"), str(folder / "coverage" / "b.zip")]
    assert (folder / "coverage" / "b.zip").read_text() == "b.zip"
    assert not (folder / "rvu").exists()


def test_without_names_all_sources_are_fetched(base: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    result = run(monkeypatch, {"coverage": f"{base}/a.zip", "rvu": f"{base}/b.zip"})

    assert result.exit_code == 0
    assert result.stdout.split() == [str(folder / "coverage" / "a.zip"), str(folder / "rvu" / "b.zip")]


def test_a_source_that_fails_is_named_and_the_others_go_on(
    base: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    urls = {"rvu": f"{base}/missing.zip", "gpci": "http://files.example/x.zip", "coverage": f"{base}/a.zip"}

    result = run(monkeypatch, urls, "rvu", "gpci", "ccsr", "coverage")

    assert result.exit_code == 1
    assert result.stdout.split() == [str(folder / "coverage" / "a.zip")]
    assert [line for line in result.stderr.splitlines() if ": expected" in line] == [
        "rvu: 127.0.0.1/missing.zip: expected the file, the server answered 404",
        "gpci: expected an address that begins with https://",
        "ccsr: expected a source that CODINGAHEAD_SOURCE_URLS gives an address of (coverage, gpci, rvu)",
    ]


def test_two_files_of_one_name_are_refused(base: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    result = run(monkeypatch, {"coverage": f"{base}/a.zip {base}/2/a.zip"}, "coverage")

    assert result.exit_code == 1
    assert "coverage: expected addresses that end with different names" in result.stderr
    assert not folder.exists()


def test_settings_that_are_no_json_are_refused_without_their_text(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    result = run(monkeypatch, "{secret", "coverage")

    assert result.exit_code != 0
    assert "CODINGAHEAD_SOURCE_URLS" in result.stderr
    assert "secret" not in result.stderr


def test_what_stands_in_a_query_is_never_told(
    base: str, folder: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    urls = {"coverage": f"{base}/a.zip?token=secret", "rvu": f"{base}/missing.zip?token=secret"}

    result = run(monkeypatch, urls, "coverage", "rvu")

    assert (folder / "coverage" / "a.zip").exists()
    assert "secret" not in result.output + caplog.text
