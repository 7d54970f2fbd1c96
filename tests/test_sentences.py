"""Each sentence of the answer follows from the data, and without enough evidence says just that."""

import re
from collections.abc import Sequence

import pytest

from journals import absent, failed, full, journal, measured, noisy, planned, simple
from study import sentences
from study.journal import Planned, Row
from study.plan import PROFILES
from study.tables import Results, results

STEADY = [1.0, 1.01, 0.99, 1.02, 0.98, 1.0, 1.01, 0.99]


def times(factor: float, blocks: int = 8) -> list[float]:
    return [factor * STEADY[i] for i in range(blocks)]


def starts(costs: dict[str, float], lap: str = "cold ready", form: str = "worker", blocks: int = 8) -> Results:
    plan = [planned(f"startup/{backend}", blocks, form=form, width=1) for backend in costs]
    rows = [row for cell in plan for row in simple_rows(cell, times(costs[cell.backend], blocks), lap)]
    return results([journal(plan, rows)])


def simple_rows(cell: Planned, values: Sequence[float], lap: str) -> list[Row]:
    return [measured(cell, block, {lap: [seconds]}) for block, seconds in enumerate(values, start=1)]


def test_a_cold_start_names_the_shortest_and_the_longest_with_their_ratio() -> None:
    found = starts({"threads": 0.0001, "processes.spawn": 0.04, "processes.fork": 0.002})
    assert sentences.cold_starts(found)[0] == (
        "From a standing start, one worker is at work after 100 µs with threading.Thread "
        "and after 40.0 ms with multiprocessing (spawn), 400x as long."
    )


def test_a_cold_start_of_a_pool_has_its_own_sentence() -> None:
    assert (
        "a pool of one is at work" in sentences.cold_starts(starts({"threads": 1, "executors.fork": 3}, form="pool"))[1]
    )


def test_seven_blocks_are_not_enough_to_order_cold_starts() -> None:
    found = starts({"threads": 0.0001, "processes.spawn": 0.04}, blocks=7)
    assert sentences.cold_starts(found)[0] == (
        "Not enough evidence to say which backend starts one worker soonest: 7 blocks measured it, and a verdict needs 8."
    )


def test_one_block_is_called_one_block() -> None:
    assert "1 block measured it" in sentences.cold_starts(starts({"threads": 1, "serial": 2}, blocks=1))[0]


def test_equal_cold_starts_make_no_difference() -> None:
    found = starts({"threads": 1.0, "processes.fork": 1.005})
    assert (
        sentences.cold_starts(found)[0]
        == "The blocks say that it makes no difference which backend starts one worker soonest."
    )


def test_one_backend_alone_is_compared_with_nothing() -> None:
    assert sentences.answer(starts({"threads": 1.0})) == []


def test_wider_starts_are_not_mixed_with_the_least_width() -> None:
    narrow = planned("startup/threads", 8, form="worker", width=1)
    other = planned("startup/processes.fork", 8, form="worker", width=1)
    wide = planned("startup/processes.spawn", 8, form="worker", width=4)
    rows = [
        row
        for cell, cost in ((narrow, 1.0), (other, 2.0), (wide, 50.0))
        for row in simple_rows(cell, times(cost), "cold ready")
    ]
    sentence = sentences.cold_starts(results([journal([narrow, other, wide], rows)]))[0]
    assert "2.00 s with multiprocessing (fork), 2.0x as long" in sentence


def pools(cold: dict[str, float], running: float, blocks: int = 8) -> Results:
    plan = [planned(f"startup/{backend}", blocks, form="pool", width=1) for backend in cold]
    rows = [
        measured(
            cell,
            block + 1,
            {"cold ready": [cold[cell.backend] * STEADY[block]], "running pool ready": [9.0, running * STEADY[block]]},
        )
        for cell in plan
        for block in range(blocks)
    ]
    return results([journal(plan, rows)])


def test_a_running_pool_is_set_against_the_slowest_new_one() -> None:
    assert sentences.running_pool(pools({"threads": 0.001, "processes.spawn": 0.06}, 0.0002)) == (
        "A pool of multiprocessing (spawn) that already runs begins a task within 200 µs; a new one takes 300x as long."
    )


def test_what_a_running_pool_saves_is_not_said_without_evidence() -> None:
    assert sentences.running_pool(pools({"threads": 0.001}, 0.0002, blocks=3)).startswith(
        "Not enough evidence to say whether to keep a pool running: 3 blocks"
    )


