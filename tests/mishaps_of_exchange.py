"""How a lock, a queue, a connection, a manager and the machine's memory refuse, each made to happen."""

import multiprocessing
import os
import pickle
import queue
import signal
import threading
from concurrent.futures import ThreadPoolExecutor
from multiprocessing import connection
from multiprocessing.shared_memory import SharedMemory

from mishap import mishap

FORK = multiprocessing.get_context("fork")


# Locks


@mishap
def lock_was_not_held():
    threading.Lock().release()


@mishap
def lock_of_processes_was_not_held():
    FORK.Lock().release()


@mishap
def lock_of_another():
    FORK.RLock().release()


@mishap
def lock_of_another_thread():
    threading.RLock().release()


@mishap
def semaphore_released_too_often():
    threading.BoundedSemaphore().release()


@mishap
def condition_without_its_lock():
    threading.Condition().notify()


@mishap
def condition_of_processes_without_its_lock():
    FORK.Condition().notify()


@mishap
def wait_of_processes_without_its_lock():
    FORK.Condition().wait()


@mishap
def barrier_broken():
    threading.Barrier(2).wait(0.01)


# Queues and connections


@mishap
def task_done_too_often():
    FORK.JoinableQueue().task_done()


@mishap
def queue_empty():
    queue.Queue().get_nowait()


@mishap
def queue_of_processes_empty():
    FORK.Queue().get(timeout=0.01)


@mishap
def queue_full():
    full = queue.Queue(1)
    full.put(1)
    full.put_nowait(2)


@mishap
def queue_shut_down():
    closed = queue.Queue()
    closed.shutdown()
    closed.get()


@mishap
def queue_closed():
    closed = FORK.Queue()
    closed.close()
    closed.put(1)


@mishap
def connection_closed_here():
    reader, _ = FORK.Pipe()
    reader.close()
    reader.recv()


@mishap
def connection_refuses_direction():
    reader, _ = FORK.Pipe(duplex=False)
    reader.send(1)


@mishap
def message_cut_off():
    reader, writer = FORK.Pipe(duplex=False)
    os.write(writer.fileno(), (100).to_bytes(4, "big") + b"half of it")
    writer.close()
    reader.recv()


@mishap
def other_end_closed():
    reader, writer = FORK.Pipe(duplex=False)
    writer.close()
    reader.recv()


@mishap
def receiver_gone():
    reader, writer = FORK.Pipe(duplex=False)
    reader.close()
    writer.send(1)


# Managers and shared memory


@mishap
def manager_gone():
    with FORK.Manager() as manager:
        numbers = manager.list()
    numbers.append(1)


@mishap
def manager_lost():
    with FORK.Manager() as manager:
        numbers = manager.list()
        numbers.append(1)
        os.kill(manager._process.pid, signal.SIGKILL)
        manager._process.join()
        numbers.append(2)


@mishap
def manager_forgot_the_object():
    with FORK.Manager() as manager:
        sent = pickle.dumps(manager.list())
        pickle.loads(sent)


@mishap
def authentication_failed():
    with connection.Listener(authkey=b"one") as listener, ThreadPoolExecutor(1) as executor:
        accepted = executor.submit(listener.accept)
        try:
            connection.Client(listener.address, authkey=b"another")
        except multiprocessing.AuthenticationError:
            pass
        except OSError:  # the listener hung up first
            pass
        accepted.result()


@mishap
def segment_is_gone():
    SharedMemory("no-such-segment-of-the-atlas")


@mishap
def segment_is_in_use():
    memory = SharedMemory(create=True, size=1)
    view = memory.buf[:1]
    try:
        memory.close()
    finally:
        view.release()
        memory.close()
        memory.unlink()


@mishap
def no_more_threads():
    before = threading.stack_size(1 << 46)
    try:
        threading.Thread(target=int).start()
    finally:
        threading.stack_size(before)
