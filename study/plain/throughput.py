"""Nanoseconds for so many messages to reach a worker: ``throughput.py mp.Queue|queue.Queue|… BYTES MESSAGES``."""

import functools
import multiprocessing
import queue
import sys
import threading
import time

ROUNDS = 4


def receive(get, done, messages):
    for _ in range(ROUNDS):
        done.put(None)
        endings = [(_message := get())[-1] for _ in range(messages)]
        done.put((time.perf_counter_ns(), sum(endings)))


def get_and_acknowledge(channel):
    item = channel.get()
    channel.task_done()
    return item


def main(kind, payload, messages):
    mp = multiprocessing.get_context("fork")
    in_threads = kind.startswith("queue.")
    if kind == "mp.Pipe":
        outlet, inlet = mp.Pipe(duplex=False)
        put, get = inlet.send, outlet.recv
    else:
        channel = getattr(queue if in_threads else mp, kind.partition(".")[2])()
        put, get = channel.put, channel.get
        if kind == "mp.JoinableQueue":
            get = functools.partial(get_and_acknowledge, channel)
    items = [bytes([number]) * payload for number in range(16)] * (messages // 16)
    done = queue.SimpleQueue() if in_threads else mp.SimpleQueue()
    worker = (threading.Thread if in_threads else mp.Process)(target=receive, args=(get, done, len(items)))
    worker.start()
    times = []
    for _ in range(ROUNDS):
        done.get()
        begun = time.perf_counter_ns()
        for item in items:
            put(item)
        ended, received = done.get()
        assert received == sum(item[-1] for item in items)
        times.append(ended - begun)
    worker.join()
    print("message", *times, sep="\t")


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
