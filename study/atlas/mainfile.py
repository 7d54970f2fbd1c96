"""Errors of the main file, of start methods, and of whose child a process is."""

from study.atlas.entry import Message

ENTRIES = (
    Message(
        name="no_main_guard",
        words=r"An attempt has been made to start a new process before",
        what="The program starts processes while it is being imported, and each of them imports it again and wants to "
        "start more.",
        cause="A worker that is spawned or comes from a fork server runs the main file again. What starts processes "
        "stands at its top level, without the guard. A Pool makes new workers for ever then; an executor breaks.",
        fix="Put everything that starts something under the guard.",
        code='if __name__ == "__main__":\n    main()',
        hazard="process_without_guard",
        scenario="pool",
    ),
    Message(
        name="daemon_with_children",
        words=r"AssertionError: daemonic processes are not allowed to have children",
        what="A daemonic process, which every worker of a Pool is, tried to start a process of its own.",
        cause="Daemons are killed at the end of the program and would leave their children behind, so they may not have"
        " any.",
        fix="Use a ProcessPoolExecutor for the outer level, whose workers are no daemons, or flatten the two levels "
        "into one.",
        code="with ProcessPoolExecutor() as outer: ...    # its tasks may start processes",
        hazard="child_of_daemon",
        scenario="pool",
    ),
    Message(
        name="start_method_set_twice",
        words=r"RuntimeError: context has already been set",
        what="set_start_method was called a second time, or after something had already used the default start method.",
        cause="The default is fixed by the first call and by the first object that is made from it. A module that sets "
        "it when it is imported, or a main file without a guard that a worker imports again, does so twice.",
        fix="Do not set the default: ask for a context and use that.",
        code='ctx = multiprocessing.get_context("spawn"); ctx.Pool(4)',
        scenario="startup",
    ),
    Message(
        name="start_method_unknown",
        words=r"ValueError: cannot find context for",
        what="The start method asked for does not exist on this system.",
        cause='"fork" and "forkserver" are not there on Windows, and a misspelt name is nowhere.',
        fix="Take one that multiprocessing.get_all_start_methods() names.",
        code='multiprocessing.get_context("spawn")    # exists everywhere',
        scenario="startup",
    ),
    Message(
        name="not_my_child",
        words=r"AssertionError: can only (?:test a child process|join a child process|start a process object created by current)",
        what="A process used a Process object that another process had made: only the parent may start, join or test "
        "it.",
        cause="A forked child inherits the objects of its parent, its exit code or its __del__ looks after them, and "
        "they are not its children. Frameworks that keep a list of workers in a global name do that.",
        fix="Let only the process that started it look after it; compare os.getpid() with the one that was noted at "
        "the start.",
        code="if process._parent_pid == os.getpid(): process.join()",
        scenario="startup",
    ),
    Message(
        name="joined_before_it_was_started",
        words=r"(?:RuntimeError: cannot join thread before it is started|AssertionError: can only join a started process)",
        what="A thread or process was joined that had never been started.",
        cause="start() was not called, or raised; a loop joins all of a list although starting them stopped half-way.",
        fix="Join only what was started.",
        code="started = []\nfor each in workers: each.start(); started.append(each)",
        scenario="startup",
    ),
    Message(
        name="started_twice",
        words=r"(?:RuntimeError: threads can only be started once|AssertionError: cannot start a process twice)",
        what="A thread or process was started a second time.",
        cause="Each runs once; its object cannot be used again.",
        fix="Make a new one for each run, or use a pool, which does not end with its first task.",
        code="Thread(target=work).start()    # a new object each time",
        scenario="startup",
    ),
    Message(
        name="joins_itself",
        words=r"RuntimeError: cannot join current thread",
        what="A thread waits for its own end.",
        cause="join() was called by the thread itself: in a callback of its future, in a method that the worker also "
        "runs, or in a pool's shutdown that a task of that pool calls.",
        fix="Let the thread that started it join it, or leave the joining out where it is the current one.",
        code="if thread is not threading.current_thread(): thread.join()",
        scenario="startup",
    ),
    Message(
        name="process_object_closed",
        words=r"ValueError: process object is closed",
        what="A Process object was used after its close().",
        cause="close() gives back what belongs to the process; after that it has no exit code, and cannot be joined.",
        fix="Read exitcode before closing.",
        code="process.join(); code = process.exitcode; process.close()",
        scenario="startup",
    ),
    Message(
        name="closed_while_running",
        words=r"ValueError: Cannot close a process while it is still running",
        what="A process was closed while it was still running.",
        cause="close() does not end a process, it only gives back what belongs to one that has ended.",
        fix="Join it first, after terminate() if it is not to go on.",
        code="process.terminate(); process.join(); process.close()",
        scenario="startup",
    ),
    Message(
        name="fork_in_an_interpreter",
        words=r"RuntimeError: fork not supported for isolated subinterpreters",
        what="A worker of an InterpreterPoolExecutor tried to fork.",
        cause="A fork copies the whole process with all its interpreters, which no isolated interpreter may ask for.",
        fix="Use the start method spawn or forkserver inside interpreters.",
        code='multiprocessing.get_context("spawn")',
        versions="3.14 and later",
    ),
)
