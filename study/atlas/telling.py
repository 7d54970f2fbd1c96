"""Tell a reader what a text was recognised as, or what to do about one that is not in the atlas."""

import json
import textwrap
from collections.abc import Sequence
from typing import Any

from study.atlas import Explanation
from study.atlas.reading import last_error, lines_of
from study.notation import plain

MARGIN = 12
LONGEST_WORDS = 300  # characters of the line that something was recognised by
NEXT = (
    "Read the frames from the bottom up to the first that is in a file of yours: what it does with the library is the place to look.",
    "If the program hangs, let it tell where: run it with python -X faulthandler, send it SIGABRT (kill -ABRT PID) when it hangs, "
    "and give what it prints to python -m study explain; or use py-spy dump --pid PID.",
    "python -m study failures lists what was provoked on each backend, with its outcome.",
)


def as_text(found: Sequence[Explanation], text: str, width: int) -> str:
    """What is known of the text, its most likely cause first; else that nothing is, and what to do next."""
    if not found:
        return "\n".join(_unknown(text, width))
    parts = ["\n".join(_told(explanation, width)) for explanation in found]
    return "\n\nAlso in this text:\n\n".join(parts[:2]) + "".join(f"\n\n{part}" for part in parts[2:])


def as_json(found: Sequence[Explanation], text: str) -> str:
    """The same as one JSON document."""
    document: dict[str, Any] = {"known": bool(found), "explanations": [_fields(explanation) for explanation in found]}
    if not found:
        document |= {"last_error": _last_error(text), "next": list(NEXT)}
    return json.dumps(document, indent=1, sort_keys=True, ensure_ascii=False)


def _told(explanation: Explanation, width: int) -> list[str]:
    entry, line = explanation.entry, explanation.line
    told = [*_wrapped("", entry.what, width)]
    told += _wrapped("Seen in", f"line {line.number}: {plain(line.text.strip(), LONGEST_WORDS)}", width)
    told += _wrapped("Cause", entry.cause, width)
    told += _wrapped("Fix", entry.fix, width)
    told += ["", *(" " * (MARGIN + 2) + code for code in entry.code.splitlines()), ""] if entry.code else []
    commands = [f"python -m study failures -k {entry.hazard}"] if entry.hazard else []
    commands += [f"python -m study show {entry.scenario}"] if entry.scenario else []
    told += _wrapped("See it", " and ".join(commands), width) if commands else []
    told += _wrapped("CPython", "; ".join(filter(None, (entry.issue, entry.versions))), width)
    return told


def _unknown(text: str, width: int) -> list[str]:
    error = _last_error(text)
    known = f"Its last exception is {error}." if error else "There is no exception in it that could be told."
    told = textwrap.wrap(f"The atlas does not know what this text shows. {known}", width, break_on_hyphens=False)
    for step in NEXT:
        told += ["", *textwrap.wrap(step, width, initial_indent="- ", subsequent_indent="  ", break_on_hyphens=False)]
    return told


def _last_error(text: str) -> str:
    line = last_error(lines_of(text))
    return plain(line.text, LONGEST_WORDS) if line else ""


def _wrapped(label: str, text: str, width: int) -> list[str]:
    if not label:
        return textwrap.wrap(text, width, break_on_hyphens=False)
    if not text:
        return []
    head, rest = label.ljust(MARGIN), " " * MARGIN
    return textwrap.wrap(text, width, initial_indent=head, subsequent_indent=rest, break_on_hyphens=False)


def _fields(explanation: Explanation) -> dict[str, Any]:
    entry, line = explanation.entry, explanation.line
    told = ("name", "what", "cause", "fix", "code", "hazard", "scenario", "issue", "versions")
    return {
        **{field: getattr(entry, field) for field in told},
        "line": line.number,
        "words": plain(line.text.strip(), LONGEST_WORDS),
    }
