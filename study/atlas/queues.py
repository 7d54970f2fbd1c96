"""Errors of queues and connections."""

from study.atlas.entry import FOLLOWS, Message

THREADS = ("queue.py:get", "queue.py:put")
PROCESSES = ("multiprocessing/queues.py:get", "multiprocessing/queues.py:put")

ENTRIES = (
    Message(
        name="task_done_too_often",
        words=r"ValueError: task_done\(\) called too many times",
        what="task_done() was called more often than items were put into the queue.",
        cause="It is called once for each item that get() returned; here also for an end marker, in a finally after "
        "get() had timed out, or twice for one item.",
        fix="Call it right after the work on one item.",
        code="item = queue.get()\ntry: work(item)\nfinally: queue.task_done()",
        hazard="task_done_too_often",
        scenario="joinable_queue",
    ),
    Message(
        name="queue_empty",
        words=r"(?:^|\s)(?:_queue|queue)\.Empty\b",
        what="Nothing was in the queue when it was asked, or nothing came within the time given.",
        cause="get_nowait() and get(timeout=…) raise this in their ordinary course. A multiprocessing.Queue is also "
        "empty for a moment after put() has returned, because a thread sends the message later.",
        fix="Wait with a time limit instead of looking whether the queue is empty; end consumers by a marker, not by "
        "Empty.",
        code="for item in iter(queue.get, None): ...    # the producer puts None last",
        hazard="empty_after_put",
        scenario="queue",
    ),
    Message(
        name="queue_full",
        words=r"(?:^|\s)(?:_queue|queue)\.Full\b",
        what="The queue held as many items as it may, and none was taken within the time given.",
        cause="The consumers are slower than the producers, or dead.",
        fix="Let put() wait, with a limit, and look after the consumers when it is over.",
        code="queue.put(item, timeout=10)",
        hazard="full_queue",
        scenario="queue",
    ),
    Message(
        name="queue_shut_down",
        words=r"(?:^|\s)(?:queue\.)?ShutDown\b",
        within=("queue.py",),
        what="The queue was shut down: it takes nothing more, and everything in it has been taken.",
        cause="Someone called its shutdown(): this is how workers are told to end, without markers.",
        fix="Catch it where the worker gets its items, and end.",
        code="except queue.ShutDown: return",
        hazard="queue_shutdown",
        scenario="queue",
        versions="3.13 and later, queues of threads only",
    ),
    Message(
        name="queue_closed",
        words=r"ValueError: Queue <.+> is closed",
        what="A multiprocessing.Queue was used after its close().",
        cause="close() says that this process will put nothing more; get() refuses too.",
        fix="Close it as the last thing, or not at all: it closes itself when it is no longer needed.",
        code="queue.close(); queue.join_thread()    # last",
        hazard="closed_queue",
        scenario="queue",
    ),
    Message(
        name="connection_closed_here",
        words=r"OSError: handle is closed",
        what="A Connection, or a queue or manager built on it, was used after this side had closed it.",
        cause="close() or the end of a with block came before the last send() or recv(); in a forked child, the end "
        "that the child should have kept was closed instead of the other.",
        fix="Let each process close only the end that it does not use.",
        code="reader, writer = Pipe(duplex=False)    # the child closes reader, the parent writer",
    ),
    Message(
        name="connection_refuses_direction",
        words=r"OSError: connection is (?:read|write)-only",
        what="A message was sent into the reading end of a pipe, or read from the writing one.",
        cause="Pipe(duplex=False) returns (reader, writer), in this order.",
        fix="Swap the two, or make a pipe for both directions.",
        code="reader, writer = Pipe(duplex=False)",
    ),
    Message(
        name="message_cut_off",
        words=r"OSError: got end of file during message",
        what="A process died, or gave up its queue, while it was sending a message.",
        cause="It was killed, called os._exit, or had called cancel_join_thread(), which drops what is not yet sent: "
        "the reader has half of a message.",
        fix="Do not call cancel_join_thread() on a queue whose messages matter, and do not terminate a process that "
        "sends.",
        code="queue.close(); queue.join_thread()    # before the process ends",
        hazard="cancelled_join_thread",
        scenario="queue",
    ),
    Message(
        name="other_end_closed",
        words=r"^(?:.*\s)?EOFError$",
        innermost=("multiprocessing/connection.py:_recv",),
        within=(*PROCESSES, "multiprocessing/connection.py:recv", "multiprocessing/connection.py:recv_bytes"),
        without=r"multiprocessing[/\\](?:managers|forkserver|popen_forkserver)\.py",
        what="Nobody is left who could send: the other end of the connection is closed.",
        cause="The sending process ended, orderly or not. That is how the end of a stream is told on a Pipe.",
        fix="Catch it where messages are received, and look at the exit code of the sender.",
        code="except EOFError: process.join(); print(process.exitcode)",
        order=FOLLOWS,
    ),
    Message(
        name="receiver_gone",
        words=r"(?:BrokenPipeError: \[Errno 32\]|ConnectionResetError: \[Errno 104\])",
        within=("multiprocessing/connection.py:_send", "multiprocessing/connection.py:_recv"),
        without=r"multiprocessing[/\\](?:managers|forkserver|popen_forkserver)\.py",
        what="A message was sent to a process, or awaited from one, that has gone.",
        cause="The other process ended or crashed; its own traceback tells why. With a queue the feeder thread says "
        "this, and the message is lost.",
        fix="Join the receiver only after the last message, and look at its exit code when this comes.",
        code="print(process.exitcode)    # negative: the number of the signal that killed it",
        order=FOLLOWS,
    ),
    Message(
        name="message_cannot_be_rebuilt",
        words=r"(?:^|\s)(?!EOFError|OSError|ConnectionResetError|MemoryError)(?:\w+\.)*[A-Z]\w*(?:Error|Exception)(?:: |$)",
        within=("multiprocessing/queues.py:get",),
        what="A message or an argument reached a process and could not be rebuilt there.",
        cause="Its class raises when it is unpickled: in __setstate__, in what __reduce__ names, or when it is imported. The item "
        "is lost, the next one is read as usual. A worker of a pool dies of it: a Pool hangs, an executor breaks.",
        fix="Send plain data, or repair the class.",
        code="pickle.loads(pickle.dumps(argument))    # in a test",
        hazard="get_unpickling_raises",
        scenario="queue",
    ),
)
