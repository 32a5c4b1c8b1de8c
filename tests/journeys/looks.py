"""How a page looks: axe (WCAG 2.2 AA) in light and dark, desktop and phone, and nothing that has to
be scrolled sideways."""

from __future__ import annotations

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

RULES = {
    "resultTypes": ["violations"],
    # It would copy style sheets into the page, which the content security policy forbids.
    "preload": False,
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"],
}
# Colours, width, whether axe looks: a desktop, the same at 200 % zoom (half the width), a phone.
LOOKS = (("light", 1280, True), ("dark", 640, False), ("light", 320, False), ("dark", 320, True))
_AXE = Axe()


def faults(page: Page, name: str) -> list[str]:
    """What is wrong with the page that is open, in each look."""
    found = []
    for scheme, width, rules in LOOKS:
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]
        page.set_viewport_size({"width": width, "height": 800})
        where = f"{name}, {scheme}, {width} px"
        content = page.evaluate("document.documentElement.scrollWidth")
        if content > width:
            found.append(f"{where}: scrolls sideways, {content} px wide")
        if rules:
            found += [f"{where}: {violation}" for violation in _violations(page)]
    return found


def _violations(page: Page) -> list[str]:
    if not page.evaluate("'axe' in window"):
        page.evaluate(_AXE.axe_script)  # half a megabyte: once a page
    violations = page.evaluate("rules => axe.run(rules)", RULES)["violations"]
    return [f"{each['id']}: {node['html']}" for each in violations for node in each["nodes"]]


def only_the_status(complaints: list[str], status: int) -> None:
    """Chromium itself reports a page whose status is an error; nothing else may be said."""
    others = [line for line in complaints if f"responded with a status of {status}" not in line]
    assert others == []
