"""What a scenario declares, and whether a backend can answer it."""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from typing import Any

    from backends import Backend
    from study.trace import Trace

    Factor = int | float | str
    Body = Callable[..., None]
    Check = Callable[[Trace, frozenset[str], Mapping[str, Any]], None]


class Load:
    """One set of declared factors under which a scenario is run: what a reader varies, and what the run then needs."""

    __slots__ = ("factors", "floor", "full_grid", "given", "headline", "needs")

    def __init__(
        self,
        *,
        headline: bool = False,
        full_grid: bool = False,
        needs: "Iterable[str]" = (),
        floor: str = "",
        given: "Mapping[str, str] | None" = None,
        **factors: "Factor",
    ) -> None:
        self.factors = factors
        self.headline = headline  #: measured in more blocks: one of the figures a decision hangs on
        self.full_grid = full_grid  #: measured by the rigorous profile only
        self.needs = frozenset(needs)  #: behaviours this load needs beyond those of its scenario
        self.floor = floor  #: measured on the floor too: "always", "full" for the rigorous profile only, or ""
        self.given = dict(given or {})  #: fact of the measured interpreter that has to hold -> a sentence why not

    def __str__(self) -> str:
        return ",".join(f"{key}={value}" for key, value in self.factors.items())


class Scenario:
    """One question put to every backend: bodies to run, the check of the answer, and the words to tell it in."""

    __slots__ = (
        "about_starting",
        "absent",
        "as_written",
        "calibrated",
        "check",
        "defect",
        "document",
        "headline",
        "loads",
        "most_rounds",
        "name",
        "needs",
        "printed",
        "question",
        "section",
        "styles",
        "title",
        "unit",
        "words",
    )

    def __init__(
        self,
        *,
        section: str,
        title: str,
        question: "str | None",
        unit: str,
        headline: str,
        styles: "Mapping[str, Body]",
        loads: "Callable[[int], list[Load]]",
        check: "Check",
        absent: "Mapping[str, str] | None" = None,
        needs: "Iterable[str]" = (),
        words: "Mapping[str, str] | None" = None,
        printed: str = "",
        document: "Mapping[str, Factor] | None" = None,
        as_written: "Body | None" = None,
        defect: str = "",
        calibrated: bool = True,
        about_starting: bool = False,
        most_rounds: int = 100,
    ) -> None:
        self.name, self.title = "", title  #: the file's name, set when it is found; the heading
        self.section = section  #: of the tutorial, "4"; "" for a headline cost
        self.question = (question or "").strip()
        self.unit = unit  #: what one operation is: "acquire + release"
        self.headline = headline  #: the lap that stands for the scenario in a one-line table
        self.styles = dict(styles)  #: style of backend, or the name of one -> body
        self.absent = dict(absent or {})  #: style of backend -> why there is no body for it
        self.needs = frozenset(needs)  #: behaviours without which there is no answer
        self.loads = loads  #: usable CPUs -> the loads, the plainest first
        self.check = check  #: (trace, what the backend offers, arguments of the body) -> raises WrongAnswer
        self.words = dict(words or {})  #: event -> the tutorial's words for it
        self.printed = printed  #: what the tutorial says its program printed
        self.as_written = as_written  #: the tutorial's own program where its defect teaches something (style "workers")
        self.defect = defect  #: that defect, in one sentence
        self.document = dict(document or {})  #: arguments with which a body is the tutorial's program
        self.calibrated = calibrated  #: whether the number of operations is chosen by the length of a value
        self.about_starting = about_starting  #: whether workers are started while the clock runs, in every round
        self.most_rounds = most_rounds  #: rounds in one interpreter, warm-up included, at the most


def body_of(scenario: Scenario, backend: "Backend") -> "Body | None":
    """The body this backend runs: one of its own, one that is written for it alone, or the one for its style."""
    return backend.own.get(scenario.name) or scenario.styles.get(backend.name) or scenario.styles.get(backend.style)


def unanswered(
    scenario: Scenario, backend: "Backend", python: "tuple[int, int]", needs: "Iterable[str]" = ()
) -> "str | None":
    """One sentence why this pair is not run on that Python, or None when it is. `needs` are those of a load."""
    if backend.since and python < backend.since:
        return f"needs Python {backend.since[0]}.{backend.since[1]}; this is {python[0]}.{python[1]}"
    if body_of(scenario, backend) is None:
        return scenario.absent.get(backend.style) or f"{scenario.title} has no body for {backend.style} backends"
    for behaviour in sorted(scenario.needs | frozenset(needs)):
        if behaviour not in backend.offers:
            return backend.lacks.get(behaviour) or f"{backend.label} does not offer {behaviour}"
        since = backend.offered_since.get(behaviour)
        if since and python < since:
            return f"{behaviour}: needs Python {since[0]}.{since[1]}; this is {python[0]}.{python[1]}"
    return None


def suspicion(scenario: Scenario, backend: "Backend") -> "str | None":
    """The known defect that may stop this pair, or None."""
    return next((backend.suspects[need] for need in sorted(scenario.needs) if need in backend.suspects), None)
