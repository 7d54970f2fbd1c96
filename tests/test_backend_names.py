"""Does a name in a body mean the same whichever backend it comes from, and does a pool of interpreters share what it is given?"""

import concurrent.futures
import multiprocessing
import pickle
import queue
import threading
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import pytest

import backends
from backends.executors import interpreter_pool, join_manager

# Those whose primitives need neither a server nor a process of their own to be tried.
TRIED = ["threads", "executors.thread", "processes.fork"]
for_each_library = pytest.mark.parametrize("name", TRIED)


@pytest.fixture
def lib(name: str) -> Iterator[Any]:
    """The library of the backend of that name."""
    found = backends.find(name).lib
    yield found
    found.close()


@pytest.fixture
def made(lib: Any) -> Iterator[Callable[..., Any]]:
    """Makes a queue of the library, whose thread and descriptors are gone when the test ends."""
    queues = []

    def make(kind: str, *arguments: Any) -> Any:
        queues.append(getattr(lib, kind)(*arguments))
        return queues[-1]

    yield make
    for one in queues:
        if hasattr(one, "close"):
            one.close()
        if hasattr(one, "join_thread"):
            one.join_thread()


def free(lock: Any) -> bool:
    """Whether somebody else could take it now."""
    taken: list[bool] = []

    def take() -> None:
        taken.append(lock.acquire(False))
        if taken[0]:
            lock.release()

    other = threading.Thread(target=take)
    other.start()
    other.join()
    return taken[0]


@for_each_library
def test_one_who_holds_an_rlock_may_take_it_again_and_one_who_holds_a_lock_may_not(lib: Any) -> None:
    for kind, again in (("RLock", True), ("Lock", False)):
        lock = getattr(lib, kind)()
        with lock:
            assert lock.acquire(False) is again
            if again:
                lock.release()
            assert not free(lock)
        assert free(lock)


@for_each_library
def test_a_bounded_semaphore_refuses_a_permit_too_many_and_a_semaphore_takes_it(lib: Any) -> None:
    with pytest.raises(ValueError, match="released too many times"):
        lib.BoundedSemaphore(1).release()
    semaphore = lib.Semaphore(1)
    semaphore.release()
    assert [semaphore.acquire(False) for _ in range(3)] == [True, True, False]


@for_each_library
def test_a_condition_holds_a_lock_and_does_not_wait_for_what_is_so_already(lib: Any) -> None:
    condition = lib.Condition()
    with condition:
        assert condition.wait_for(lambda: "so") == "so"
        assert condition.wait_for(bool, 0) is False
        assert not free(condition)
    assert free(condition)


@for_each_library
def test_an_event_is_not_set_until_it_is_and_a_barrier_knows_its_parties(lib: Any) -> None:
    event = lib.Event()
    assert (event.is_set(), event.wait(0)) == (False, False)
    event.set()
    assert (event.is_set(), event.wait()) == (True, True)
    event.clear()
    assert not event.is_set()
    assert lib.Barrier(3).parties == 3
    assert lib.Barrier(1).wait() == 0


@for_each_library
def test_a_value_has_one_lock_of_its_own(lib: Any) -> None:
    """A body adds under it, and two values must not keep each other waiting."""
    one, other = lib.Value("i", 3), lib.Value("i", 4)
    assert one.get_lock() is one.get_lock()
    with one.get_lock():
        one.value += 1
        assert not free(one.get_lock())
        assert free(other.get_lock())
    assert (one.value, other.value) == (4, 4)


@for_each_library
def test_only_a_joinable_queue_need_be_told_what_is_done_and_no_more_than_was_put(made: Any) -> None:
    tasks = made("JoinableQueue")
    tasks.put("a task")
    assert tasks.get() == "a task"
    tasks.task_done()
    tasks.join()
    with pytest.raises(ValueError, match="called too many times"):
        tasks.task_done()


@for_each_library
def test_a_queue_keeps_its_order_and_holds_no_more_than_it_is_told_to(made: Any) -> None:
    bounded = made("Queue", 2)
    for number in (1, 2):
        bounded.put(number)
    with pytest.raises(queue.Full):
        bounded.put(3, False)
    assert [bounded.get(), bounded.get()] == [1, 2]


