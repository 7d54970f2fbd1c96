"""What the measured interpreter does with a request and finds out about itself, piece by piece and in this process."""

import io
import marshal
import os
import platform
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from study import trace
from study.child import session
from study.child.session import default_of, describe, own_value, probe, read_trace, source_of, strays
from study.trace import Trace, WrongAnswer

ROOT = Path(__file__).resolve().parent.parent
Asking = Callable[[dict[str, Any]], dict[str, Any]]


@pytest.fixture
def output(tmp_path: Path) -> Iterator[io.BufferedRandom]:
    """A file in the place of this process's standard output, descriptor 1."""
    kept = os.dup(1)
    with (tmp_path / "output").open("wb+") as file:
        os.dup2(file.fileno(), 1)
        try:
            yield file
        finally:
            os.dup2(kept, 1)
            os.close(kept)


@pytest.fixture
def ask(monkeypatch: pytest.MonkeyPatch) -> Asking:
    """Serve one request through pipes, as a campaign does, but without tying this process's life to the pipe."""
    monkeypatch.setattr(session, "end_with_campaign", lambda request_fd: None)

    def answered(request: dict[str, Any]) -> dict[str, Any]:
        request_read, request_write = os.pipe()
        reply_read, reply_write = os.pipe()
        data = marshal.dumps(request, session.PROTOCOL)
        os.write(request_write, len(data).to_bytes(8, "big") + data)
        received: list[bytes] = []
        reader = threading.Thread(target=lambda: received.append(read_all(reply_read)))
        reader.start()  # a reply may be longer than a pipe is deep
        try:
            session.serve(request_read, reply_write)
        finally:
            os.close(reply_write)
            reader.join()
            for descriptor in (request_read, request_write, reply_read):
                os.close(descriptor)
        (reply,) = received
        assert int.from_bytes(reply[:8], "big") == len(reply) - 8
        found: dict[str, Any] = marshal.loads(reply[8:])
        return found

    return answered


def read_all(descriptor: int) -> bytes:
    parts = []
    while part := os.read(descriptor, 1 << 16):
        parts.append(part)
    return b"".join(parts)


def raising(error: BaseException) -> Callable[[dict[str, Any]], dict[str, Any]]:
    def run(request: dict[str, Any]) -> dict[str, Any]:
        raise error

    return run


@pytest.mark.parametrize(
    ("error", "failed", "detail"),
    [
        (WrongAnswer("two workers held the lock"), "wrong answer", "two workers held the lock"),
        (MemoryError("no more"), "out of memory", "MemoryError: no more"),
        (ValueError("no such luck"), "exception", "ValueError: no such luck"),
        (KeyboardInterrupt(), "exception", "KeyboardInterrupt"),
        (SystemExit(3), "exception", "SystemExit: 3"),
        (RecursionError("too deep"), "exception", "RecursionError: too deep"),
    ],
    ids=lambda given: type(given).__name__ if isinstance(given, BaseException) else "",
)
def test_however_a_cell_fails_it_is_answered_with_the_kind_and_one_line(
    ask: Asking, monkeypatch: pytest.MonkeyPatch, error: BaseException, failed: str, detail: str
) -> None:
    monkeypatch.setattr(session, "run", raising(error))
    answer = ask({"do": "run"})
    assert (answer["failed"], answer["detail"]) == (failed, detail)


def test_an_exception_comes_with_its_stack_for_whoever_mends_it(ask: Asking, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session, "run", raising(ValueError("no such luck")))
    assert "in run\n" in ask({"do": "run"})["stack"]


def test_an_answer_longer_than_a_pipe_is_deep_arrives_whole(ask: Asking, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session, "run", lambda request: {"trace": request["text"] * 1000})
    assert ask({"do": "run", "text": "µ" * 500})["trace"] == "µ" * 500_000


def test_a_campaign_that_is_gone_before_it_asked_ends_the_interpreter(monkeypatch: pytest.MonkeyPatch) -> None:
    request_read, request_write = os.pipe()
    reply_read, reply_write = os.pipe()
    os.write(request_write, (100).to_bytes(8, "big") + b"half")
    os.close(request_write)
    with pytest.raises(SystemExit, match="the campaign is gone"):
        session.serve(request_read, reply_write)
    for descriptor in (request_read, reply_read, reply_write):
        os.close(descriptor)


def test_no_worker_inherits_the_private_pipe(ask: Asking, monkeypatch: pytest.MonkeyPatch) -> None:
    inheritable: list[bool] = []

    def note(request_fd: int) -> None:
        inheritable.append(os.get_inheritable(request_fd))

    monkeypatch.setattr(session, "end_with_campaign", note)
    ask({"do": "describe"})
    assert inheritable == [False]


def test_an_interpreter_describes_itself(ask: Asking) -> None:
    told = ask({"do": "describe"})
    assert told.pop("peak_rss_bytes") > 1 << 20
    assert told == describe({})
    assert told["version"] == platform.python_version()
    assert told["switch_interval_s"] == sys.getswitchinterval()
    assert told["default_start_method"] in told["start_methods"]
    assert told["writes_bytecode"] is not sys.dont_write_bytecode


