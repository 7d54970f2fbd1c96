"""A real browser for tests: offline, from a file, and everything it complains of or asks for is kept."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

CHROMIUM = Path("/usr/bin/chromium")
FLAGS = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync"),
)
NEEDS_CHROMIUM = [
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM.exists(), reason=f"{CHROMIUM} is not installed"),
]
EACH_WIDTH = pytest.mark.parametrize("width", [1440, 390])
EACH_SCHEME = pytest.mark.parametrize("scheme", ["light", "dark"])
#: Every text that is shown with a contrast below 4.5:1 (WCAG 2.2, 1.4.3), and how many texts were looked at. What lies behind
#: a text is put together from the grounds of all its ancestors, inside a chart from the shapes drawn before it at its place.
CONTRAST = (Path(__file__).parent / "contrast.js").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    playwright = pytest.importorskip("playwright.sync_api", reason="the extra 'browser' is not installed")
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=str(CHROMIUM), args=list(FLAGS))
        yield browser
        browser.close()


class Visit:
    """An open page and all that it complained of or asked for."""

    def __init__(self, browser: Any, address: str, width: int = 1440, scheme: str = "light", **more: Any) -> None:
        self.context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme, **more)
        self.page = self.context.new_page()
        self.complaints: list[str] = []
        self.requests: list[str] = []
        self.page.on("console", lambda message: self.complaints.append(message.text))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.goto(address)

    def __enter__(self) -> Any:
        return self

    def __exit__(self, *error: object) -> None:
        self.context.close()

    def open_all(self) -> None:
        """Unfold everything that is folded."""
        self.page.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true })")

    def faint(self) -> tuple[int, list[str]]:
        """How many texts are shown, and those with too little contrast."""
        seen, found = self.page.evaluate(CONTRAST)
        return seen, found

    def barriers(self) -> list[tuple[str, str]]:
        """What axe finds, of any impact: its rule and the first place."""
        axe = pytest.importorskip(
            "axe_playwright_python.sync_playwright", reason="the extra 'browser' is not installed"
        )
        found = axe.Axe().run(self.page).response["violations"]
        return [(item["id"], item["nodes"][0]["html"][:200]) for item in found]


def contrast(one: str, other: str) -> float:
    """Contrast ratio of WCAG 2.2 of two colours as a browser reports them: "rgb(20, 24, 29)"."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def luminance(colour: str) -> float:
    parts = [int(part) / 255 for part in colour[4:-1].split(",")]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