@for_each_library
def test_a_simple_queue_keeps_its_order_and_accounts_for_nothing(made: Any) -> None:
    simple = made("SimpleQueue")
    assert not hasattr(simple, "task_done")
    for number in range(3):
        simple.put(number)
    assert [simple.get() for _ in range(3)] == [0, 1, 2]


@for_each_library
def test_a_pipe_that_is_not_two_way_has_the_receiving_end_first(lib: Any) -> None:
    outlet, inlet = lib.Pipe(duplex=False)
    with outlet, inlet:
        inlet.send("a message")
        assert outlet.recv() == "a message"
        with pytest.raises(OSError, match="read-only"):
            outlet.send("back")


@pytest.mark.parametrize("name", ["threads", "executors.thread"])
def test_what_a_manager_hands_out_to_threads_is_a_new_and_plain_object_each_time(lib: Any) -> None:
    with lib.Manager() as manager:
        for kind in (dict, list, SimpleNamespace, queue.Queue):
            name = "Namespace" if kind is SimpleNamespace else kind.__name__
            one, other = getattr(manager, name)(), getattr(manager, name)()
            assert type(one) is type(other) is kind
            assert one is not other


@for_each_library
def test_a_worker_of_threads_shares_this_process_and_a_forked_one_does_not(name: str, lib: Any) -> None:
    """By what the backend offers, so that a table which names another library is found out."""
    seen: list[int] = []
    if "bare workers" not in backends.find(name).offers:
        with lib.Executor(max_workers=1) as pool:
            pool.submit(seen.append, 1).result()
    else:
        worker = lib.Process(target=seen.append, args=(1,))
        worker.start()
        worker.join()
    assert bool(seen) is ("shared objects" in backends.find(name).offers)


class Key:
    """Writes down, when it is unpickled, the key by which this process is known at that moment."""

    seen: "list[bytes]" = []  # noqa: RUF012

    def __reduce__(self) -> Any:
        return Key.look, ()

    @staticmethod
    def look() -> str:
        Key.seen.append(bytes(multiprocessing.current_process().authkey))
        return "a proxy"


@pytest.fixture
def key(monkeypatch: pytest.MonkeyPatch) -> Iterator[bytes]:
    """What a manager's proxies prove themselves by in this process, which has its own again when the test ends."""
    process = multiprocessing.current_process()
    own = process.authkey
    process.authkey = b"another one"
    monkeypatch.setattr(Key, "seen", [])
    yield b"the manager's"
    process.authkey = own


def test_an_interpreter_has_the_managers_key_before_it_unpickles_a_proxy(key: bytes) -> None:
    given: list[Any] = []
    join_manager(key, lambda *arguments: given.extend(arguments), pickle.dumps((Key(), 7)))
    assert (given, Key.seen) == (["a proxy", 7], [key])


def test_an_interpreter_without_an_initializer_unpickles_nothing(key: bytes) -> None:
    join_manager(key, None, pickle.dumps((Key(),)))
    assert Key.seen == []
    assert multiprocessing.current_process().authkey == key


class Pool:
    """Stands in for InterpreterPoolExecutor, which only Python 3.14 and later have."""

    def __init__(self, max_workers: int, initializer: Any) -> None:
        self.max_workers, self.initializer = max_workers, initializer


def install(*shared: Any) -> None:
    Key.seen.append(bytes(str(shared), "ascii"))


def test_a_pool_of_interpreters_has_each_join_the_manager_and_keeps_the_proxies_alive(
    monkeypatch: pytest.MonkeyPatch, key: bytes
) -> None:
    monkeypatch.setattr(concurrent.futures, "InterpreterPoolExecutor", Pool, raising=False)
    multiprocessing.current_process().authkey = key
    proxies = (Key(), 7)
    pool = interpreter_pool(3, install, proxies)
    assert (pool.max_workers, pool.shared) == (3, proxies)
    multiprocessing.current_process().authkey = b"that of a new interpreter"
    pickle.loads(pickle.dumps(pool.initializer))()
    assert Key.seen == [key, b"('a proxy', 7)"]
    assert interpreter_pool(1).shared == ()
