"""Errors of objects on their way to another process or interpreter."""

from study.atlas.entry import Message

FUTURE = r"concurrent\.futures\.process\._RemoteTraceback"
RECEIVED = ("multiprocessing/connection.py:recv", "multiprocessing/queues.py:get")

ENTRIES = (
    Message(
        name="result_cannot_be_sent",
        words=r"MaybeEncodingError: Error sending result",
        what="The task came to its end, but what it returned or raised cannot be pickled, so the pool could not send "
        "it back.",
        cause="A Pool pickles each result in the worker. The reason at the end of the message names the object that "
        "refused: a lock, an open file, a generator, a lambda, a class defined in a function.",
        fix="Return plain data: take what the caller needs out of the object before returning it.",
        code="return list(generator)    # or a dict, a dataclass, a path instead of the open file",
        hazard="unpicklable_result",
        scenario="pool",
    ),
    Message(
        name="message_lost_by_the_feeder",
        words=r"(?:cannot pickle|Can't (?:pickle|get)|should only be shared between processes)",
        within=("multiprocessing/queues.py:_feed",),
        without=FUTURE,
        what="A multiprocessing.Queue dropped a message: put() had returned long before, and only this traceback tells"
        " of it.",
        cause="put() hands the object to a thread of the sender, the feeder, which pickles it later. When that fails "
        "nothing is sent, nobody is told, and in a JoinableQueue the task counts as unfinished for ever, so that "
        "join() hangs.",
        fix="Pickle before putting, so that it fails where you can see it, or use a SimpleQueue, whose put() raises.",
        code="queue.put(pickle.dumps(thing))    # raises here; the receiver calls pickle.loads",
        hazard="put_unpicklable",
        scenario="queue",
        issue="gh-79423, gh-84376",
        versions="open; seen on 3.10 to 3.15",
    ),
    Message(
        name="primitive_sent_as_a_message",
        words=r"RuntimeError: (?:\w+) objects should only be shared between processes through inheritance",
        what="A lock, queue, event, condition or semaphore of multiprocessing was sent to a process that already runs.",
        cause="These objects stand for something that belongs to the operating system and is handed over while a "
        "process is being started. They cannot be an argument of Pool.map or Executor.submit, nor travel through "
        "a queue.",
        fix="Give it to Process(args=…), or to the initializer of a pool or executor, which keeps it in a global "
        "name; or use the ones of a Manager, which may be sent anywhere.",
        code="ProcessPoolExecutor(initializer=install, initargs=(lock,))    # def install(l): global lock; lock = l",
        hazard="primitive_as_argument",
        scenario="lock",
    ),
    Message(
        name="mixed_contexts",
        words=r"RuntimeError: A SemLock created in a fork context is being shared with a process in a spawn context",
        what="A lock or queue made for forked processes was given to a process that is spawned.",
        cause="multiprocessing.Lock() and Queue() belong to the default start method. A forked child inherits them; a "
        "spawned one has to find them by name, and those of a fork context have none.",
        fix="Make everything from one context.",
        code='ctx = multiprocessing.get_context("spawn"); lock = ctx.Lock(); ctx.Process(target=work, args=(lock,))',
        hazard="fork_lock_to_spawn",
        scenario="lock",
        issue="gh-77377",
        versions="a sentence from 3.11 on; on 3.10 the child crashes with a segmentation fault",
    ),
    Message(
        name="local_object_cannot_travel",
        words=r"Can't (?:pickle|get) local (?:object|attribute)",
        what="A function, lambda or class that is defined inside a function was to be sent to another process.",
        cause="Functions and classes are pickled by their name, and one inside a function cannot be found by name. Up "
        "to Python 3.13 that is an AttributeError, from 3.14 on a PicklingError.",
        fix="Move it to the top level of a module; bind further arguments with functools.partial.",
        code="executor.submit(functools.partial(work, factor=3), item)    # work is at the top level of a module",
        hazard="closure_task",
        scenario="pool",
    ),
    Message(
        name="replaced_function_cannot_travel",
        words=r"Can't pickle .+: it's not the same object as",
        what="A function was to be sent to another process, but under its name there is another object.",
        cause="A decorator replaced it, or the module was loaded again: pickle looks the name up and finds something "
        "else.",
        fix="Use functools.wraps in the decorator and send the decorated name; or keep the plain function under a "
        "name of its own.",
        code="def _work(x): ...\nwork = decorate(_work)    # send _work",
        hazard="lambda_task",
    ),
    Message(
        name="lambda_cannot_travel",
        words=r"Can't pickle .*(?:attribute lookup .+ failed|it's not found as|: import of module .+ failed)",
        what="A lambda, or an object whose name leads nowhere, was to be sent to another process.",
        cause="Functions and classes are pickled by their module and name. A lambda has none, and a name that was "
        "deleted or made by a factory cannot be found.",
        fix="Write a function with def at the top level of a module.",
        code="def double(x): return 2 * x    # instead of lambda x: 2 * x",
        hazard="lambda_task",
        scenario="pool",
    ),
    Message(
        name="pool_cannot_travel",
        words=r"NotImplementedError: pool objects cannot be passed between processes or pickled",
        what="A Pool was to be sent to a worker, mostly as an attribute of the object whose method is the task.",
        cause="A bound method takes its whole object with it, and a pool can be used only by the process that made it.",
        fix="Make the task a plain function, or leave the pool out of what is pickled.",
        code='def __getstate__(self): return {k: v for k, v in vars(self).items() if k != "pool"}',
        scenario="pool",
    ),
    Message(
        name="process_cannot_travel",
        words=r"TypeError: Pickling an AuthenticationString object is disallowed for security reasons",
        what="A Process object was to be sent to another process, mostly as an attribute of the object whose method is"
        " the task.",
        cause="A process carries a secret that connections are checked with, and refuses to be copied.",
        fix="Send the data that the task needs; keep the processes in the one that started them.",
        code="context.Process(target=work, args=(self.settings,))    # not target=self.work",
    ),
    Message(
        name="not_shareable",
        words=r"NotShareableError",
        what="An object was to be sent to another interpreter, and it is neither shareable nor can it be pickled.",
        cause="Interpreters share nothing: None, numbers, strings, bytes, tuples of those, memoryviews and their own "
        "queues travel as they are, all else is pickled. Locks, open files, generators and closures are not.",
        fix="Send plain data and importable functions, and use the queues of concurrent.interpreters.",
        code="queue = concurrent.interpreters.create_queue()",
        hazard="unpicklable_argument",
        versions="3.14 and later",
    ),
    Message(
        name="exception_cannot_be_rebuilt",
        words=r"TypeError: .*(?:missing \d+ required (?:positional|keyword-only)|takes (?:\d+|no|from).+arguments?)",
        innermost=(*RECEIVED, "multiprocessing/pool.py:_handle_results"),
        what="An exception arrived from a worker and could not be rebuilt, because its class wants other arguments "
        "than it passed on.",
        cause="Pickle keeps an exception's args, that is what was given to Exception.__init__, and calls the class with"
        " them. A class with two parameters that passes on one message cannot be made again. In a Pool the thread"
        " that receives results dies of it and every result after that is lost: the caller hangs. An executor "
        "breaks.",
        fix="Pass all arguments on to super().__init__, or say with __reduce__ how to make it again.",
        code="def __reduce__(self): return type(self), (self.code, self.text)",
        hazard="exception_unpickles_badly",
        issue="gh-79492, gh-103061",
        versions="open; seen on 3.10 to 3.15",
    ),
    Message(
        name="function_not_in_main",
        words=r"(?:Can't get attribute '.+' on <module '__(?:mp_)?main__'|module '__(?:mp_)?main__' has no attribute (?!'<))",
        what="A worker could not find in the main module the function or class that it was to use.",
        cause="Spawned workers import the main file again and look the name up in it. It is not there when it was typed"
        " at a prompt, in a notebook or with python -c, when it is defined below the guard, or when the worker "
        "was forked before it was defined.",
        fix="Put it into a module and import it, or define it above the guard and before the pool is made.",
        code="from tasks import work    # tasks.py",
        hazard="process_from_command_line",
        scenario="pool",
    ),
    Message(
        name="worker_cannot_import",
        words=r"ModuleNotFoundError: No module named",
        within=("multiprocessing/spawn.py", "multiprocessing/forkserver.py", *RECEIVED),
        what="A worker was sent something out of a module that it cannot import.",
        cause="Workers that are spawned start from nothing: sys.path as it was changed by hand, modules made at run "
        "time and a package run by its file's path are not there.",
        fix="Install the package or set PYTHONPATH, and run it with python -m package.module.",
        code="python -m package.module    # instead of python package/module.py",
    ),
    Message(
        name="object_cannot_be_pickled",
        words=r"(?:TypeError: )?(?:cannot|can't) pickle (?:'[\w. ]+' object|[\w.]+ objects?)",
        what="Something that cannot be copied to another process was to be sent there: a lock, a file, a socket, a "
        "generator, a module.",
        cause="Arguments and results of processes are pickled. Mostly the object hides in an attribute: a bound method "
        "as the task takes its whole self along, with its logger, client or lock.",
        fix="Send what is needed to make it and make it in the worker, or leave it out of what is pickled.",
        code='def __getstate__(self): return {k: v for k, v in vars(self).items() if k != "_lock"}',
        hazard="unpicklable_argument",
        scenario="pool",
    ),
    Message(
        name="result_cannot_be_rebuilt",
        words=r"(?:^|\s)(?:\w+\.)*[A-Z]\w*(?:Error|Exception)(?:: |$)",
        within=(
            "concurrent/futures/process.py:wait_result_broken_or_wakeup",
            "multiprocessing/pool.py:_handle_results",
        ),
        what="A result or an exception came back from a worker and could not be rebuilt.",
        cause="Its class raises when it is unpickled: in __setstate__, in what __reduce__ names, or when it is imported. "
        "An executor breaks of it. In a Pool the thread that receives results dies, and the caller hangs.",
        fix="Return plain data, or repair the class. Make a new pool: this one is of no further use.",
        code="pickle.loads(pickle.dumps(result))    # in a test",
        hazard="unpickling_result_raises",
        issue="gh-79492",
        versions="open for Pool; seen on 3.10 to 3.15",
    ),
)
