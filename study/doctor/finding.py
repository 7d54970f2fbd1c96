"""What one fact of this machine does to the study's figures."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

Effect = Literal["spoils", "weakens", "none", "hidden"]  # worst first; hidden when the system does not tell the fact

NOT_EXPOSED = "not exposed"

# Names of scenarios, by what makes them unreliable. Not every study has all of them: a diagnosis names those that are there.
EVERY = ("*",)
TIMED = ("* but amounts",)
AMOUNTS = ("memory",)  # what is measured there is no time
PARALLEL = ("scaling", "grain", "responsiveness", "pool", "pool_recycling")  # need several processors at the same time
MESSAGES = ("throughput", "latency", "fan", "queue", "joinable_queue")  # one worker waits for another's data
WAKING = ("synchronisation", "wake_up", "event", "condition", "lock", "semaphore")  # one worker wakes another
STARTING = ("startup", "imports", "parent_memory")


@dataclass(frozen=True, slots=True)
class Finding:
    """One fact, and what follows from it for a reader of the tables."""

    fact: str  #: "load"
    here: str  #: "6.2 runnable tasks in the last minute, on 2 CPUs"
    effect: Effect
    says: str  #: what that does to the figures, in a sentence
    next_step: str = ""  #: what to do about it, where there is something to be done
    scenarios: tuple[str, ...] = ()  #: whose figures it makes unreliable, most of all the first


def fine(fact: str, here: str, says: str) -> Finding:
    """A fact that makes no figure unreliable."""
    return Finding(fact, here, "none", says)


def hidden(fact: str, says: str) -> Finding:
    """A fact that the system does not tell."""
    return Finding(fact, NOT_EXPOSED, "hidden", says)


def named(scenarios: tuple[str, ...], installed: Sequence[str]) -> tuple[str, ...]:
    """Those of the scenarios that there are, with the sets of all of them written out."""
    if scenarios == EVERY:
        return tuple(installed)
    if scenarios == TIMED:
        return tuple(name for name in installed if name not in AMOUNTS)
    return tuple(name for name in dict.fromkeys(scenarios) if name in installed)


def counted(number: float, what: str) -> str:
    """1 CPU, 1.5 CPUs."""
    return f"{number:g} {what}" if number == 1 else f"{number:g} {what}s"


def percent(share: float) -> str:
    """Two digits where there are few, so that 2 % and 2.4 % are told apart."""
    return f"{share:.1%}".replace("%", " %") if 0 < share < 0.0995 else f"{share:.0%}".replace("%", " %")
