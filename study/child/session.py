"""Inside the measured interpreter: read a request, run one cell, check the answer, reply."""

import gc
import marshal
import os
import sys
import threading
import time

from study.stopwatch import Stopwatch
from study.trace import Trace, WrongAnswer, say

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from backends import Backend
    from study.scenario import Body, Scenario

PATIENCE_S = 5
FIRST_TRY = 32  # operations: few, because one may be a message of a megabyte
STEP = 16  # times as many in the next try, at the most
WARM_ROUNDS = 2
NEAR_ENOUGH = 8  # a value that lasts an eighth of what is wanted tells what one operation costs
MOST_OPERATIONS = 1 << 20
PROTOCOL = (
    2  # of marshal: read and written alike by every Python from 3.10 on, and imported by none: json costs 15 ms a child
)


def serve(request_fd: int, reply_fd: int) -> None:
    """Answer the one request on `request_fd` on `reply_fd`, each a length and that many bytes of marshal.

    Standard output carries the trace.
    """
    os.set_inheritable(request_fd, False)
    os.set_inheritable(reply_fd, False)
    request = marshal.loads(_read(request_fd, int.from_bytes(_read(request_fd, 8), "big")))
    end_with_campaign(request_fd)
    try:
        reply = {"probe": probe, "describe": describe, "attempt": attempt}.get(request["do"], run)(request)
    except WrongAnswer as error:
        reply = {"failed": "wrong answer", "detail": str(error)}
    except MemoryError as error:
        reply = {"failed": "out of memory", "detail": _last_line(error)}
    except BaseException as error:
        reply = {"failed": "exception", "detail": _last_line(error), "stack": _stack()}
    reply["peak_rss_bytes"] = peak_rss_bytes()
    data = marshal.dumps(reply, PROTOCOL)
    data = len(data).to_bytes(8, "big") + data
    while data:
        data = data[os.write(reply_fd, data) :]


def end_with_campaign(request_fd: int) -> None:
    """Have the kernel end this process group when the campaign's end of the pipe closes, however the campaign ended.

    SIGTERM where the system lets us choose: multiprocessing's resource tracker ignores it, and so lives on to unlink
    what the others leave. A thread that watches the pipe would make every fork a fork of a threaded process.
    """
    try:
        import fcntl

        if sys.platform == "linux":
            set_signal, sigterm = 10, 15  # numbers, because fcntl lacks F_SETSIG and signal's import takes 5 ms a child
            fcntl.fcntl(request_fd, set_signal, sigterm)
        fcntl.fcntl(request_fd, fcntl.F_SETOWN, -os.getpgrp())
        fcntl.fcntl(request_fd, fcntl.F_SETFL, fcntl.fcntl(request_fd, fcntl.F_GETFL) | os.O_ASYNC)
    except (ImportError, AttributeError):
        pass  # no such thing on this system: the campaign still kills the group when it ends in order


def run(request: "dict[str, Any]") -> "dict[str, Any]":
    """Run one cell: choose the number of operations if asked to, then measure and check.

    A self-check puts a library of its own `instead` of one name: that of a known delay. And it has the cell `witnessed`: by
    the probe just before and just after it.
    """
    import backends
    from study import scenarios
    from study.scenario import body_of

    scenario, backend = scenarios.find(request["scenario"]), backends.find(request["backend"])
    body = scenario.as_written if request.get("as_written") else body_of(scenario, backend)
    assert body is not None, "a cell without a body is never asked for"
    for name, path in request.get("instead", {}).items():
        backend.names[name] = backends.Name(path)
    arguments = dict(request["arguments"])
    target_ns = request.get("value_ns")
    if target_ns:
        arguments["operations"] = calibrate(scenario, backend, body, arguments, target_ns)
    if not request.get("witnessed"):
        return measure(scenario, backend, body, arguments)
    before = probed()
    measured = measure(scenario, backend, body, arguments)
    return {**measured, "probes_ns": [sorted(times)[1] for times in (before, probed())]}


