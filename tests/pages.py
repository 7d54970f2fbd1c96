"""A report as a browser sees it: built from made-up journals, its page taken apart."""

import re
from html.parser import HTMLParser
from pathlib import Path

from journals import write
from study import report
from study.journal import Journal


class Page(HTMLParser):
    """What a browser would see of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.links: list[str] = []
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str, str]] = []
        self.words: list[str] = []
        self.policy = ""
        self.feed(re.sub(r"<(style|script)>.*?</\1>", r"<\1></\1>", text, flags=re.DOTALL))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        found = {name: value or "" for name, value in attrs}
        self.attributes += [(tag, name, value) for name, value in found.items()]
        self.ids += [found["id"]] if "id" in found else []
        self.links += [found["href"]] if tag == "a" else []
        if found.get("http-equiv") == "Content-Security-Policy":
            self.policy = found["content"]

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())


def build(made: Journal | list[Journal], folder: Path) -> Path:
    every = made if isinstance(made, list) else [made]
    paths = [write(one, folder / f"{number}.jsonl") for number, one in enumerate(every)]
    return report.build(paths, folder / "report")


def uneven_lines(markdown: str) -> list[str]:
    """The lines of tables in Markdown that have more or fewer columns than the head of their table."""
    columns, found = 0, []
    for line in markdown.splitlines():
        bars = len(re.findall(r"(?<!\\)\|", line)) if line.startswith("|") else 0
        if bars and columns and bars != columns:
            found.append(line)
        columns = bars
    return found
