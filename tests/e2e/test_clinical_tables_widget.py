"""NLM's autocomplete widget, as published, against our face for it."""

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, Route, expect

from tests.e2e.product import Product

WIDGET = Path(__file__).parent / "widget" / "node_modules" / "autocomplete-lhc"
# Another origin than the product's, as for those who embed the widget.
SITE = "http://widget.example"

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


async def serve(route: Route) -> None:
    if route.request.url.endswith("/widget.js"):
        await route.fulfill(body=bundle(), content_type="text/javascript")
    else:
        await route.fulfill(body=PAGE, content_type="text/html")


@pytest.fixture
async def page(browser: Browser, product: Product) -> AsyncIterator[Page]:
    context = await browser.new_context()
    await context.route(f"{SITE}/**", serve)
    page = await context.new_page()
    failures: list[str] = []
    page.on("pageerror", lambda error: failures.append(str(error)))
    await page.goto(SITE)
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
    await expect(page.locator("#searchResults")).to_contain_text("I10")

    await field.press("ArrowDown")
    await field.press("Enter")

    await expect(field).to_have_value("I10 - Essential (primary) hypertension")


async def test_the_widget_knows_the_code_of_what_was_chosen(page: Page) -> None:
    field = page.get_by_label("Condition")
    await field.press_sequentially("I10", delay=20)
    await expect(page.locator("#searchResults")).to_contain_text("hypertension")
    await field.press("ArrowDown")
    await field.press("Enter")

    assert await page.evaluate("document.getElementById('condition').autocomp.getSelectedCodes()") == ["I10"]
