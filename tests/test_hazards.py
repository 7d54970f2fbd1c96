"""Does each hazard do on each backend what is known of it? The whole matrix, run once; a test for each pair.

`-k matrix` selects it, `-k "not matrix"` leaves it out. STUDY_TEST_PYTHONS adds interpreters: on those only failures are tried.
"""

import contextlib
import re
import tempfile
import time
from functools import cache
from pathlib import Path

import pytest

import backends
from expected import EXPECTED, KINDS, PER_METHOD, expected, keys_of
from fake_hazards import living_in
from interpreters import PYTHONS, version_of
from study import attempt, hazards, launch, matrix
from study.attempt import Attempt
from study.environment import usable_cpus
from study.hazard import BEHAVIOURS, FAILURES, GROUPS, Hazard, declared_for, untried
from study.outcomes import key_of

LEAST_FAILURES, LEAST_BEHAVIOURS = 22, 30
HAZARDS = hazards.every()
MOST_S = 2.0  # that an attempt may last beyond its patience
AGAIN = 2  # times that an outcome which is not as known is tried alone before it is called wrong
LEFT_S = 10.0
SENTENCE = re.compile(r"([A-Z0-9`\"]|\w+(\.\w+)*\(|\w+\.\w).*[.?]", re.DOTALL)  # or it begins with a piece of code

for_each_hazard = pytest.mark.parametrize("hazard", HAZARDS, ids=[hazard.name for hazard in HAZARDS])


def pairs_of(python: str) -> list[tuple[str, str]]:
    """What is tried on that interpreter: on those of STUDY_TEST_PYTHONS only the failures."""
    every = python == PYTHONS[0]
    return [
        (hazard.name, backend.name)
        for hazard in HAZARDS
        for backend in backends.every()
        if (every or hazard.is_failure) and untried(hazard, backend, version_of(python)) is None
    ]


TRIED = [(python, *pair) for python in PYTHONS for pair in pairs_of(python)]
IDS = [f"{hazard}/{backend}-{'.'.join(map(str, version_of(python)))}" for python, hazard, backend in TRIED]


def segments() -> set[str]:
    """multiprocessing's shared memory that no process has mapped: nobody will remove it. A semaphore is mapped under another name."""
    there = {}
    for file in [*Path("/dev/shm").glob("sem.mp-*"), *Path("/dev/shm").glob("psm_*")]:
        with contextlib.suppress(OSError):
            there[file.stat().st_ino] = str(file)
    for maps in Path("/proc").glob("[0-9]*/maps"):
        with contextlib.suppress(OSError):
            for line in maps.read_text(errors="replace").splitlines():
                there.pop(int(line.split()[4]), None)
    return set(there.values())


@cache
def seen(
    python: str, chosen: tuple[tuple[str, str], ...]
) -> tuple[dict[tuple[str, str], list[Attempt]], dict[str, list[str]]]:
    """Hazard and backend -> what became of them; and what was left of the run, which is tested once, or all would fail by it."""
    before = segments()
    with pytest.MonkeyPatch.context() as patch, tempfile.TemporaryDirectory(prefix="m") as folder:
        patch.setattr(tempfile, "tempdir", folder)
        found = attempts_in(python, chosen)
        left = {
            "processes": list(map(str, living_in(Path(folder)))),
            "files": [path.name for path in Path(folder).iterdir()],
        }
    until = time.monotonic() + LEFT_S  # somebody else's may just have been made
    while (segments() - before) and time.monotonic() < until:
        time.sleep(0.1)
    return found, left | {"shared memory": sorted(segments() - before)}


def attempts_in(python: str, chosen: tuple[tuple[str, str], ...]) -> dict[tuple[str, str], list[Attempt]]:
    pairs = [matrix.Pair(*pair) for pair in chosen]
    found: dict[tuple[str, str], list[Attempt]] = {(pair.hazard, pair.backend): [] for pair in pairs}
    for one in matrix.attempts(python, pairs, matrix.PER_CPU * int(usable_cpus() or 1)):
        found[one.hazard, one.backend].append(one)
    return found


@pytest.fixture(scope="session")
def chosen(request: pytest.FixtureRequest) -> dict[str, tuple[tuple[str, str], ...]]:
    """Interpreter -> the pairs whose tests were selected: no other is tried."""
    found: dict[str, list[tuple[str, str]]] = {}
    for item in request.session.items:
        if getattr(item, "originalname", "") == test_matrix.__name__:
            params = item.callspec.params
            found.setdefault(params["python"], []).append((params["hazard"], params["backend"]))
    return {python: tuple(pairs) for python, pairs in found.items()}


@pytest.mark.timeout(900)
@pytest.mark.parametrize(("python", "hazard", "backend"), TRIED, ids=IDS)
def test_matrix(python, hazard, backend, chosen) -> None:
    right = expected(hazard, backend, version_of(python))
    otherwise = [one for one in seen(python, chosen[python])[0][hazard, backend] if not as_known(one, right)]
    if otherwise:
        with launch.adopting_orphans():
            again = [attempt.provoke(python, hazard, backend) for _ in range(AGAIN)]
        assert all(as_known(one, right) for one in again), story(otherwise[0], right)
        pytest.xfail(f"by chance, once of {1 + AGAIN} times: {story(otherwise[0], right)}")


