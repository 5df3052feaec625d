"""The report page in a real browser: it draws, it filters, it answers to keys, it fits a narrow screen, and it asks nobody for anything."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from datasets_made import HOSTILE, write_cgd, write_tdd
from word_bags import WordBags

from gpiot_data.publish.report import write_report

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator:
    """Chromium without a window, which logs what pages say and what they ask for."""
    from selenium.webdriver import Chrome, ChromeOptions, ChromeService

    program, driver = shutil.which("chromium"), shutil.which("chromedriver")
    assert None not in (program, driver), "this test needs chromium and chromedriver; on Debian: apt install chromium chromium-driver"
    options = ChromeOptions()
    options.binary_location = program
    # Root has no sandbox of the browser, and a container little shared memory.
    for flag in (
        "headless=new",
        "no-sandbox",
        "disable-dev-shm-usage",
        "disable-gpu",
        "no-first-run",
        f"user-data-dir={tmp_path_factory.mktemp('b')}",
    ):
        options.add_argument(f"--{flag}")
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    with pytest.MonkeyPatch.context() as patch:
        # The driver listens on this machine, whatever proxy leads elsewhere.
        patch.setenv("NO_PROXY", "localhost,127.0.0.1")
        patch.setenv("no_proxy", "localhost,127.0.0.1")
        chrome = Chrome(options=options, service=ChromeService(driver))
        yield chrome
        chrome.quit()


def open_page(browser, path: Path, width: int = 1280) -> None:
    """Open a page at a width of so many pixels, however wide the smallest window is."""
    for kind in ("browser", "performance"):
        browser.get_log(kind)
    browser.execute_cdp_cmd(
        "Emulation.setDeviceMetricsOverride", {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 600}
    )
    browser.get(path.as_uri())
    assert browser.execute_script("return document.documentElement.dataset.ready") == "true"


def all_of(browser, selector: str) -> list:
    return browser.find_elements("css selector", selector)


def lit(browser) -> int:
    return int(all_of(browser, "#map-body canvas")[0].get_attribute("data-lit"))


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_report(write_cgd(tmp_path_factory.mktemp("cgd"), 40, WordBags(), HOSTILE), encoder=WordBags())


def test_every_chart_is_drawn_and_nothing_is_asked_of_anybody(browser, page: Path) -> None:
    open_page(browser, page)
    assert [element.text for element in all_of(browser, "h1")] == ["toy-cgd 1.2.0"]
    assert len(all_of(browser, "#funnel-body .stage")) == 2
    assert {element.get_attribute("data-facet") for element in all_of(browser, "[data-facet]")} >= {
        "kind",
        "source",
        "split",
        "verdict",
        "tag",
    }
    assert len(all_of(browser, "#lengths-body svg")) == 3
    assert len(all_of(browser, "#lengths-body svg rect")) == 72
    assert len(all_of(browser, "#diversity-body polyline")) == 3
    assert len(all_of(browser, "#sample-body details")) == 10
    assert len(all_of(browser, "#pairs-body .pair")) == 1
    assert lit(browser) == 40
    drawn = "const c = document.querySelector('#map-body canvas'); return new Set(c.getContext('2d').getImageData(0, 0, c.width, c.height).data).size"
    assert browser.execute_script(drawn) > 8
    assert browser.get_log("browser") == []
    sent = [json.loads(entry["message"])["message"] for entry in browser.get_log("performance")]
    asked = {event["params"]["request"]["url"] for event in sent if event["method"] == "Network.requestWillBeSent"}
    # The browser's own first tab may still be fetching its icons, from within the browser; no page of a file may ask for those.
    assert {url for url in asked if not url.startswith("chrome://")} == {page.as_uri()}


def test_text_of_rows_is_shown_and_never_run(browser, page: Path) -> None:
    open_page(browser, page)
    assert browser.title == "toy-cgd 1.2.0"
    assert all_of(browser, "img, main script, iframe, object") == []
    shown = "".join(element.get_attribute("textContent") for element in all_of(browser, "#sample-body pre"))
    assert "<script>document.title='run'</script>" in shown
    assert "\u202e" not in browser.execute_script("return document.body.textContent")


def test_a_bar_filters_counts_lengths_and_map_and_the_filter_can_be_taken_back(browser, page: Path) -> None:
    open_page(browser, page)
    all_of(browser, "[data-facet=source] .bar")[0].click()
    assert all_of(browser, "#shown")[0].text == "20 of 40 rows"
    assert lit(browser) == 20
    assert [bar.get_attribute("aria-pressed") for bar in all_of(browser, "[data-facet=source] .bar")] == ["true", "false"]
    # All rows of a package are in one split.
    assert sorted(bar.text for bar in all_of(browser, "[data-facet=split] .count")) == ["0", "20"]
    assert all_of(browser, "#lengths-body .card p")[0].text.startswith("20 rows")
    all_of(browser, "#chips button")[0].click()
    assert all_of(browser, "#shown")[0].text == "All 40 rows"
    assert lit(browser) == 40


def test_the_page_answers_to_the_keyboard_alone(browser, page: Path) -> None:
    from selenium.webdriver import Keys

    open_page(browser, page)
    bar = all_of(browser, "[data-facet=kind] .bar")[1]
    bar.send_keys(Keys.ENTER)
    assert all_of(browser, "#shown")[0].text == "20 of 40 rows"
    focused = browser.switch_to.active_element
    assert focused.get_attribute("aria-pressed") == "true"
    focused.send_keys(Keys.SPACE)
    assert all_of(browser, "#shown")[0].text == "All 40 rows"
    canvas = all_of(browser, "#map-body canvas")[0]
    canvas.send_keys(Keys.ARROW_LEFT)
    first = all_of(browser, ".tip")[0].text
    assert first
    canvas.send_keys(Keys.ARROW_RIGHT)
    assert all_of(browser, ".tip")[0].text not in ("", first)
    canvas.send_keys(Keys.ENTER)
    assert "gpiot-data show FOLDER" in all_of(browser, "#map-row")[0].text
    canvas.send_keys(Keys.ESCAPE)
    assert not all_of(browser, ".tip")[0].is_displayed()


def test_pointing_at_the_map_tells_the_row_and_words_find_rows(browser, page: Path) -> None:
    from selenium.webdriver import ActionChains

    open_page(browser, page)
    canvas = all_of(browser, "#map-body canvas")[0]
    browser.execute_script("arguments[0].scrollIntoView({block: 'center'})", canvas)
    x, y, name = browser.execute_script("const [x, y, id] = data.map.points[0], c = arguments[0]; return [12 + (c.clientWidth - 24) * x / 1000, c.clientHeight - 12 - (c.clientHeight - 24) * y / 1000, id]", canvas)  # fmt: skip
    ActionChains(browser).move_to_element_with_offset(canvas, x - canvas.size["width"] / 2, y - canvas.size["height"] / 2).perform()
    assert name in all_of(browser, ".tip")[0].text
    all_of(browser, "#map-find")[0].send_keys(name)
    assert lit(browser) == 1


@pytest.mark.parametrize("width", [390, 1280])
def test_the_page_fits_the_screen(browser, page: Path, width: int) -> None:
    open_page(browser, page, width)
    assert browser.execute_script("return document.documentElement.scrollWidth") <= width


def test_a_dataset_of_papers_shows_modalities_and_platforms_and_no_programs(browser, tmp_path: Path) -> None:
    open_page(browser, write_report(write_tdd(tmp_path, 12, WordBags()), encoder=WordBags()))
    titles = [element.text for element in all_of(browser, "#counts-body h3")]
    assert {"Paper", "Aspect", "Modality", "Platform"} <= set(titles)
    assert [name.text for name in all_of(browser, "[data-facet=modality] .name")] == ["radar", "IMU"]
    assert len(all_of(browser, "#lengths-body svg")) == 2
    assert all_of(browser, "#verdicts-body")[0].text == "Nothing was executed for this dataset."
    assert browser.get_log("browser") == []
