"""How is a statement laid out once its names have become longer or shorter? On one line where it fits, else as `ruff format` does."""

import functools
import io
import itertools
import keyword
import tokenize
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

LIMIT_COLUMNS = 120
INDENT = "    "
GAP = "\n\n\n"  # what parts one definition from the next
OPENING, CLOSING = {"(", "[", "{"}, {")", "]", "}"}


@dataclass(frozen=True)
class Atom:
    """A token, or a whole f-string, and the blanks in front of it when all stands on one line."""

    text: str
    gap: str


@dataclass(frozen=True)
class Statement:
    """A simple statement or the header of a compound one: the lines it takes up, from 0, and what stands there."""

    first: int
    last: int
    indent: str
    atoms: tuple[Atom, ...]
    comment: str


def layout(text: str) -> str:
    """The same code with each statement broken where it is too long and joined where it no longer is.

    A statement stays as it is when a comment or a string goes across its lines; a bracket whose last element ends with
    a comma stays broken. No string holds two empty lines.
    """
    return GAP.join(map(_laid_out, text.rstrip("\n").split(GAP))) + "\n"


@functools.lru_cache(maxsize=512)
def _laid_out(text: str) -> str:
    """One part of it: scripts of one scenario have most of them in common."""
    lines = text.splitlines()
    for statement in reversed(list(statements(text))):
        arranged = _arranged(statement.atoms, statement.indent)
        as_it_is = lines[statement.first : statement.last + 1]
        if max(map(len, arranged)) <= max(LIMIT_COLUMNS, *map(len, as_it_is)):
            arranged[-1] += statement.comment
            lines[statement.first : statement.last + 1] = arranged
    return "\n".join(lines)


def statements(text: str) -> "Iterator[Statement]":
    """The statements that may be laid out anew."""
    lines = text.splitlines()
    tokens: list[tokenize.TokenInfo] = []
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type in (tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER):
            continue
        if token.type == tokenize.NEWLINE:
            comment = tokens.pop().string if tokens[-1].type == tokenize.COMMENT else ""
            if not any(_goes_across(part) for part in tokens):
                row, column = tokens[0].start
                atoms = tuple(_atoms(tokens, lines))
                yield Statement(row - 1, token.start[0] - 1, lines[row - 1][:column], atoms, comment and f"  {comment}")
            tokens = []
        elif token.type != tokenize.NL and (tokens or token.type != tokenize.COMMENT):
            tokens.append(token)


def _goes_across(token: tokenize.TokenInfo) -> bool:
    return token.type == tokenize.COMMENT or token.start[0] != token.end[0]


def _atoms(tokens: "Sequence[tokenize.TokenInfo]", lines: "Sequence[str]") -> "Iterator[Atom]":
    before: tokenize.TokenInfo | None = None
    for token in _whole_strings(tokens, lines):
        yield Atom(token.string, _gap(before, token))
        before = token


def _whole_strings(tokens: "Sequence[tokenize.TokenInfo]", lines: "Sequence[str]") -> "Iterator[tokenize.TokenInfo]":
    """From Python 3.12 on an f-string comes in pieces; here it is one token again."""
    opened: list[tokenize.TokenInfo] = []
    for token in tokens:
        name = tokenize.tok_name[token.type]
        if name.endswith("STRING_START"):
            opened.append(token)
        elif name.endswith("STRING_END"):
            start = opened.pop()
            if not opened:
                row = lines[start.start[0] - 1]
                yield token._replace(string=row[start.start[1] : token.end[1]], start=start.start)
        elif not opened:
            yield token


def _gap(before: "tokenize.TokenInfo | None", token: tokenize.TokenInfo) -> str:
    if before is None:
        return ""
    if before.end[0] == token.start[0]:
        return " " * (token.start[1] - before.end[1])
    return "" if before.string in OPENING or token.string in CLOSING | {".", ","} else " "


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
