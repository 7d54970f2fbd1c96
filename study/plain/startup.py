"""Nanoseconds from start() to the first statement of a thread or process: ``startup.py thread|fork|spawn|forkserver``."""

import multiprocessing
import sys
import threading
import time

ROUNDS = 4


def first_statement(sender):
    now = time.perf_counter_ns()
    sender.send_bytes(b"%d" % now)


def main(method):
    start = threading.Thread if method == "thread" else multiprocessing.get_context(method).Process
    times = []
    for _ in range(ROUNDS):
        receiver, sender = multiprocessing.Pipe(duplex=False)
        worker = start(target=first_statement, args=(sender,))
        begun = time.perf_counter_ns()
        worker.start()
        times.append(int(receiver.recv_bytes()) - begun)
        worker.join()
    print("cold ready", times[0], sep="\t")
    print("warm ready", *times[1:], sep="\t")


if __name__ == "__main__":
    main(sys.argv[1])