def channels(costs: dict[tuple[str, str], float], payload: int = 64, blocks: int = 8) -> Results:
    plan = [planned(f"throughput/{backend}", blocks, channel=channel, payload=payload) for backend, channel in costs]
    rows = [
        row for cell in plan for row in simple(cell, times(costs[cell.backend, str(cell.factors["channel"])], blocks))
    ]
    return results([journal(plan, rows)])


def test_the_busiest_and_the_slowest_channel_are_named_with_their_rates() -> None:
    found = channels(
        {("threads", "Queue"): 2e-6, ("processes.fork", "Pipe"): 8e-6, ("executors.thread", "submit"): 5e-5}
    )
    assert sentences.messages(found) == (
        "threading.Thread through Queue carries 500,000 messages of 64 B a second, "
        "ThreadPoolExecutor through submit 20,000: each takes 25x as long."
    )


def test_channels_are_compared_at_the_smallest_message() -> None:
    small = planned("throughput/threads", 8, channel="Queue", payload=64)
    large = planned("throughput/processes.fork", 8, channel="Queue", payload=1 << 20)
    rows = [*simple(small, times(1e-6)), *simple(large, times(1e-2))]
    assert sentences.messages(results([journal([small, large], rows)])) == ""


def test_too_few_blocks_order_no_channels() -> None:
    found = channels({("threads", "Queue"): 2e-6, ("processes.fork", "Pipe"): 8e-6}, blocks=6)
    assert sentences.messages(found) == (
        "Not enough evidence to say which channel carries most messages of 64 B: 6 blocks measured it, and a verdict needs 8."
    )


def test_latency_names_the_usual_wait() -> None:
    plan = [planned(f"latency/{backend}", 8, samples=1000) for backend in ("threads", "executors.fork")]
    rows = [row for cell, cost in zip(plan, (1e-5, 2e-4), strict=True) for row in simple(cell, times(cost), "p50")]
    assert sentences.latency(results([journal(plan, rows)])) == (
        "A question is usually answered after 10.0 µs by threading.Thread and after 200 µs by ProcessPoolExecutor (fork), 20x as long."
    )


def pool_runs(factors: dict[str, float], tuned: float | None = None, blocks: int = 8) -> Results:
    """Pools on two workers that are so many times as fast as the serial loop; with tuned chunks, so many times again."""
    serial = planned("scaling/serial", blocks, workload="cpu", width=1)
    plan = [planned(f"scaling/{backend}", blocks, workload="cpu", width=2) for backend in factors]
    drift = [1.0 + i for i in range(blocks)]
    rows = simple(serial, drift, "default chunks")
    for cell in plan:
        for i in range(blocks):
            default = drift[i] / factors[cell.backend] * STEADY[i]
            laps = {"default chunks": [9.0, default]} | ({"tuned chunks": [9.0, default / tuned]} if tuned else {})
            rows.append(measured(cell, i + 1, laps))
    return results([journal([serial, *plan], rows)])


def test_the_most_and_the_least_speed_up_are_named() -> None:
    most, least = sentences.speedups(pool_runs({"threads": 0.9, "processes.fork": 1.9}))
    assert (
        most
        == "multiprocessing (fork) with default chunks makes pure Python with 2 workers 1.9x (1.88–1.92) as fast as a serial loop."
    )
    assert least.startswith(
        "threading.Thread with default chunks makes pure Python with 2 workers slower than a serial loop: 0.900 ("
    )


def test_a_speed_up_of_one_cannot_be_told() -> None:
    (only,) = sentences.speedups(pool_runs({"threads": 1.0}))
    assert only.startswith("Whether threading.Thread with default chunks makes pure Python with 2 workers faster")
    assert "cannot be told: 1.00 (" in only


def test_too_few_blocks_give_no_speed_up() -> None:
    (only,) = sentences.speedups(pool_runs({"threads": 0.9}, blocks=2))
    assert only == (
        "Not enough evidence to say how fast threading.Thread with default chunks makes pure Python with 2 workers: "
        "2 blocks measured it, and a verdict needs 6."
    )


def test_tuned_chunks_are_counted_where_they_pay() -> None:
    assert sentences.chunks(pool_runs({"threads": 0.9}, tuned=1.5)) == (
        "Larger chunks than the default ones make 1 of 1 pools faster, most of all threading.Thread: 1.5x."
    )


