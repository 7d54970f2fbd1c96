"""Nanoseconds for a number of 64-byte messages to reach a worker: ``throughput.py thread|queue|pipe MESSAGES``."""

import multiprocessing
import queue
import sys
import threading
import time

ROUNDS = 4
MESSAGE = bytes(64)


def receive(get, done, messages):
    for _ in range(ROUNDS):
        done.put(None)
        received = 0
        for _ in range(messages):
            received += len(get())
        done.put((time.perf_counter_ns(), received))


def main(kind, messages):
    mp = multiprocessing.get_context("fork")
    if kind == "pipe":
        outlet, inlet = mp.Pipe(duplex=False)
        put, get = inlet.send, outlet.recv
    else:
        channel = queue.Queue() if kind == "thread" else mp.Queue()
        put, get = channel.put, channel.get
    done = queue.SimpleQueue() if kind == "thread" else mp.SimpleQueue()
    worker = (threading.Thread if kind == "thread" else mp.Process)(target=receive, args=(get, done, messages))
    worker.start()
    times = []
    for _ in range(ROUNDS):
        done.get()
        begun = time.perf_counter_ns()
        for _ in range(messages):
            put(MESSAGE)
        ended, received = done.get()
        assert received == messages * len(MESSAGE)
        times.append(ended - begun)
    worker.join()
    print(*times)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
