"""What can a reader choose to see of the page? Backends, styles, families of sections, Pythons and machines."""

import re
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from study import build, installed
from study.journal import Journal
from study.notation import plain

STYLES = {"serial": "serial loop", "workers": "workers", "executor": "executors", "floor": "floors"}
FAMILIES = {"costs": "costs", "document": "the document's scenarios", "failures": "what fails, and how"}
ELSEWHERE = "not installed here"


@dataclass(frozen=True, slots=True)
class Choice:
    """One chip."""

    value: str  #: in the address
    label: str
    number: int  #: by which rows and series of this choice are marked
    style: str = ""  #: of a backend


@dataclass(frozen=True, slots=True)
class Group:
    """The chips of one kind, of which any number can be pressed."""

    name: str  #: in the address
    title: str
    choices: tuple[Choice, ...]


def backends(journals: Iterable[Journal], others: Iterable[str] = ()) -> list[str]:
    """Every backend that the page can have something of, and those that are installed: their places are their numbers."""
    named = {*others, *installed.known_backends()}
    for journal in journals:
        named |= {cell.backend for cell in journal.header.plan} | {cell.backend for cell in journal.header.absent}
    return installed.in_order(named, installed.known_backends())


def groups(names: Sequence[str], journals: Sequence[Journal]) -> tuple[Group, ...]:
    """All chips of a page with these backends and journals."""
    versions, machines = pythons(journals), dict.fromkeys(plain(journal.header.machine, 80) for journal in journals)
    chips = tuple(
        Choice(plain(name, 80), installed.label(name), number, style_of(name)) for number, name in enumerate(names)
    )
    styles = tuple(dict.fromkeys(chip.style for chip in chips))
    return (
        Group("backend", "Backend", chips),
        Group("style", "Style", tuple(Choice(key, STYLES.get(key, ELSEWHERE), n) for n, key in enumerate(styles))),
        Group("family", "Family", tuple(Choice(key, label, n) for n, (key, label) in enumerate(FAMILIES.items()))),
        Group("python", "Python", tuple(Choice(text, text, n) for n, text in enumerate(dict.fromkeys(versions)))),
        Group("machine", "Machine", tuple(Choice(text, text, n) for n, text in enumerate(machines))),
    )


def key(cell: str) -> str:
    """By what a row of a table and a mark on a chart know that they are of the same cell: few characters, none of a stranger's."""
    return f"{zlib.crc32(cell.encode('utf-8', 'replace')):x}"


def called(name: str) -> str:
    """A table's name as the address and a file can have it: its own, unless a stranger chose it."""
    return name if re.fullmatch("[a-z0-9_-]{1,60}", name) else f"table-{key(name)}"


def series(backend: str, cells: Iterable[object] = ()) -> str | None:
    """What the drawing of a backend's marks is called: "b3 1a2b 3c4d", its number and the keys of the cells, one for each mark.

    None for one that is not installed: its number is known to the page alone.
    """
    known = list(installed.known_backends())
    return " ".join([f"b{known.index(backend)}", *(key(str(cell)) for cell in cells)]) if backend in known else None


def pythons(journals: Iterable[Journal]) -> list[str]:
    """The measured interpreter of each journal, as a reader knows it."""
    return [build.words(journal.header.interpreter) for journal in journals]


def style_of(backend: str) -> str:
    """The style of a backend, "other" of one that is not installed."""
    known = installed.known_backends().get(backend)
    return known.style if known else "other"
