"""The faults of a page that stands open: what axe finds, scrolling sideways, controls or words on each other."""

from collections.abc import Iterator, Mapping
from importlib.resources import files
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from playwright.sync_api import Page

RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
OF_COLOURS = {"runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}}
"""The rules whose findings can differ between light and dark; everything else is looked at once."""
AXE = files("axe_playwright_python").joinpath("axe.min.js")
AXE_IS_THERE = "typeof axe !== 'undefined'"
VIOLATIONS = """(options) =>
    axe.run(document, { ...options, resultTypes: ["violations"] }).then((found) => found.violations)"""
SCROLLS = "document.documentElement.scrollWidth > window.innerWidth"
OVERLAPS = """() => {
    const shown = { opacityProperty: true, visibilityProperty: true, contentVisibilityAuto: true };
    const style = (node) => getComputedStyle(node);
    const chain = (node) => (node ? [node, ...chain(node.parentElement)] : []);
    const isPinned = (node) => chain(node).some((one) => ["fixed", "sticky"].includes(style(one).position));
    const seen = (node) => node.checkVisibility(shown) && !isPinned(node);
    const clip = (node) => chain(node).find((one) => style(one).overflowX !== "visible" && one !== document.body);
    const cut = (box, frame = box) => {
        const left = Math.max(box.left, frame.left), top = Math.max(box.top, frame.top);
        const right = Math.min(box.right, frame.right), bottom = Math.min(box.bottom, frame.bottom);
        return { left, top, right, bottom, width: right - left, height: bottom - top };
    };
    const boxesOf = (thing, node) => {
        const frame = clip(node)?.getBoundingClientRect();
        const boxes = [...thing.getClientRects()].map((box) => cut(box, frame));
        return boxes.filter((box) => box.width > 4 && box.height > 4);
    };
    const controls = [...document.querySelectorAll("a[href], button, input, select, textarea, summary")]
        .filter((node) => seen(node) && !node.closest("dialog:not([open])"))
        .flatMap((node) => boxesOf(node, node).map((box) => ({ node, box, name: node.outerHTML.slice(0, 120) })));
    const texts = [];
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
        const text = walker.currentNode, node = text.parentElement;
        if (!text.data.trim() || !seen(node) || node.closest("option, svg, script, style, .skip")) continue;
        const range = document.createRange();
        range.selectNodeContents(text);
        texts.push(...boxesOf(range, node).map((box) => ({ node, box, name: text.data.trim().slice(0, 60) })));
    }
    const meet = (one, other) =>
        Math.min(one.right, other.right) - Math.max(one.left, other.left) > 2 &&
        Math.min(one.bottom, other.bottom) - Math.max(one.top, other.top) > 3;
    const found = [];
    for (const things of [controls, texts]) {
        things.sort((one, other) => one.box.top - other.box.top);
        things.forEach((one, at) => {
            for (let next = at + 1; next < things.length && things[next].box.top < one.box.bottom; next++) {
                const other = things[next];
                if (one.node.contains(other.node) || other.node.contains(one.node)) continue;
                if (meet(one.box, other.box)) found.push(`${one.name} | ${other.name}`);
            }
        });
    }
    return [...new Set(found)];
}"""


def faults_of(page: "Page", *, only_colours: bool = False) -> Iterator[str]:
    """Yield what is wrong with a page as it stands open at its width and in its light."""
    if not only_colours:
        if page.evaluate(SCROLLS):
            yield "scrolls sideways"
        yield from (f"overlap: {found}" for found in page.evaluate(OVERLAPS))
    yield from axe_faults(page, OF_COLOURS if only_colours else RULES)


def axe_faults(page: "Page", options: Mapping[str, object] = RULES) -> list[str]:
    """Let axe look; its half a megabyte goes into a page once, and only what is wrong comes back."""
    if not page.evaluate(AXE_IS_THERE):
        page.evaluate(AXE.read_text(encoding="utf-8"))
    found: list[dict[str, Any]] = page.evaluate(VIOLATIONS, options)
    return [f"axe {violation['id']}: {_nodes(violation)}" for violation in found]


def _nodes(violation: Mapping[str, Any]) -> str:
    return ", ".join(str(node["html"])[:160] for node in violation["nodes"][:3])
