"""The self-check compares like with like, and says where study and script are apart."""

import dataclasses
import json
import sys
import tempfile
import threading
import time
from pathlib import Path

import pytest

from study import proof, selfcheck
from study.plain import pools
from study.selfcheck import PLAIN, QUANTITIES, TOLERANCE, Parity, Quantity
from study.summary import Ratio


def of(value: float, width: float = 0.01) -> Parity:
    interval = Ratio(value, value - width, value + width, 15)
    return Parity("start-up fork, warm ready", 100.0, 100.0 * value, interval)


@pytest.mark.parametrize(("value", "holds"), [(1.0, True), (1.04, True), (0.96, True), (1.06, False), (0.94, False)])
def test_parity_holds_within_a_twentieth(value: float, holds: bool) -> None:
    assert of(value).holds is holds


@pytest.mark.parametrize(
    ("value", "width", "may"), [(1.06, 0.02, True), (1.2, 0.02, False), (0.94, 0.02, True), (0.8, 0.02, False)]
)
def test_an_interval_that_reaches_the_tolerance_leaves_room_for_agreement(
    value: float, width: float, may: bool
) -> None:
    assert of(value, width).may_hold is may


def test_without_an_interval_nothing_is_ruled_out() -> None:
    assert Parity("x", 1.0, 2.0, Ratio(2.0, None, None, 3)).may_hold


def test_the_table_names_what_is_apart_and_whether_it_may_be_chance() -> None:
    text = proof.as_text([of(1.0), of(1.06, 0.03), of(1.2)], [], [])
    assert text.count(f"more than {TOLERANCE:.0%} apart") == 2
    assert text.count("the interval leaves room for less") == 1
    assert "0.990 to 1.010" in text


def test_the_document_holds_the_tables_numbers() -> None:
    (shown,) = json.loads(proof.as_json([of(1.02)], [], []))["parity"]
    assert shown["ratio"]["value"] == 1.02
    assert shown["plain_ns"] == 100.0
    assert shown["holds"] is True


def test_plain_scripts_know_nothing_of_the_study() -> None:
    for path in PLAIN.glob("*.py"):
        text = path.read_text()
        assert "import study" not in text
        assert "from study" not in text
        assert "backends" not in text


@pytest.mark.parametrize("quantity", QUANTITIES, ids=lambda quantity: quantity.name)
def test_script_and_cell_give_a_positive_number_for_the_same_laps(quantity: Quantity) -> None:
    with tempfile.TemporaryDirectory(prefix="s") as scratch:  # tmp_path is too long a name for a forkserver's socket
        plain = selfcheck.by_script(quantity, sys.executable, Path(scratch))
        study = selfcheck.by_study(quantity, sys.executable, Path(scratch))
    assert set(plain) == set(quantity.laps) <= set(study)
    assert min(plain.values()) > 0
    assert min(study[lap] for lap in quantity.laps) > 0


def test_start_up_six_channels_at_three_sizes_and_maps_with_two_kinds_of_chunks_are_compared() -> None:
    names = [name for quantity in QUANTITIES for name in selfcheck.names_of(quantity).values()]
    assert len(set(names)) == len(names)
    assert sum(name.startswith("start-up") for name in names) == 2 * (4 + 3)
    assert sum(name.endswith(" B") for name in names) == 6 * 3
    assert sum(name.startswith("map") for name in names) == 3 * 2


def test_a_quantity_of_one_lap_is_called_by_its_name_alone() -> None:
    one = Quantity("mp.Pipe, 64 B", ("throughput.py",), "throughput", "processes.fork", ("message",), {})
    assert selfcheck.names_of(one) == {"message": "mp.Pipe, 64 B"}


def test_every_quantity_is_measured_by_both_sides_in_every_block(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[str, str]] = []

    def side(kind: str, value: float):  # type: ignore[no-untyped-def]
        def observe(quantity: Quantity, python: str, scratch: Path) -> dict[str, float]:
            asked.append((kind, quantity.name))
            return dict.fromkeys(quantity.laps, value)

        return observe

    monkeypatch.setattr(selfcheck, "by_script", side("script", 10.0))
    monkeypatch.setattr(selfcheck, "by_study", side("study", 12.0))
    found = selfcheck.check("python", 8, lambda _: None, quantities=QUANTITIES[:3])
    assert {asked.count((kind, quantity.name)) for kind in ("script", "study") for quantity in QUANTITIES[:3]} == {8}
    assert asked[:6] != asked[6:12], "every block has an order of its own"
    turns = list(zip(asked[::2], asked[1::2], strict=True))
    assert all(one[1] == other[1] for one, other in turns), "both ways are measured one right after the other"
    assert {one[0] for one, _ in turns} == {"script", "study"}, "and neither is always first"
    assert {round(parity.ratio.value, 6) for parity in found} == {1.2}


def test_the_allocator_of_a_plain_script_keeps_what_is_freed_as_that_of_a_child_does(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "told.py").write_text(
        "import os\nprint('message', *(os.environ[f'MALLOC_{name}_THRESHOLD_'] for name in ('TRIM', 'MMAP')), sep='\\t')\n"
    )
    monkeypatch.setattr(selfcheck, "PLAIN", tmp_path)
    monkeypatch.setenv("MALLOC_TRIM_THRESHOLD_", "7")
    told = dataclasses.replace(QUANTITIES[0], script=("told.py",), laps=("message",))
    assert selfcheck.by_script(told, sys.executable, tmp_path) == {
        "message": float(selfcheck.KEEP_FREED["MALLOC_MMAP_THRESHOLD_"])  # the first is the warm-up
    }


def test_a_plain_script_does_not_time_how_the_last_pool_is_taken_apart() -> None:
    happened: list[str] = []

    class Pool:
        def __init__(self, *_: object, **__: object) -> None:
            happened.append("made")

        def map(self, *_: object, **__: object) -> list[int]:
            return [time.perf_counter_ns()]

        def close(self) -> None: ...
        def join(self) -> None: ...
        def __del__(self) -> None:
            happened.append("gone")

    times = [pools.start_and_end("Pool", Pool, threading.Barrier) for _ in range(2)]
    assert min(times) >= 0
    assert happened == ["made", "gone", "made", "gone"]


def test_a_child_that_fails_is_named_with_its_reason(tmp_path: Path) -> None:
    request = {"scenario": "lock", "backend": "threads", "arguments": {"patience": 1, "rounds": 2}}
    with pytest.raises(RuntimeError, match=r"^lock/threads: exception: TypeError: .*'patience'"):
        selfcheck.answered({"do": "run", **request}, sys.executable, tmp_path)