def calibrate(
    scenario: "Scenario", backend: "Backend", body: "Body", arguments: "dict[str, Any]", target_ns: int
) -> int:
    """The power of two of operations whose value lasts nearest to `target_ns`, judged by the slowest warm round.

    The slowest, because two workers that wake each other run many times as fast while they happen to share a processor.
    """
    operations = FIRST_TRY
    while True:
        stopwatch = Stopwatch()
        body(backend.lib, stopwatch, **{**arguments, "operations": operations, "rounds": 1 + WARM_ROUNDS})
        lasted_ns = max(1, *map(int, stopwatch.laps[scenario.headline].values[1:]))
        wanted = max(1, operations * target_ns // lasted_ns)
        if lasted_ns >= target_ns // NEAR_ENOUGH or operations >= MOST_OPERATIONS:
            break
        operations = min(MOST_OPERATIONS, operations * STEP, wanted)
    below = 1 << (wanted.bit_length() - 1)
    nearest = below if wanted * wanted < 2 * below * below else 2 * below
    return min(MOST_OPERATIONS, nearest)


def measure(scenario: "Scenario", backend: "Backend", body: "Body", arguments: "dict[str, Any]") -> "dict[str, Any]":
    """Run the body once and judge its trace. Raises WrongAnswer."""
    lib, stopwatch = backend.lib, Stopwatch()
    for name in body.__code__.co_names:
        getattr(lib, name, None)  # imports what the body will use, as a script does in its first lines
    trace_begins = os.lseek(1, 0, os.SEEK_END)
    gc.collect()  # and no freeze(): it gives a Pool's children 10 % and a queue's large messages 30 % that no program has
    gc.enable()
    body(lib, stopwatch, **arguments)
    lib.close()
    # The tutorial's own programs may leave workers to the end of the program; the campaign's deadline is theirs.
    stray = strays(None if body is scenario.as_written else PATIENCE_S)
    text = read_trace(trace_begins)
    trace = Trace(text, own_value)
    if body is not scenario.as_written:
        names = body.__code__.co_varnames[: body.__code__.co_argcount][2:]
        scenario.check(trace, backend.offers, {name: arguments.get(name, default_of(body, name)) for name in names})
        Trace.require(not stray, f"the body left {', '.join(stray)} running")
    gc.freeze()  # or the end of the interpreter takes 10 ms more, in which everything is looked through once again
    return {
        "operations": arguments.get("operations"),
        "modules": len(sys.modules),
        "trace": text,
        "printed": trace.printed[:20],
        "laps": [
            {
                "name": lap.name,
                "operations": lap.operations,
                "source": source_of(lap.source),
                "values": lap.values,
                "unit": lap.unit,
            }
            for lap in stopwatch.laps.values()
        ],
    }


def attempt(request: "dict[str, Any]") -> "dict[str, Any]":
    """Provoke one hazard. What happened is told on standard output, as it happens: this program may not live to tell it."""
    import signal

    import backends
    from study import hazards
    from study.hazard import Watch, declared_for

    # A campaign that was started in the background ignores Ctrl-C, and so would its children.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    backend = backends.find(request["backend"])
    body = declared_for(backend, hazards.find(request["hazard"]).styles)
    assert body is not None, "a hazard without a body is never asked for"
    lib = backend.lib
    try:
        body(lib, Watch())
    except BaseException as error:
        say("main", "broken", _last_line(error))
        raise
    lib.close()
    return {"done": True}


def strays(patience_s: "float | None") -> "list[str]":
    """What the body started and neither ended nor waited for; workers that are about to end are given a moment."""
    found = []
    if "multiprocessing" in sys.modules:
        import multiprocessing

        for process in multiprocessing.active_children():
            process.join(patience_s)
            if process.is_alive():
                found.append(process.name)
    for thread in threading.enumerate():
        if thread is not threading.current_thread() and not thread.daemon:
            thread.join(patience_s)
            if thread.is_alive():
                found.append(thread.name)
    return found


def default_of(body: "Body", name: str) -> "Any":
    """The default of one of the body's arguments."""
    code = body.__code__
    names = code.co_varnames[: code.co_argcount]
    defaults = body.__defaults__ or ()
    return dict(zip(names[len(names) - len(defaults) :], defaults, strict=True))[name]


def own_value(text: str) -> "Any":
    """The value of an event that our own workers wrote: ast, which would not trust them, costs 10 ms a child."""
    return eval(text, {"__builtins__": {}})


def read_trace(begins: int) -> str:
    """What was written to standard output since that offset."""
    ends = os.lseek(1, 0, os.SEEK_END)
    return os.pread(1, ends - begins, begins).decode(errors="replace") if ends > begins else ""


def source_of(source: str) -> str:
    """The line that measured a lap, relative to the project."""
    return os.path.relpath(source, sys.path[0]).replace(os.sep, "/")


def peak_rss_bytes() -> int:
    """The most memory that this process, or one that it waited for, has had at once.

    On Linux from VmHWM, because ru_maxrss of a process begins with what its parent held when it was started.
    """
    import resource

    unit = 1 if sys.platform == "darwin" else 1024
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    try:
        with open("/proc/self/status", errors="replace") as status:
            own = next((int(line.split()[1]) for line in status if line.startswith("VmHWM:")), own)
    except OSError:  # not Linux, or /proc is hidden
        pass
    return max(own, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss) * unit


def probe(request: "dict[str, Any]") -> "dict[str, Any]":
    """Tell the machine's speed now."""
    return {"laps": [{"name": "probe", "operations": 1, "source": "", "values": probed(), "unit": "ns"}]}


def probed() -> "list[int]":
    """Times in nanoseconds of a fixed piece of work that depends on nothing but the processor: the least of three is its speed."""
    times = []
    for _ in range(3):
        begun = time.perf_counter_ns()
        total = 0
        for number in range(100_000):
            total += number
        times.append(time.perf_counter_ns() - begun)
    return times


def describe(request: "dict[str, Any]") -> "dict[str, Any]":
    """The facts that only the measured interpreter itself can tell; with `build`, those of its build too."""
    import multiprocessing
    import platform
    import sysconfig

    from study.scenarios.launch_form import pytest_script

    gil_enabled = getattr(sys, "_is_gil_enabled", lambda: True)
    told = {
        "version": platform.python_version(),
        "implementation": platform.python_implementation(),
        "compiler": platform.python_compiler(),
        "free_threaded_build": bool(sysconfig.get_config_var("Py_GIL_DISABLED")),
        "gil_enabled": gil_enabled(),
        "default_start_method": multiprocessing.get_start_method(),
        "start_methods": multiprocessing.get_all_start_methods(),
        "writes_bytecode": not sys.dont_write_bytecode,
        "clock_resolution_s": time.get_clock_info("perf_counter").resolution,
        "switch_interval_s": sys.getswitchinterval(),
        "pytest_script": os.path.exists(pytest_script()),
    }
    if request.get("build") and sys.version_info >= (3, 10):  # an older one is refused by its version
        from study.child.build import build

        told.update(build())
    return told


def _read(fd: int, length: int) -> bytes:
    data = b""
    while len(data) < length:
        part = os.read(fd, length - len(data))
        if not part:
            raise SystemExit("the campaign is gone")
        data += part
    return data


def _last_line(error: BaseException) -> str:
    import traceback

    return traceback.format_exception_only(type(error), error)[0].strip()


def _stack() -> str:
    import traceback

    return traceback.format_exc()
