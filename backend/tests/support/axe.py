"""What keeps somebody from using a page, as axe finds it: WCAG 2.2 A and AA, and what is good practice."""

from functools import cache
from pathlib import Path

AXE = Path(__file__).parents[3] / "sites" / "node_modules" / "axe-core" / "axe.min.js"
IS_THERE = "'axe' in window"
TAGS = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
BARRIERS = """async (tags) => {
  const { violations } = await axe.run({ runOnly: { type: "tag", values: tags }, resultTypes: ["violations"] });
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(" ")).join(", ")}`);
}"""


@cache
def source() -> str:
    """axe itself, to be evaluated in the page: the pages' policy allows no other script tag."""
    return AXE.read_text("utf-8")
