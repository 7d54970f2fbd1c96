"""How is a statement laid out once its names have become longer or shorter? On one line where it fits, else as `ruff format` does."""

import functools
import itertools
import keyword
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

LIMIT_COLUMNS = 120
INDENT = "    "
GAP = "\n\n\n"  # what parts one definition from the next
OPENING, CLOSING = {"(", "[", "{"}, {")", "]", "}"}
TOKEN = re.compile(r"""[bfru]{0,2}("{3}|'{3}|"|')(?:\\.|.)*?\1|#[^\n]*|\\?\n|\w+|[^\w\s]""", re.DOTALL | re.IGNORECASE)
LAST_COMMA = re.compile(r",\s*[)\]}]")


@dataclass(frozen=True)
class Atom:
    """A word, a string, or a character of punctuation, and the blanks in front of it when all stands on one line."""

    text: str
    gap: str


@dataclass(frozen=True)
class Statement:
    """A simple statement or the header of a compound one: where it stands in the text, from the begin of its line, and its parts."""

    begin: int
    end: int
    indent: str
    atoms: tuple[Atom, ...]
    comment: str


def layout(text: str) -> str:
    """The same code with each statement broken where it is too long and joined where it no longer is.

    A statement stays as it is when a comment or a string goes across its lines; a bracket whose last element ends with
    a comma stays broken. No string holds two empty lines, and no f-string quotes of its own kind.
    """
    return GAP.join(map(_laid_out, text.rstrip("\n").split(GAP))) + "\n"


@functools.lru_cache(maxsize=512)
def _laid_out(text: str) -> str:
    """One part of it: scripts of one scenario have most of them in common."""
    for statement in reversed(list(statements(text))):
        arranged = _arranged(statement.atoms, statement.indent)
        as_it_is = text[statement.begin : statement.end].splitlines()
        if max(map(len, arranged)) <= max(LIMIT_COLUMNS, *map(len, as_it_is)):
            arranged[-1] += statement.comment
            text = text[: statement.begin] + "\n".join(arranged) + text[statement.end :]
    return text


def statements(text: str) -> "Iterator[Statement]":
    """The statements that may be laid out anew, but for those that stand on one line as they should."""
    tokens: list[re.Match[str]] = []
    depth = 0
    for token in TOKEN.finditer(text + "\n"):
        word = token[0]
        if word == "\n":
            if tokens and depth == 0:
                yield from _statement(text, tokens)
                tokens = []
        elif word != "\\\n" and (tokens or word[0] != "#"):
            depth += (word in OPENING) - (word in CLOSING)
            tokens.append(token)


def _statement(text: str, tokens: "list[re.Match[str]]") -> "Iterator[Statement]":
    begin, end = text.rfind("\n", 0, tokens[0].start()) + 1, tokens[-1].end()
    comment = "  " + tokens.pop()[0] if tokens[-1][0][0] == "#" else ""
    source = text[begin:end]
    if not comment and "\n" not in source and len(source) <= LIMIT_COLUMNS and not LAST_COMMA.search(source):
        return
    if not any(token[0][0] == "#" or "\n" in token[0] for token in tokens):
        yield Statement(begin, end, text[begin : tokens[0].start()], tuple(_atoms(text, tokens)), comment)


def _atoms(text: str, tokens: "Sequence[re.Match[str]]") -> "Iterator[Atom]":
    yield Atom(tokens[0][0], "")
    for before, token in itertools.pairwise(tokens):
        gap = text[before.end() : token.start()]
        if "\n" in gap:
            gap = "" if before[0] in OPENING or token[0] in CLOSING | {".", ","} else " "
        yield Atom(token[0], gap)


def _arranged(atoms: "Sequence[Atom]", indent: str) -> list[str]:
    flat = indent + _joined(atoms)
    pair = _last_brackets(atoms)
    if pair is None or (len(flat) <= LIMIT_COLUMNS and not _stays_broken(atoms)):
        return [flat]
    opened, closed = pair
    inside = atoms[opened + 1 : closed]
    inner = indent + INDENT
    whole = inner + _joined(inside)
    fits = len(whole) <= LIMIT_COLUMNS and not _stays_broken(atoms[opened : closed + 1])
    broken = [whole] if fits else _elements(inside, inner)
    return [indent + _joined(atoms[: opened + 1]), *broken, indent + _joined(atoms[closed:])]


def _elements(inside: "Sequence[Atom]", indent: str) -> list[str]:
    """What stands between two brackets, each element on lines of its own."""
    loops = [at for at, depth in _depths(inside) if depth == 0 and at and inside[at].text in ("for", "if", "async")]
    if any(inside[at].text == "for" for at in loops):
        bounds = [0, *loops, len(inside)]
        parts = [inside[begin:end] for begin, end in itertools.pairwise(bounds)]
        return [line for part in parts for line in _arranged(part, indent)]
    commas = [at for at, depth in _depths(inside) if depth == 0 and inside[at].text == ","]
    if not commas:
        return _arranged(inside, indent)
    lines = []
    for begin, end in itertools.pairwise([-1, *commas, len(inside)]):
        if inside[begin + 1 : end]:
            lines += _arranged(inside[begin + 1 : end], indent)
            lines[-1] += ","
    return lines


def _joined(atoms: "Sequence[Atom]") -> str:
    return "".join(atom.gap + atom.text for atom in atoms).lstrip()


def _depths(atoms: "Sequence[Atom]") -> "Iterator[tuple[int, int]]":
    """Each position, and how many brackets are open there; a bracket counts for what is between it and its partner."""
    depth = 0
    for at, atom in enumerate(atoms):
        depth -= atom.text in CLOSING
        yield at, depth
        depth += atom.text in OPENING


def _pairs(atoms: "Sequence[Atom]") -> "Iterator[tuple[int, int, int]]":
    """Opening position, closing position and depth of each pair of brackets."""
    opened = []
    for at, atom in enumerate(atoms):
        if atom.text in OPENING:
            opened.append(at)
        elif atom.text in CLOSING and opened:
            yield opened.pop(), at, len(opened)


def _last_brackets(atoms: "Sequence[Atom]") -> "tuple[int, int] | None":
    pairs = [(opened, closed) for opened, closed, depth in _pairs(atoms) if depth == 0 and closed > opened + 1]
    return pairs[-1] if pairs else None


def _stays_broken(atoms: "Sequence[Atom]") -> bool:
    return any(
        atoms[closed - 1].text == "," and not _is_single(atoms, opened, closed) for opened, closed, _ in _pairs(atoms)
    )


def _is_single(atoms: "Sequence[Atom]", opened: int, closed: int) -> bool:
    """Whether the brackets hold a tuple of one, whose comma has nothing to do with layout."""
    before = atoms[opened - 1].text if opened else "="
    is_call = before in CLOSING or (before.isidentifier() and not keyword.iskeyword(before))
    commas = [
        at for at, depth in _depths(atoms[opened + 1 : closed]) if depth == 0 and atoms[opened + 1 + at].text == ","
    ]
    return atoms[opened].text == "(" and not is_call and len(commas) == 1