@pytest.mark.timeout(900)
@pytest.mark.parametrize("python", PYTHONS)
def test_matrix_leaves_nothing_behind(python, chosen) -> None:
    if python not in chosen:
        pytest.skip("none of its pairs was selected")
    assert {kind: left for kind, left in seen(python, chosen[python])[1].items() if left} == {}


def as_known(one: Attempt, right: tuple[str, ...]) -> bool:
    in_time = one.seconds <= hazards.find(one.hazard).patience_s + MOST_S
    return in_time and (not right or key_of(one) in right)


def story(one: Attempt, right: tuple[str, ...]) -> str:
    """All that is known of an attempt that went otherwise."""
    told = [
        f"{one.hazard} on {one.backend}: {key_of(one)}, expected {' or '.join(right)}",
        f"{one.what}; {one.detail}; {one.seconds:.1f} s; at {one.source}; {one.afterwards}",
    ]
    return "\n".join([*told, one.traceback, one.stacks, one.story[-4000:]])


def test_there_are_as_many_as_the_study_promises() -> None:
    assert sum(hazard.is_failure for hazard in HAZARDS) >= LEAST_FAILURES
    assert sum(not hazard.is_failure for hazard in HAZARDS) >= LEAST_BEHAVIOURS


def test_failures_come_first_and_each_group_is_together() -> None:
    assert FAILURES + BEHAVIOURS == GROUPS
    assert [GROUPS.index(hazard.group) for hazard in HAZARDS] == sorted(GROUPS.index(h.group) for h in HAZARDS)
    assert {hazard.group for hazard in HAZARDS} == set(GROUPS)


@for_each_hazard
def test_a_hazard_asks_one_question_in_words(hazard: Hazard) -> None:
    assert SENTENCE.fullmatch(hazard.question)
    assert hazard.title
    assert hazard.title[-1] not in ".?!"


def test_no_two_have_one_title() -> None:
    titles = [hazard.title for hazard in HAZARDS]
    assert sorted(titles) == sorted(set(titles))


@for_each_hazard
def test_what_is_declared_is_known_and_fits(hazard: Hazard) -> None:
    known = {key for backend in backends.every() for key in (backend.name, backend.library, backend.style)}
    for declared in (hazard.styles, hazard.absent, hazard.defects):
        assert declared.keys() <= known
    assert hazard.needs <= {behaviour for backend in backends.every() for behaviour in backend.offers}
    assert hazard.tries >= 1
    assert all(re.fullmatch(r"gh-\d+(, gh-\d+)*", issue) for issue in hazard.defects.values())


@for_each_hazard
def test_a_pair_without_a_body_has_a_sentence_why(hazard: Hazard) -> None:
    for backend in backends.every():
        reason = untried(hazard, backend, (99, 0))
        if reason is not None:
            lacks = [backend.lacks[behaviour] for behaviour in sorted(hazard.needs) if behaviour in backend.lacks]
            assert reason == declared_for(backend, hazard.absent) or reason in lacks, "say in `absent` why not"
            assert len(reason.split()) >= 3
            assert not reason.endswith((".", " "))


@for_each_hazard
def test_something_is_expected_of_each_pair_that_is_tried(hazard: Hazard) -> None:
    python = version_of(PYTHONS[0])
    for backend in backends.every():
        right = expected(hazard.name, backend.name, python)
        if untried(hazard, backend, python) is None:
            assert right, f"say in tests/expected what {hazard.name} does on {backend.name}"
            assert "absent" not in right
        elif not (backend.since and python < backend.since):
            assert right in ((), ("absent",))


@pytest.mark.parametrize("name", EXPECTED)
def test_what_is_expected_is_of_a_hazard_and_in_the_words_of_outcomes(name: str) -> None:
    assert name in hazards.names()
    assert EXPECTED[name].keys() <= {*backends.names(), *PER_METHOD}
    for told in EXPECTED[name].values():
        for one in told.values() if isinstance(told, dict) else [told]:
            for word in [one] if isinstance(one, str) else one:
                assert word.startswith(KINDS)


@pytest.mark.parametrize(
    ("backend", "keys"),
    [
        ("threads", ["threads"]),
        ("processes.fork", ["processes.fork", "processes"]),
        ("executors.spawn", ["executors.spawn", "executors.processes"]),
        ("executors.thread", ["executors.thread"]),
        ("executors.interpreter", ["executors.interpreter"]),
    ],
)
def test_the_most_special_expectation_wins(backend: str, keys: list[str]) -> None:
    assert keys_of(backend) == keys


def test_what_is_expected_from_a_version_on_holds_until_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(EXPECTED, "made_up", {"threads": {(3, 10): "hangs", (3, 12): ("works", "raises X")}})
    assert expected("made_up", "threads", (3, 11)) == ("hangs",)
    assert expected("made_up", "threads", (3, 14)) == ("works", "raises X")
    assert expected("made_up", "serial", (3, 14)) == ()
