"""Standstills: what a dump of all threads, or the traceback of Ctrl-C, shows of a program that does not go on."""

from study.atlas.entry import Hang

POOL_WAITS = ("multiprocessing/pool.py:get",)
FUTURE_WAITS = ("concurrent/futures/_base.py:result",)

ENTRIES = (
    Hang(
        name="hangs_flushing_a_queue",
        stands=(("multiprocessing/queues.py:_finalize_join",),),
        what="A process cannot end: it waits until what it put into a queue has been read.",
        cause="Messages go through a pipe that holds 64 KiB. The rest waits in the sender, which does not end before it"
        " is sent. Whoever joins that process before reading the queue waits for ever; so does a program that "
        "nobody reads from.",
        fix="Read everything first, then join.",
        code="results = [queue.get() for _ in workers]; process.join()",
        hazard="join_before_drain",
        scenario="queue",
        issue="gh-73983",
        versions="not a bug but documented; all versions",
    ),
    Hang(
        name="hangs_without_results_thread",
        stands=(POOL_WAITS,),
        missing=("multiprocessing/pool.py:_handle_results",),
        what="A Pool hangs because the thread that receives its results has died.",
        cause="A result or an exception could not be unpickled: mostly an exception whose __init__ wants other "
        "arguments than it passes on. The thread's traceback was printed long before. Every later result of this "
        "pool is lost.",
        fix="Make the exception fit for the journey, or use a ProcessPoolExecutor, which raises BrokenProcessPool "
        "instead.",
        code="def __reduce__(self): return type(self), (self.code, self.text)",
        hazard="exception_unpickles_badly",
        issue="gh-79492, gh-103061",
        versions="open; seen on 3.10 to 3.15",
    ),
    Hang(
        name="hangs_in_pool_get",
        stands=(POOL_WAITS,),
        what="A Pool was asked for results, and they do not come.",
        cause="If the workers use the processor, the task merely takes long. If they idle, the task is lost: its worker"
        " was killed (out of memory), crashed, or the task raised SystemExit or KeyboardInterrupt. A Pool "
        "replaces the worker and forgets the task.",
        fix="Use a ProcessPoolExecutor, which raises BrokenProcessPool; with a Pool, give get() a limit.",
        code="pool.map_async(work, items).get(timeout=600)",
        hazard="killed_worker",
        scenario="pool",
        issue="gh-66587",
        versions="open; seen on 3.10 to 3.15",
    ),
    Hang(
        name="hangs_in_pool_terminate",
        stands=(("multiprocessing/pool.py:_help_stuff_finish",),),
        what="A Pool cannot even be terminated.",
        cause="One of its idle workers was killed. An idle worker holds the lock of the queue of tasks while it waits for "
        "one; that lock is never given back, and terminate() wants it too.",
        fix="Let nothing kill single workers. What hangs already has to be killed from outside, as a whole.",
        code="for process in multiprocessing.active_children(): process.kill()\nos._exit(1)",
        hazard="killed_idle_worker",
        scenario="pool",
        issue="gh-96062",
        versions="open; seen on 3.10 to 3.15",
    ),
    Hang(
        name="hangs_in_pool_join",
        stands=(("multiprocessing/pool.py:join",),),
        what="A Pool was closed and does not come to its end.",
        cause="After close() it waits for all work to be done. Work that a killed worker had will never be; a task that"
        " itself waits for something will not either.",
        fix="terminate() ends it at once; the with block does that.",
        code="pool.terminate(); pool.join()",
        hazard="killed_worker",
        scenario="pool",
        issue="gh-66587",
        versions="open; seen on 3.10 to 3.15",
    ),
    Hang(
        name="hangs_in_its_own_pool",
        stands=(("concurrent/futures/thread.py:_worker", "concurrent/futures/_base.py:result"),),
        what="A task waits for another task of the same pool, which no worker is free to run.",
        cause="Tasks that submit and wait need a worker each, and all are waiting. A pool does not grow.",
        fix="Submit the inner task from outside, chain them with add_done_callback, or use a second pool for them.",
        code="inner = ThreadPoolExecutor(); outer = ThreadPoolExecutor()",
        hazard="worker_needs_its_pool",
        scenario="pool",
    ),
    Hang(
        name="hangs_in_future_result",
        stands=(FUTURE_WAITS, ("concurrent/futures/process.py:wait_result_broken_or_wakeup",)),
        what="A ProcessPoolExecutor was asked for a result, and it does not come.",
        cause="If a worker uses the processor, the task merely takes long. If there is no worker left, it may be the "
        "standstill of max_tasks_per_child on 3.11 to 3.13; if a worker waits, ask where with py-spy dump --pid.",
        fix="Give result() a limit. Without max_tasks_per_child the known standstill does not happen.",
        code="future.result(timeout=600)",
        hazard="recycled_workers",
        scenario="pool_recycling",
        issue="gh-115634",
        versions="max_tasks_per_child: 3.11 to 3.13; fixed in 3.14.7",
    ),
    Hang(
        name="hangs_in_queue_join",
        stands=(("multiprocessing/queues.py:join",),),
        what="JoinableQueue.join() waits for tasks that nobody marks as done.",
        cause="A consumer died or raised between get() and task_done(), or an item could not be pickled: then it was "
        "counted but never sent, and only a traceback on standard error told of it.",
        fix="Call task_done() in a finally, look after the consumers, pickle before putting.",
        code="try: work(item)\nfinally: queue.task_done()",
        hazard="put_unpicklable_joinable",
        scenario="joinable_queue",
        issue="gh-79423",
        versions="open; seen on 3.10 to 3.15",
    ),
    Hang(
        name="hangs_in_thread_queue_join",
        stands=(("queue.py:join", "threading.py:wait"),),
        what="Queue.join() waits for tasks that nobody marks as done.",
        cause="A consumer ended or raised between get() and task_done().",
        fix="Call task_done() in a finally.",
        code="try: work(item)\nfinally: queue.task_done()",
        scenario="joinable_queue",
    ),
    Hang(
        name="hangs_in_queue_get",
        stands=(("multiprocessing/queues.py:get", "multiprocessing/connection.py:_recv"),),
        what="A process waits for a message of a multiprocessing.Queue, and none comes.",
        cause="The sender died, forgot the end marker, or its message was dropped because it could not be pickled (a "
        "traceback on its standard error tells). An idle worker of a pool stands here too: then look at the "
        "others.",
        fix="Give get() a limit and look after the senders when it is over; put one end marker for each consumer.",
        code="queue.get(timeout=10)",
        hazard="put_unpicklable",
        scenario="queue",
    ),
    Hang(
        name="hangs_in_a_dead_readers_lock",
        stands=(("multiprocessing/queues.py:get", "multiprocessing/synchronize.py:__enter__"),),
        what="A process waits for its turn to read a queue, and the turn does not come.",
        cause="One reader at a time holds the queue's lock while it waits for a message. If it is killed there, the "
        "lock stays taken and nobody can read any more. If another reader lives and waits, nobody sends.",
        fix="Do not terminate processes that read a shared queue: end them with a marker. Give each its own queue "
        "otherwise.",
        code="for _ in workers: queue.put(None)",
        hazard="killed_in_get",
        scenario="queue",
    ),
    Hang(
        name="hangs_at_a_lock_of_processes",
        stands=(("multiprocessing/synchronize.py:__enter__",),),
        what="A process waits for a lock of multiprocessing that nobody gives back.",
        cause="Its holder was killed or called os._exit: the lock is not given back then, by any version. Or two "
        "processes take two locks in opposite order.",
        fix="Give acquire() a limit; take locks in one order; let no process be killed that may hold one.",
        code='if not lock.acquire(timeout=10): raise RuntimeError("the lock\'s holder is gone")',
        hazard="killed_with_lock",
        scenario="lock",
        issue="gh-88304",
        versions="open; seen on 3.10 to 3.15",
    ),
    Hang(
        name="hangs_in_a_condition",
        stands=(("multiprocessing/synchronize.py:wait",),),
        what="A process waits for an event or a condition of multiprocessing that does not come.",
        cause="It was notified before it waited (a notification is not kept), or the one who should tell it has died.",
        fix="Wait for a state, not for the notification.",
        code="with condition: condition.wait_for(lambda: ready.value)",
        hazard="notify_before_wait",
        scenario="condition",
    ),
    Hang(
        name="hangs_in_process_join",
        stands=(("multiprocessing/process.py:join", "multiprocessing/popen_fork.py:poll"),),
        what="A process waits for a child that does not end.",
        cause="Mostly the child put something into a queue that nobody has read yet: it does not end before that is "
        "sent. Or it waits for a lock, a message or an answer: py-spy dump --pid shows it.",
        fix="Read the queue before joining; give join() a limit and look at exitcode.",
        code="results = [queue.get() for _ in workers]; process.join()",
        hazard="join_before_drain",
        scenario="queue",
        issue="gh-73983",
        versions="not a bug but documented; all versions",
    ),
    Hang(
        name="hangs_at_the_end",
        stands=(("threading.py:_shutdown",),),
        what="The main program is over, and the interpreter waits for threads that are still running.",
        cause="Threads that are no daemons are waited for, those of a ThreadPoolExecutor too: one of them waits or "
        "loops.",
        fix="Tell them to stop and join them; make daemons of those that hold nothing that matters.",
        code="stop.set(); thread.join()",
    ),
)
