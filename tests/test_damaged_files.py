"""Is a damaged or hostile file refused by every command: in one sentence, soon, in little memory, and nothing overwritten?"""

import gzip
import json
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest

from journals import journal, planned, simple, write
from study.lines import sealed

LOCK = planned("lock/threads", 6, width=2)
MOST_MB, MOST_S = 200, 20  # of processor, which would be a fraction of a second: for busy machines
PATIENCE_S = 120
COMMANDS = {
    "validate": ["validate", "BAD"],
    "report": ["report", "BAD"],
    "compare with it": ["compare", "GOOD", "BAD"],
    "compare it": ["compare", "BAD", "GOOD"],
    "export": ["export", "BAD", "--output", "OUTPUT"],
}
# The peak is that of this program alone: getrusage would tell that of whoever started it, where that is larger.
PROGRAM = """
import contextlib, io, json, re, resource, sys, time
from pathlib import Path
from study import cli
told = {}
for name, arguments in json.loads(sys.stdin.read()).items():
    out, err = io.StringIO(), io.StringIO()
    begun = time.process_time()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = cli.main(arguments)
    told[name] = [code, out.getvalue(), err.getvalue(), time.process_time() - begun]
status = Path("/proc/self/status")
peak_kb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1024 if sys.platform == "darwin" else 1)
if status.exists():
    peak_kb = int(re.search(r"VmHWM:\\s*(\\d+) kB", status.read_text())[1])
print(json.dumps([told, peak_kb / 1024]))
"""
Lines = list[bytes]


def changed(line: bytes, **fields: Any) -> bytes:
    record = {**json.loads(line), **fields}
    del record["check"]
    return sealed(json.dumps(record).encode())


def with_text(line: bytes, field: str, text: bytes) -> bytes:
    """With a value that is no JSON of Python's."""
    return sealed(changed(line, **{field: "@"})[:-21].replace(b'"@"', text) + b"}")


def one_long_line(path: Path) -> None:
    """200 MB, of which a disk holds nothing."""
    with path.open("wb") as file:
        file.write(b'{"record":"run","run":"')
        file.truncate(200 << 20)


