"""Everything that walks found, kept on disk after each visitor, so that a walk that was stopped goes on."""

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, fields
from pathlib import Path

PICTURES, PAGES, KEPT = "pictures", "html", "found.json"


@dataclass(slots=True)
class Found:
    """The pages seen, the faults by page, and which files hold the HTML and the small pictures of them."""

    folder: Path
    visited: list[str] = field(default_factory=list)
    """The visitors whose walk has ended."""
    seen: Counter[str] = field(default_factory=Counter)
    looks: int = 0
    seconds: float = 0
    faults: dict[str, set[str]] = field(default_factory=dict)
    files: dict[str, str] = field(default_factory=dict)
    pictures: list[tuple[str, str, str]] = field(default_factory=list)
    """Of each picture its file, what it shows, and in which way."""

    def note(self, page: str, faults: Iterable[str]) -> None:
        """Take down what is wrong with a page."""
        for fault in faults:
            self.faults.setdefault(fault, set()).add(page)

    def keep(self, visitor: str, seconds: float) -> None:
        """Write down everything, once a visitor's walk has ended."""
        self.visited.append(visitor)
        self.seconds += seconds
        kept = {each.name: getattr(self, each.name) for each in fields(self) if each.name != "folder"}
        kept["faults"] = {fault: sorted(pages) for fault, pages in self.faults.items()}
        written = self.folder / f"{KEPT}.new"
        written.write_text(json.dumps(kept, ensure_ascii=False), encoding="utf-8")
        written.replace(self.folder / KEPT)

    def html_keep(self, where: str, body: bytes) -> None:
        """Keep a page as the server sent it."""
        name = f"{len(self.files):04}.html"
        (self.folder / PAGES / name).write_bytes(body)
        self.files[name] = where


def found_in(folder: Path) -> Found:
    """Return what an earlier run that was stopped found in a folder; nothing where there is none."""
    for name in (PAGES, PICTURES):
        (folder / name).mkdir(parents=True, exist_ok=True)
    if not (folder / KEPT).is_file():
        return Found(folder)
    kept = json.loads((folder / KEPT).read_text(encoding="utf-8"))
    kept["seen"] = Counter(kept["seen"])
    kept["faults"] = {fault: set(pages) for fault, pages in kept["faults"].items()}
    kept["pictures"] = [tuple(picture) for picture in kept["pictures"]]
    found = Found(folder, **kept)
    known = {*found.files, *(name for name, _shown, _way in found.pictures)}
    for path in (*(folder / PAGES).iterdir(), *(folder / PICTURES).iterdir()):
        if path.name not in known:
            path.unlink()  # of the visitor whose walk was stopped, and begins anew
    return found