def test_tuned_chunks_that_change_nothing_are_not_praised() -> None:
    assert sentences.chunks(pool_runs({"threads": 0.9}, tuned=1.0)) == (
        "Not enough evidence to say whether larger chunks pay: after 8 blocks the differences are within the noise."
    )


def test_document_scenarios_are_counted() -> None:
    good, bad, late = (
        planned(f"lock/{backend}", 1, width=2) for backend in ("threads", "processes.fork", "processes.spawn")
    )
    made = journal(
        [good, bad, late], [*simple(good, [1.0]), failed(bad, 1)], [absent("lock/serial", "nobody", width=2)]
    )
    assert sentences.works(results([made])) == (
        "Of 4 pairs of a scenario and a backend, 1 work, 1 failed in some block, and 1 are not offered, 1 not measured yet."
    )


def test_a_campaign_in_progress_says_how_far_it_is() -> None:
    cell = planned("lock/threads", 6, width=2)
    assert sentences.progress(results([journal([cell], simple(cell, [1.0, 2.0]))])) == (
        "The campaign is not complete: 2 of 6 rows so far. What follows may change."
    )


def test_failed_rows_count_as_done() -> None:
    cell = planned("lock/threads", 2, width=2)
    assert sentences.progress(results([journal([cell], [*simple(cell, [1.0]), failed(cell, 2)])])) == ""


def test_a_cell_that_a_deadlock_stopped_in_its_rehearsal_is_not_waited_for() -> None:
    cell = planned("pool_recycling/executors.spawn", 6, width=2)
    assert sentences.progress(results([journal([cell], [failed(cell, 0)])])) == ""


def test_an_answer_of_a_default_campaign_has_a_sentence_for_each_question() -> None:
    found = results([full(PROFILES["default"])])
    answer = sentences.answer(found)
    assert len(answer) == 10
    assert all(sentence.endswith(".") and "nan" not in sentence for sentence in answer)


@pytest.mark.parametrize("profile", ["smoke", "quick"])
def test_a_short_campaign_orders_nothing(profile: str) -> None:
    answer = sentences.answer(results([full(PROFILES[profile])]))
    assert not [sentence for sentence in answer if "as long" in sentence]
    assert [sentence for sentence in answer if sentence.startswith("Not enough evidence")]


def some_headlines(quick: float, slow: float, blocks: int, *, headline: bool, spread: float = 0.03) -> Results:
    """Two channels for 64 B, of which the headline ones have so many blocks, and a slower third with few."""
    a = planned("throughput/threads", blocks, headline=headline, channel="Queue", payload=64)
    b = planned("throughput/processes.fork", blocks, headline=headline, channel="Queue", payload=64)
    rest = planned("throughput/processes.fork", 6, channel="Pipe", payload=64)
    rows = [
        *simple(a, noisy(1, quick, blocks, spread), "message"),
        *simple(b, noisy(2, slow, blocks, spread), "message"),
        *simple(rest, noisy(3, 10 * slow, 6), "message"),
    ]
    return results([journal([a, b, rest], rows)])


def test_the_channels_that_are_compared_are_those_with_blocks_enough() -> None:
    sentence = sentences.messages(some_headlines(1e-6, 5e-6, 15, headline=True))
    assert sentence.startswith("threading.Thread through Queue carries")
    assert "Pipe" not in sentence


def test_without_headline_cells_all_channels_are_compared() -> None:
    assert sentences.messages(some_headlines(1e-6, 5e-6, 6, headline=False)) == (
        "Not enough evidence to say which channel carries most messages of 64 B: 6 blocks measured it, and a verdict needs 8."
    )


def test_a_difference_within_the_noise_says_how_many_blocks_would_tell() -> None:
    sentence = sentences.messages(some_headlines(1e-6, 1.1e-6, 15, headline=True, spread=0.2))
    assert re.search(r"after 15 blocks the differences are within the noise; about \d+ more would tell\.$", sentence)


def test_channels_that_are_equally_fast_are_said_to_be() -> None:
    sentence = sentences.messages(some_headlines(1e-6, 1.001e-6, 15, headline=True, spread=0.01))
    assert sentence == "The blocks say that it makes no difference which channel carries most messages of 64 B."