def bomb(filling: bytes, first: bytes = b"") -> bytes:
    """Unpacks to 200 MB."""
    pack = gzip.compress(first + filling * ((4 << 20) // len(filling)), 1, mtime=0)
    return pack + gzip.compress(filling * ((4 << 20) // len(filling)), 1, mtime=0) * 49


NESTED = b"[" * 1_000_000 + b"]" * 1_000_000
DAMAGES: dict[str, tuple[Callable[[Lines], bytes], str]] = {
    "truncated in its first line": (lambda lines: lines[0][:300], r"line 1\b.*not complete"),
    "empty": (lambda _: b"", r"line 1\b.*not complete"),
    "not a number": (
        lambda lines: with_row(lines, with_text(lines[2], "seconds", b"NaN")),
        "line 3: JSON is malformed",
    ),
    "no finite number": (
        lambda lines: with_row(lines, with_text(lines[2], "seconds", b"1e999")),
        "line 3: .*out of range|line 3: .*`\\$.seconds`",
    ),
    "no finite number in the first line": (
        lambda lines: with_first(lines, with_text(lines[0], "seed", b"1e999")),
        "line 1: .*out of range|line 1: .*`\\$.seed`",
    ),
    "a row twice": (lambda lines: b"".join([*lines, lines[2]]), "line 8: 'lock/threads/width=2' has block 2 twice"),
    "a cell twice": (
        lambda lines: with_first(lines, changed(lines[0], **twice(lines[0]))),
        r"line 1: `\$.plan` has 'lock/threads/width=2' twice",
    ),
    "an unknown field": (
        lambda lines: with_row(lines, changed(lines[2], surprise=1)),
        "line 3: .*unknown field `surprise`",
    ),
    "a plan of another hash": (
        lambda lines: with_first(lines, changed(lines[0], plan_hash="0" * 16)),
        r"line 1: `\$.plan_hash` does not belong",
    ),
    "another format": (lambda lines: with_first(lines, changed(lines[0], format=2)), r"line 1: `\$.format` is 2"),
    "another schema": (lambda _: b'{"name": "a benchmark", "mean": 0.1}\n' * 9, r"line 1: `\$.check` is not"),
    "no text": (lambda _: bytes(range(256)) * 99, "line 1\\b"),
    "deep lists": (lambda lines: with_row(lines, sealed(NESTED)), "line 3: "),
    "deep lists in a field": (lambda lines: with_first(lines, with_text(lines[0], "environment", NESTED)), "line 1: "),
    "a byte that was changed": (
        lambda lines: with_row(lines, lines[2].replace(b'"seconds":0.1', b'"seconds":0.2')),
        r"line 3: `\$.check` does not belong to it",
    ),
    "a packed file that was cut short": (
        lambda lines: gzip.compress(b"".join(lines))[:-30],
        r"line \d cannot be unpacked",
    ),
    "a packed line of 200 MB": (lambda _: bomb(b"\0"), "line 1: is longer than 8 MB"),
    "200 MB of packed lines": (lambda lines: bomb(b"\n" * 64, lines[0]), r"line 2: `\$.check` is not"),
    "200 MB of packed rows": (lambda lines: bomb(long_row(lines[2]), lines[0]), r"line [23]: .*(twice|longer)"),
}


def with_row(lines: Lines, line: bytes) -> bytes:
    return b"".join([*lines[:2], line, *lines[3:]])


def with_first(lines: Lines, line: bytes) -> bytes:
    return b"".join([line, *lines[1:]])


def twice(line: bytes) -> dict[str, Any]:
    """The plan of a first line, its cells twice, and the hash that belongs to it."""
    from study.journal import Planned, hash_of

    plan = json.loads(line)["plan"] * 2
    return {"plan": plan, "plan_hash": hash_of(msgspec.convert(plan, list[Planned]), [])}


def long_row(line: bytes) -> bytes:
    return changed(line, printed=["x" * (1 << 19)] * 4)


@pytest.fixture
def good(tmp_path: Path) -> Path:
    rows = simple(LOCK, [0.05] * 6, "acquire + release", warmup=0.05)
    first_in_their_blocks = [msgspec.structs.replace(row, position=1) for row in rows]
    return write(journal([LOCK], first_in_their_blocks), tmp_path / "good" / "good.jsonl")


def asked(good: Path, bad: Path) -> tuple[dict[str, list[Any]], float]:
    """Exit code, output, errors and processor seconds of each command, and the peak memory of all (MB)."""
    named = {"GOOD": str(good), "BAD": str(bad), "OUTPUT": str(bad.with_name("sent.jsonl.gz"))}
    commands = {
        name: [*(named.get(word, word) for word in words), *results(words, good)] for name, words in COMMANDS.items()
    }
    ran = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        input=json.dumps(commands),
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        check=True,
    )
    told, peak_mb = json.loads(ran.stdout)
    return told, peak_mb


def results(words: list[str], good: Path) -> list[str]:
    return [] if words[0] == "validate" else ["--results", str(good.parent.parent)]


def assert_refused_by_all(good: Path, bad: Path, complaint: str) -> None:
    before = seen(good.parent.parent)
    told, peak_mb = asked(good, bad)
    for name, (code, out, err, seconds) in told.items():
        sentence, nothing = (out, err) if name == "validate" else (err, out)
        assert (name, code, nothing) == (name, 2, "")
        assert len(sentence.splitlines()) == 1 or name == "validate", name  # which tells each line that is amiss
        for line in sentence.splitlines():
            assert re.fullmatch(rf"(study: )?{re.escape(str(bad))}: .*\.", line), name
            assert len(line) < 1200
        assert re.search(complaint, sentence.splitlines()[0]), name
        assert seconds < MOST_S, name
    assert peak_mb < MOST_MB
    assert seen(good.parent.parent) == before


def seen(folder: Path) -> dict[Path, tuple[int, int]]:
    """What lies there: how large it is, and when it was changed."""
    return {path: (path.stat().st_size, path.stat().st_mtime_ns) for path in folder.rglob("*")}


@pytest.mark.parametrize(("damage", "complaint"), DAMAGES.values(), ids=DAMAGES)
def test_a_damaged_file_is_refused_by_every_command(
    damage: Callable[[Lines], bytes], complaint: str, good: Path
) -> None:
    bad = good.with_name("bad.jsonl")
    bad.write_bytes(damage(good.read_bytes().splitlines(keepends=True)))
    assert_refused_by_all(good, bad, complaint)


def test_a_line_of_200_mb_is_refused_by_every_command(good: Path) -> None:
    bad = good.with_name("bad.jsonl")
    one_long_line(bad)
    assert_refused_by_all(good, bad, "line 1: is longer than 8 MB; this is no journal")


def test_a_file_that_was_cut_in_its_last_line_is_read_without_it_and_that_is_told(good: Path) -> None:
    torn = good.with_name("torn.jsonl")
    torn.write_bytes(good.read_bytes()[:-9])
    told, _ = asked(good, torn)
    codes = {name: code for name, (code, *_) in told.items()}
    assert codes == {"validate": 2, "report": 0, "compare with it": 0, "compare it": 0, "export": 0}
    assert told["validate"][1].startswith(f"{torn}: line 7: is cut off; a report leaves it out")
    assert "the last line was cut off and is left out" in told["export"][2]
    page = Path(told["report"][1].strip()).read_text(encoding="utf-8")
    assert "The last line of the results file was cut off: what it held is left out." in page
