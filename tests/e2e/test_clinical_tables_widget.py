"""NLM's autocomplete widget, as published, against our face for it."""

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import web
from playwright.async_api import Browser, Page, expect

from tests.e2e.product import Product

WIDGET = Path(__file__).parent / "widget" / "node_modules" / "autocomplete-lhc"
PAGE = """<!doctype html><html lang="en"><title>Widget</title>
<link rel="icon" href="data:,"><label>Condition <input id="condition"></label>
<script src="/widget.js"></script>"""

# The published modules are CommonJS: this gives a browser what `require` needs of them.
LOADER = """(function () {
  var sources = {%s}, loaded = {};
  function load(path) {
    if (!loaded[path]) {
      loaded[path] = {exports: {}};
      sources[path](loaded[path], loaded[path].exports, function (name) {
        return load(new URL(name, 'file:///' + path).pathname.slice(1).replace(/\\.js$/, ''));
      });
    }
    return loaded[path].exports;
  }
  window.Def = load('source/index');
})();"""


def bundle() -> str:
    files = [*(WIDGET / "source").glob("*.js"), *(WIDGET / "soundmanager").glob("*.js")]
    modules = (
        f"{json.dumps(str(path.relative_to(WIDGET).with_suffix('')))}: "
        f"function (module, exports, require) {{{path.read_text()}\n}}"
        for path in files
    )
    return LOADER % ",\n".join(modules)


@pytest.fixture
async def site() -> AsyncIterator[str]:
    """A web site that embeds the widget: another origin than the product's."""

    async def page(_: web.Request) -> web.Response:
        return web.Response(text=PAGE, content_type="text/html")

    async def widget(_: web.Request) -> web.Response:
        return web.Response(text=bundle(), content_type="text/javascript")

    app = web.Application()
    app.add_routes([web.get("/", page), web.get("/widget.js", widget)])
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}/"
    await runner.cleanup()


@pytest.fixture
async def page(browser: Browser, site: str, product: Product) -> AsyncIterator[Page]:
    context = await browser.new_context()
    page = await context.new_page()
    failures: list[str] = []
    page.on("pageerror", lambda error: failures.append(str(error)))
    await page.goto(site)
    await page.evaluate(
        """url => new Def.Autocompleter.Search('condition', url,
             {tableFormat: true, valueCols: [0, 1], colHeaders: ['Code', 'Name']})""",
        f"{product.web}/api/icd10cm/v3/search?sf=code,name",
    )
    yield page
    assert failures == []
    await context.close()


async def test_typing_lists_codes_and_choosing_one_fills_the_field(page: Page) -> None:
    field = page.get_by_label("Condition")
    await field.press_sequentially("essential hypert", delay=20)
    await page.locator("#lhc-tools-searchResults tr", has_text="I10").click()

    await expect(field).to_have_value("I10 - Essential (primary) hypertension")


async def test_the_widget_knows_the_code_of_what_was_chosen(page: Page) -> None:
    field = page.get_by_label("Condition")
    await field.press_sequentially("I10", delay=20)
    await expect(page.locator("#lhc-tools-searchResults")).to_contain_text("hypertension")
    await field.press("ArrowDown")
    await field.press("Enter")

    assert await page.evaluate("document.getElementById('condition').autocomp.getSelectedCodes()") == ["I10"]
