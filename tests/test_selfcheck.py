"""The self-check compares like with like, and says where study and script are apart."""

import json
import sys
import tempfile
from pathlib import Path

import pytest

from study import selfcheck
from study.selfcheck import PLAIN, QUANTITIES, Parity, Quantity
from study.summary import Ratio


def of(value: float) -> Parity:
    return Parity("start-up fork, warm", 100.0, 100.0 * value, Ratio(value, value * 0.99, value * 1.01, 15))


@pytest.mark.parametrize(("value", "holds"), [(1.0, True), (1.09, True), (0.91, True), (1.11, False), (0.89, False)])
def test_parity_holds_within_a_tenth(value: float, holds: bool) -> None:
    assert of(value).holds is holds


def test_the_table_names_what_is_apart() -> None:
    text = selfcheck.as_text([of(1.0), of(1.2)])
    assert text.count("more than 10% apart") == 1
    assert "0.990 to 1.010" in text


def test_the_document_holds_the_tables_numbers() -> None:
    (shown,) = json.loads(selfcheck.as_json([of(1.02)]))
    assert shown["ratio"]["value"] == 1.02
    assert shown["plain_ns"] == 100.0


def test_plain_scripts_know_nothing_of_the_study() -> None:
    for path in PLAIN.glob("*.py"):
        text = path.read_text()
        assert "import study" not in text
        assert "from study" not in text
        assert "backends" not in text


@pytest.mark.parametrize("quantity", QUANTITIES, ids=lambda quantity: quantity.name)
def test_both_sides_of_each_quantity_give_a_positive_number(quantity: Quantity) -> None:
    with tempfile.TemporaryDirectory(prefix="s") as scratch:  # tmp_path is too long a name for a forkserver's socket
        assert selfcheck.by_script(quantity, sys.executable, Path(scratch)) > 0
        assert selfcheck.by_study(quantity, sys.executable, Path(scratch)) > 0


def test_start_up_message_and_map_are_all_compared() -> None:
    names = " ".join(quantity.name for quantity in QUANTITIES)
    for word in ("thread", "fork", "spawn", "forkserver", "queue.Queue", "mp.Queue", "Pipe", "map Pool"):
        assert word in names
    assert {quantity.first for quantity in QUANTITIES if "cold" in quantity.name} == {True}


def test_the_first_value_is_the_cold_one_and_the_warm_up_is_left_out() -> None:
    cold, warm = QUANTITIES[0], QUANTITIES[1]
    assert selfcheck._observation(cold, [9, 1, 2, 3]) == 9
    assert selfcheck._observation(warm, [9, 1, 2, 3]) == 2
