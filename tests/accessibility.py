"""The accessibility check that journeys and the pictures of pages share."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from playwright.sync_api import Page

AXE = Path(__file__).parent / "vendor" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
RUN = """async (rules) => {
  const result = await axe.run(document, {runOnly: rules, resultTypes: ["violations"]});
  return result.violations.flatMap((rule) => rule.nodes.map(
    (node) => `${rule.id}: ${node.target.join(" ")}: ${node.failureSummary.split("\\n").slice(1).join(" ").trim()}`));
}"""

PARTS = ".pill, .btn, .card-box, .tile, .tabs a, .nav-main a, table"
CUT = """(parts) => [...document.querySelectorAll(parts)].flatMap((part) => {
  const edge = part.getBoundingClientRect();
  if (edge.width < 2 || part.closest(".visually-hidden")) return [];
  let box = part.parentElement;
  while (box && getComputedStyle(box).overflowX === "visible") box = box.parentElement;
  const right = box && box !== document.body ? box.getBoundingClientRect().right : innerWidth;
  const region = part.closest("[tabindex][role=region]");  // a wide table that says that it can be moved
  if (region || (edge.left >= 0 && edge.right <= Math.min(right, innerWidth) + 1)) return [];
  return [`cut off: ${part.className || part.tagName}: ${part.textContent.trim().slice(0, 40)}`];
})"""


@cache
def _axe() -> str:
    return AXE.read_text(encoding="utf-8")


def violations(page: Page) -> list[str]:
    """What breaks WCAG 2.2 AA or axe's best practice on the page as it stands, a line for each place."""
    if not page.evaluate("typeof axe === 'object'"):
        page.evaluate(_axe())
    found: list[str] = page.evaluate(RUN, RULES)
    return found


def misfits(page: Page) -> list[str]:
    """What does not fit into the window: the page itself, and chips, buttons, cards and tables that are cut off."""
    wide = page.evaluate("document.documentElement.scrollWidth > innerWidth")
    cut: list[str] = page.evaluate(CUT, PARTS)
    return [*(["wider than the window"] if wide else []), *cut]
