"""Text that may leave this machine: without the names of host and user, and without absolute paths.

A path is replaced as a whole, but for the part below the standard library or the study itself, which every reader has too.
What the kernel offers on each machine, such as /proc/cpuinfo, is nobody's secret and stays.
"""

import contextlib
import functools
import getpass
import itertools
import os
import platform
import re
import socket
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

HOST, USER, PATH = "<host>", "<user>", "<path>"
LONGEST_PATH = 4096  # characters; of a longer one no part is kept
LONGEST_NAME = 200  # characters; a field that may hold no more is not made longer
SYSTEM = re.compile(r"/(?:proc|sys|dev)(?:/|\Z)|/\.dockerenv\Z|/run/\.containerenv\Z")
# Accounts and hosts that say nothing of a person; some are words of a trace too.
COMMON = frozenset({"root", "localhost", "user", "users", "runner", "main", "worker"})
KEPT = re.compile(
    r".*/(lib/python3[^/]*/(?!.*(?:(?:site|dist)-packages|(?<=/)\.\.(?:/|\Z))).*|(?:study|backends)/[\w/]+\.py)\Z"
)
LAST = r"""[^\s"'<>|:;,()\[\]{}\\`]"""
QUOTED = re.compile(r"""(?<=")/[^"\n]*(?=")|(?<=')/[^'\n/]+/[^'\n]*(?=')""")  # where they may have spaces
PATHS = re.compile(
    rf"""
      (?: (?<![\w./:])(?<!{PATH})/+ | (?<=:)/(?!/) | (?<=file:)/+ | (?<=-[BIL])/ )  # /home/me, PATH=/a:/b, -I/usr
      [\w.~@+$%-] (?: {LAST} | \\[ ] | [,;](?=\S) )+
    | (?<![\w/])~[\w.-]*/{LAST}+                                                       # ~/results
    | (?: (?<![A-Za-z])[A-Za-z]:(?:\\+|/(?!/)) | (?<!\\)\\{{2,4}}[\w.$-]+\\{{1,4}} )  # C:\Users\me, \\server\share
      (?: [^\\/:*?"<>|\r\n\t']+[\\/]+ )* [^\\/:*?"<>|\s',;)\]]*
    """,
    re.VERBOSE,
)
HOMES = re.compile(r"(?:/home/|/Users/|[A-Za-z]:[\\/]+Users[\\/]+)([\w.-]*\w)")


class Scrubber:
    """Replaces names and paths; the same text always becomes the same."""

    def __init__(self, names: Mapping[str, str], homes: Iterable[str] = ()) -> None:
        """`names`: each name -> what is written instead. `homes`: folders whose paths may hold spaces."""
        homes = [re.escape(home) for home in sorted(homes, key=len, reverse=True) if len(home) > 1]
        self._homes = re.compile(rf"(?<!\w)(?:{'|'.join(homes)})(?![\w-])(?:[\\/]|{LAST})*") if homes else None
        self._names = [(pattern_of(name), token) for name, token in sorted(names.items(), key=_longest_first)]
        self.changed = 0  #: texts that were not the same afterwards
        self.text = functools.lru_cache(maxsize=1000)(self._text)

    def _text(self, text: str) -> str:
        """The text without names and paths."""
        found = QUOTED.sub(_without_path, text)
        found = self._homes.sub(_without_path, found) if self._homes else found
        found = PATHS.sub(_without_path, found)
        for pattern, token in self._names:
            found = pattern.sub(token, found)
        if found != text:
            self.changed += 1
        return found[: max(LONGEST_NAME, len(text))]

    def everything(self, value: Any) -> Any:
        """The same of every text in lists and dictionaries, their keys too; keys that become alike are numbered."""
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, list):
            return [self.everything(each) for each in value]
        if not isinstance(value, dict):
            return value
        found: dict[str, Any] = {}
        for key, each in value.items():
            name = self.text(key)
            numbered = (f"{name} ({number})" for number in itertools.count(1))
            found[next(free for free in itertools.chain([name], numbered) if free not in found)] = self.everything(each)
        return found


def pattern_of(name: str) -> re.Pattern[str]:
    """The name as a word of its own, in capitals or not."""
    return re.compile(rf"(?<![^\W_]){re.escape(name)}(?![^\W_])", re.IGNORECASE)


def names_here() -> dict[str, str]:
    """Each name by which this host and this user are known, and what is written instead."""
    found = dict.fromkeys(_hosts(), HOST) | dict.fromkeys(_users(), USER)
    return {name: token for name, token in found.items() if len(name) > 1 and name.lower() not in COMMON}


def names_in(text: str) -> dict[str, str]:
    """The users whose homes a text names."""
    return {name: USER for name in HOMES.findall(text) if len(name) > 1 and name.lower() not in COMMON}


def homes_here() -> list[str]:
    """Where this user's files are."""
    given = [os.environ.get(name, "") for name in ("HOME", "USERPROFILE")]
    with contextlib.suppress(RuntimeError):
        given.append(str(Path.home()))
    return list(dict.fromkeys(home.rstrip("/\\") for home in [*given, *map(os.path.realpath, filter(None, given))]))


def _hosts() -> Iterator[str]:
    for name in (socket.gethostname(), platform.node(), *map(os.environ.get, ("HOSTNAME", "COMPUTERNAME"))):
        if name:
            yield from (name, name.partition(".")[0])


def _users() -> Iterator[str]:
    yield from filter(None, map(os.environ.get, ("USER", "LOGNAME", "USERNAME", "SUDO_USER")))
    with contextlib.suppress(OSError, KeyError, ImportError):
        yield getpass.getuser()
    with contextlib.suppress(ImportError, KeyError):
        import pwd

        account = pwd.getpwuid(os.getuid())
        yield from filter(None, (account.pw_name, account.pw_gecos.partition(",")[0]))


def _without_path(found: re.Match[str]) -> str:
    path = found[0]
    if SYSTEM.match(path):
        return path
    end = path[len(path.rstrip(".,;")) :]  # of the sentence around it
    kept = KEPT.match(path.removesuffix(end)) if len(path) <= LONGEST_PATH else None
    return f"{PATH}/{kept[1]}{end}" if kept else PATH + end


def _longest_first(entry: tuple[str, str]) -> tuple[int, str]:
    return -len(entry[0]), entry[0]