def test_the_probe_is_a_fixed_piece_of_work_that_takes_time() -> None:
    (lap,) = probe({})["laps"]
    assert lap["name"] == "probe"
    (values,) = (value for value in lap.values() if isinstance(value, list))
    assert len(values) == 3
    assert min(values) > 0


def test_a_witnessed_cell_has_the_middle_probes_before_and_after_it(monkeypatch: pytest.MonkeyPatch) -> None:
    probes = [[9, 3, 5], [8, 7, 4]]
    monkeypatch.setattr(session, "probed", lambda: probes.pop(0))
    monkeypatch.setattr(session, "measure", lambda *_: {"laps": len(probes)})
    request = {"scenario": "lock", "backend": "threads", "arguments": {}}
    assert session.run({**request, "witnessed": True}) == {"laps": 1, "probes_ns": [5, 7]}
    assert session.run(request) == {"laps": 0}


@pytest.mark.parametrize("value", [None, 0, -1.5, "a\tb\n", [1, (2,)], {"k": None}, {1, 2}, b"x", True, 1e300])
def test_what_a_worker_of_ours_said_is_read_as_it_was(value: object) -> None:
    assert own_value(repr(value)) == value


@pytest.mark.parametrize("text", ["__import__('os').getpid()", "open('/etc/passwd')", "print(1)", "exit()", "id"])
def test_a_value_that_calls_for_a_builtin_is_refused(text: str) -> None:
    with pytest.raises(NameError):
        own_value(text)


@pytest.mark.parametrize("text", ["not a value", "", "1 +", "("])
def test_text_that_is_no_value_is_kept_as_printed(text: str) -> None:
    line = f"1\t2\t3\tworker\tgot\t{text}"
    assert Trace(line, own_value).printed == [line]


def body(mp: object, stopwatch: object, width: int = 2, text: str = "a", nothing: None = None) -> None:
    local = width
    assert local


@pytest.mark.parametrize(("name", "default"), [("width", 2), ("text", "a"), ("nothing", None)])
def test_a_default_is_found_by_the_name_of_its_argument(name: str, default: object) -> None:
    assert default_of(body, name) == default


@pytest.mark.parametrize("name", ["mp", "local", "unknown"])
def test_what_has_no_default_is_an_error_and_no_guess(name: str) -> None:
    with pytest.raises(KeyError):
        default_of(body, name)


def test_the_trace_begins_where_the_body_did(output: io.BufferedRandom) -> None:
    trace.say("before", "starting")
    begins = os.lseek(1, 0, os.SEEK_END)
    trace.say("worker", "got", "µ")
    os.write(1, b"printed\n")
    found = Trace(read_trace(begins))
    assert [(event.actor, event.event, event.value) for event in found.events] == [("worker", "got", "µ")]
    assert found.printed == ["printed"]


def test_a_body_that_tells_nothing_has_an_empty_trace(output: io.BufferedRandom) -> None:
    trace.say("before", "starting")
    assert read_trace(os.lseek(1, 0, os.SEEK_END)) == ""


def test_bytes_that_are_no_text_do_not_stop_the_reading_of_a_trace(output: io.BufferedRandom) -> None:
    os.write(1, b"\xff\xfe half a character \xc3\n")
    trace.say("worker", "got", 1)
    found = Trace(read_trace(0))
    assert [event.value for event in found.events] == [1]
    assert len(found.printed) == 1


def test_a_thread_that_still_runs_is_a_stray_and_one_that_has_ended_is_none() -> None:
    gate = threading.Event()
    running = threading.Thread(target=gate.wait, name="the forgotten one")
    ended = threading.Thread(target=bool)
    for thread in (running, ended):
        thread.start()
    ended.join()
    try:
        assert strays(0.0) == ["the forgotten one"]
    finally:
        gate.set()
        running.join()
    assert strays(0.0) == []


def test_a_worker_that_is_about_to_end_is_given_the_time_to() -> None:
    gate = threading.Event()
    worker = threading.Thread(target=gate.wait)
    worker.start()
    opener = threading.Thread(target=gate.set)
    opener.start()
    assert strays(60.0) == []


def test_a_daemon_is_no_stray_because_the_program_does_not_wait_for_it() -> None:
    gate = threading.Event()
    daemon = threading.Thread(target=gate.wait, daemon=True)
    daemon.start()
    try:
        assert strays(0.0) == []
    finally:
        gate.set()
        daemon.join()


def test_a_process_that_still_runs_is_a_stray() -> None:
    import multiprocessing

    context = multiprocessing.get_context("spawn")
    receiver, sender = context.Pipe(duplex=False)
    process = context.Process(target=receiver.recv, name="the forgotten one")
    process.start()
    try:
        assert strays(0.0) == ["the forgotten one"]
    finally:
        sender.send(None)
        process.join()
    assert strays(0.0) == []


def test_a_lap_names_its_line_relative_to_the_project(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "path", [str(ROOT), *sys.path])
    assert source_of(f"{ROOT / 'study' / 'scenarios' / 'lock.py'}:61") == "study/scenarios/lock.py:61"
