"""What a broken library could do to a story: for each scenario the damages that its check has to refuse.

Each damage is its name and what changes the story (a `stories.Story`). What may be missing without harm has its reason.
"""


def less(number):
    return number - 1


def more(number):
    return number + 1


ONE_LOST = ("a message is lost", lambda story: story.change("counted", less))
ONE_TWICE = ("a message comes twice", lambda story: story.change("counted", more))
DAMAGES = {
    "queue": [
        ("the object never arrives", lambda story: story.drop("got")),
        ("the object arrives twice", lambda story: story.twice("got")),
        ("another object arrives", lambda story: story.value("got", "Fancy Stan")),
        ("the object arrives before it is sent", lambda story: story.swap_times(("put",), ("got",))),
        ("the object arrives after the end", lambda story: story.swap_times(("got",), ("joined",))),
        ("the worker is the sender", lambda story: story.same_place("got", ("put",))),
        ("the worker is never joined", lambda story: story.drop("joined")),
        ONE_LOST,
        ONE_TWICE,
    ],
    "joinable_queue": [
        ("a task is never taken", lambda story: story.drop("got", place=3)),
        ("a task is taken twice", lambda story: story.twice("got", place=3)),
        ("a task is taken instead of another", lambda story: story.value("got", "3 * 3", place=4)),
        ("a result is missing", lambda story: story.drop("result")),
        ("a result comes twice", lambda story: story.twice("result")),
        ("a result is wrong", lambda story: story.value("result", "3 * 3 = 10", place=3)),
        ("join returns before the last task is taken", lambda story: story.swap_times(("all done",), ("got", None, 9))),
        (
            "join returns before the last task is finished",
            lambda story: story.swap_times(("all done",), ("finished", None, 9)),
        ),
        ("a task is never finished", lambda story: story.drop("finished", place=3)),
        ("join returns while tasks are waiting", lambda story: story.value("nothing left", False)),
        ("join never returns", lambda story: story.drop("all done")),
        ("a consumer works after its pill", lambda story: story.move("exiting", ("creating",))),
        ("a consumer takes tasks out of order", lambda story: swap_two_of_one_consumer(story)),
        ONE_LOST,
        ONE_TWICE,
    ],
    "event": [
        ("wait returns False", lambda story: story.value("saw", False)),
        ("wait returns before set is called", lambda story: story.swap_times(("saw",), ("setting",))),
        ("the waiting worker is never woken", lambda story: story.drop("saw")),
        ("the timed wait sees an event that is not set", lambda story: story.value("saw_timeout", True)),
        ("the timed wait never gives up", lambda story: story.drop("saw_timeout")),
        ("set is called while the other still waits", lambda story: story.swap_times(("saw_timeout",), ("setting",))),
        ("the timed wait gives up at once", lambda story: story.move("saw_timeout", ("starting_timeout",))),
        ("a signal is lost", lambda story: story.change("counted", less)),
    ],
    "lock": [
        ("both hold the lock at once", lambda story: story.move("acquired", ("acquired",), place=1)),
        (
            "one never gets the lock",
            lambda story: (story.drop("acquired", "via with"), story.drop("released", "via with")),
        ),
        ("one never lets the lock go", lambda story: story.drop("released")),
        ("one gets the lock twice", lambda story: story.twice("acquired")),
        ("one lets the lock go before it has it", lambda story: story.swap_times(("acquired",), ("released",))),
    ],
    "condition": [
        ("a client never runs", lambda story: story.drop("running")),
        ("a client runs twice and the other never", lambda story: rename(story, "running", "stage_2[2]", "stage_2[1]")),
        ("a client runs before stage 1 is done", lambda story: story.swap_times(("running",), ("done",))),
        ("a client is not woken but gives up", lambda story: story.value("running", False)),
        ("a client runs before it starts", lambda story: story.move("starting", ("running", None, 1), "stage_2[1]")),
        ("a client runs twice", lambda story: story.twice("running")),
        ("stage 1 is never done", lambda story: story.drop("done")),
        ("stage 1 is done twice", lambda story: story.twice("done")),
        ("a notification is lost", lambda story: story.change("counted", less)),
    ],
    "semaphore": [
        ("a permit too many", lambda story: all_at_once(story, "acquire")),
        ("a permit too few", lambda story: one_after_the_other(story, "acquire", "release")),
        ("one never gets in", lambda story: (story.drop("acquire", "Process-3"), story.drop("release", "Process-3"))),
        ("one never leaves", lambda story: story.drop("release")),
        ("one gets in twice", lambda story: story.twice("acquire")),
    ],
    "manager": [
        ("a key is missing", lambda story: story.change("dict", lambda it: {k: v for k, v in it.items() if k})),
        ("a value is wrong", lambda story: story.change("dict", lambda it: it | {1: 3})),
        ("a key is too many", lambda story: story.change("dict", lambda it: it | {99: 198})),
        ("an append is lost", lambda story: story.change("list", lambda it: it[1:])),
        ("an append is done twice", lambda story: story.change("list", lambda it: it + it[:1])),
        ("the dict is gone", lambda story: story.drop("dict")),
    ],
    "namespace": [
        ("the value is there before it is set", lambda story: rename_event(story, "before_error", "before")),
        ("another attribute is missing", lambda story: story.value("before_error", "no attribute 'other'")),
        ("the value is gone after it was set", lambda story: story.value("after", None)),
        ("the value changed on its way", lambda story: story.value("after", "This is the valu")),
        ("the value is read before it is set", lambda story: story.swap_times(("after",), ("set",))),
        ("the value is set before the other has looked", lambda story: story.swap_times(("before_error",), ("set",))),
        ("the value is never read", lambda story: story.drop("after")),
        ONE_LOST,
    ],
    "namespace_in_place": [
        ("the list is full before it is changed", lambda story: story.value("before", ["This is the value"])),
        ("the list holds something else", lambda story: story.value("after", ["That is the value"])),
        ("the change is done twice", lambda story: story.value("after", ["This is the value"] * 2)),
        ("one of the appends is treated otherwise", lambda story: story.value("kept", 3)),
        ("the list is never read again", lambda story: story.drop("after")),
    ],
    "pool": [
        ("an answer is missing", lambda story: story.change("output", lambda it: it[:-1])),
        ("two answers are swapped", lambda story: story.change("output", lambda it: [it[1], it[0], *it[2:]])),
        ("an answer is wrong", lambda story: story.change("output", lambda it: [*it[:-1], 19])),
        ("there is no answer", lambda story: story.drop("output")),
        ("a worker is initialized twice", lambda story: story.same_place("starting", ("starting",), place=1)),
        ("a worker is not initialized", lambda story: story.drop("starting")),
        ("a worker too many is initialized", lambda story: story.twice("starting")),
        ONE_LOST,
        ONE_TWICE,
    ],
    "pool_recycling": [
        ("an answer is missing", lambda story: story.change("output", lambda it: it[:-1])),
        ("two answers are swapped", lambda story: story.change("output", lambda it: [it[1], it[0], *it[2:]], place=1)),
        ("a round has no answer", lambda story: story.drop("output")),
        ("an item is worked on twice", lambda story: story.twice("task")),
        ("an item is never worked on", lambda story: story.drop("task")),
        ("an item is worked on instead of another", lambda story: story.value("task", 99)),
        ("a task is done by who never started", lambda story: story.same_place("task", ("input",))),
        ("a worker does more than it may", lambda story: give_all_tasks_to_one(story)),
        ("no worker is replaced", lambda story: give_all_starts_to_one(story)),
        ("far too many workers are started", lambda story: start_more(story, 40)),
    ],
    "startup": [
        ("a worker is missing", lambda story: story.change("started", lambda it: (it[0], it[1][:-1], it[2]))),
        (
            "a worker ran before it was started",
            lambda story: story.change("started", lambda it: (it[0], [it[0] - 1], it[2])),
        ),
        (
            "a worker ran after it was joined",
            lambda story: story.change("started", lambda it: (it[0], [it[2] + 1], it[2])),
        ),
        ("a start is missing", lambda story: story.drop("started")),
        ("a start too many", lambda story: story.twice("started")),
    ],
    "imports": [
        ("a worker ran before it was started", lambda story: story.change("started", stamped(0, less))),
        ("a worker ran after it was joined", lambda story: story.change("started", stamped(2, more))),
        ("a worker lacks a module", lambda story: story.change("started", lambda it: (*it[:3], ["json"]))),
        ("a start is missing", lambda story: story.drop("started")),
        ("a start too many", lambda story: story.twice("started")),
        ("the main file is another one", lambda story: story.value("imports", [f"module_{i}" for i in range(99)])),
        ("nobody says what the main file imports", lambda story: story.drop("imports")),
    ],
    "launch_form": [
        ("a worker ran before it was started", lambda story: story.change("launched", launched(3, 0, less))),
        ("a worker ran after it was joined", lambda story: story.change("launched", launched(3, 1, more))),
        ("the worker is the program itself", lambda story: story.change("launched", launched(4, 2, int))),
        ("the worker holds next to nothing", lambda story: story.change("launched", launched(5, 6, more))),
        ("a forked worker runs main again", lambda story: story.change("launched", launched(6, 6, more))),
        ("no worker begins", lambda story: story.change("launched", launched(3, 6, int))),
        ("the program tells nothing", lambda story: story.change("launched", lambda it: (it[0], [], it[2]))),
        ("a launch is missing", lambda story: story.drop("launched")),
        ("a launch too many", lambda story: story.twice("launched")),
    ],
    "parent_memory": [
        ("a worker ran before it was started", lambda story: story.change("started", stamped(0, less))),
        ("a worker ran after it was joined", lambda story: story.change("started", stamped(2, more))),
        ("a page was not written to", lambda story: story.change("started", lambda it: (*it[:3], it[3] - 1, it[4]))),
        ("the parent's pages hold less", lambda story: story.change("started", lambda it: (*it[:4], it[4] - 1))),
        ("the parent's pages hold more", lambda story: story.change("started", lambda it: (*it[:4], it[4] + 1))),
        ("a start is missing", lambda story: story.drop("started")),
        ("a start too many", lambda story: story.twice("started")),
    ],
    "memory": [
        ("a worker never came", lambda story: story.drop("here", place=1)),
        ("a worker came twice", lambda story: story.twice("here")),
        ("a worker came late", lambda story: story.swap_times(("here", None, 2), ("reading", None, 1))),
        ("a worker left early", lambda story: story.swap_times(("leaving", None, 1), ("read", None, 1))),
        ("a worker never left", lambda story: story.drop("leaving")),
        ("memory was never read", lambda story: story.drop("read")),
        ("memory was read of fewer workers", lambda story: story.value("reading", 1, place=1)),
        ("workers are of one process or of several", lambda story: move_to(story, "here", 10**8)),
    ],
    "throughput": [ONE_LOST, ONE_TWICE, ("a round is missing", lambda story: story.drop("counted"))],
    "latency": [ONE_LOST, ONE_TWICE, ("a round is missing", lambda story: story.drop("counted"))],
    "fan": [
        ONE_LOST,
        ONE_TWICE,
        ("one comes twice and another never", lambda story: story.change("different", less)),
        ("two of one sender overtake each other", lambda story: story.value("in order", False)),
        ("a round is missing", lambda story: story.drop("counted")),
    ],
    "responsiveness": [
        ("an answer is wrong", lambda story: story.change("asked", lambda it: (it[0], it[1] - 1))),
        ("nothing is asked", lambda story: story.value("asked", (0, 0))),
        ("a round is missing", lambda story: (story.drop("asks"), story.drop("asked"))),
        ("a worker begins late", lambda story: story.swap_times(("begins",), ("asks",))),
        ("a worker stops early", lambda story: story.swap_times(("stops",), ("asked", None, -1))),
        ("a worker never stops", lambda story: story.drop("stops")),
        ("a worker is missing", lambda story: (story.drop("begins", "worker 1"), story.drop("stops", "worker 1"))),
        ("a worker computes nothing", lambda story: story.value("stops", (0, 0))),
        ("a worker computes something else", lambda story: story.change("stops", lambda it: (it[0], it[1] + 1))),
    ],
    "synchronisation": [
        ("an addition is lost", lambda story: story.change("added", lambda it: (it[0] - 1, it[1]))),
        ("an addition is made twice", lambda story: story.change("added", lambda it: (it[0] + 1, it[1]), place=2)),
        ("nobody gets a turn", lambda story: story.value("added", (0, 0))),
        ("a lock is never taken", lambda story: story.drop("added", "RLock")),
        ("an append is lost", lambda story: story.change("kept", lambda it: (it[0] - 1, it[1]))),
        ("an append is done twice", lambda story: story.change("kept", lambda it: (it[0] + 1, it[1]))),
        ("the list is gone", lambda story: story.drop("kept")),
    ],
    "wake_up": [
        ("a worker never wakes", lambda story: story.change("woke", lambda it: (it[0], it[1][:-1]))),
        ("a worker wakes before the signal", lambda story: story.change("woke", lambda it: (it[0], (it[0] - 1,)))),
        ("a worker too many wakes", lambda story: story.change("woke", lambda it: (it[0], it[1] * 2))),
        ("a signal is missing", lambda story: story.drop("woke")),
        ("a signal too many wakes them", lambda story: story.twice("woke")),
    ],
    "scaling": [
        ("an answer is wrong", lambda story: story.value("right", (4, False))),
        ("an answer is missing", lambda story: story.value("right", (3, True), place=-1)),
        ("nothing is answered", lambda story: story.lines.clear()),
    ],
    "grain": [
        ("an answer is wrong", lambda story: story.change("answered", lambda it: (*it[:2], False), place=1)),
        ("an answer is missing", lambda story: story.change("answered", lambda it: (it[0], it[1] - 1, True))),
        ("the chunks were of another size", lambda story: story.change("answered", lambda it: ("other", *it[1:]))),
        ("a map is never answered", lambda story: story.drop("answered")),
        ("a map is answered twice", lambda story: story.twice("answered")),
        ("nothing is asked for", lambda story: (story.value("asked", []), drop_all(story, "answered"))),
    ],
    "recycling": [
        ("an answer is missing", lambda story: story.change("done", lambda it: it[:-1])),
        ("an answer comes twice", lambda story: story.change("done", lambda it: [*it[:-1], it[0]])),
        ("answers are out of order", lambda story: story.change("done", lambda it: [it[1], it[0], *it[2:]])),
        ("a worker does a task too many", lambda story: do_one_task_too_many(story)),
        ("no worker is replaced", lambda story: give_done_to(story, lambda number, pid: 1)),
        ("a worker is replaced too soon", lambda story: give_done_to(story, lambda number, pid: (pid, number // 5))),
        ("a round is never answered", lambda story: story.drop("done")),
    ],
}
# A consumer's pill is a matter of workers that read a queue; an executor has none, and its tasks no takers by name.
ONLY_WORKERS = {"a consumer works after its pill", "a consumer takes tasks out of order"}
# What a story may lack without the answer being wrong, and why.
HARMLESS = {
    "joinable_queue": {
        "creating": "an announcement",
        "exiting": "a consumer that did not exit would never be joined: the body would not end",
    },
    "event": {
        "waiting": "an announcement",
        "starting": "an announcement; the worker tells later what it saw",
        "event is set": "an announcement; what counts is when set() was called",
    },
    "condition": {"starting": "stage 1's is an announcement; what counts is when it was done"},
    "pool": {"input": "an announcement"},
    "pool_recycling": {"input": "an announcement", "starting": "the number of workers that were replaced is a range"},
    "scaling": {"right": "said by the main thread itself for each map() that came back"},
}

BY_CHANCE = {"starting"}  # of a recycled worker: noticed when as few were started as are possible


def launched(place, other, step):
    """One of the numbers that a launched program tells becomes what another of them is, one step on."""
    return lambda it: (it[0], [*it[1][:place], step(it[1][other]), *it[1][place + 1 :]], it[2])


def stamped(place, change):
    """The worker's stamp, in a tuple of begin, stamp, end and more, lies outside of begin or end."""
    return lambda it: (it[0], change(it[place]), *it[2:])


def move_to(story, event, pid):
    """Threads are said to be a process of their own, or processes to be one."""
    main = story.find("read")[1]
    for line in story.lines:
        if line[4] == event:
            line[1] = pid if line[1] == main else main


def rename(story, event, actor, new):
    story.find(event, actor)[3] = new


def rename_event(story, event, new):
    story.find(event)[4] = new


def swap_two_of_one_consumer(story):
    """One consumer takes all tasks, two of them the wrong way round."""
    for line in story.lines:
        if line[4] == "got":
            line[3] = "Consumer-1"
    story.swap_times(("got", None, 3), ("got", None, 4))


def all_at_once(story, opened):
    """Everybody gets in before anybody leaves."""
    for number, begin in enumerate(line for line in story.lines if line[4] == opened):
        begin[0] = number


def one_after_the_other(story, opened, closed):
    """Each gets in only when the one before has left."""
    begins = sorted((line for line in story.lines if line[4] == opened), key=lambda line: int(line[0]))
    for number, begin in enumerate(begins):
        begin[0] = 2 * number
        story.find(closed, begin[3])[0] = 2 * number + 1


def give_all_tasks_to_one(story):
    pid = story.find("starting")[1]
    for line in story.lines:
        if line[4] == "task":
            line[1] = pid


def give_all_starts_to_one(story):
    pid = story.find("starting")[1]
    for line in story.lines:
        if line[4] in ("starting", "task"):
            line[1] = pid


def give_done_to(story, who):
    """Let others have done the tasks: `who` of the task's number and of the worker that did it."""
    for line in story.lines:
        if line[4] == "done":
            line[5] = repr([(number, who(number, pid)) for number, pid in eval(line[5])])


def do_one_task_too_many(story):
    """The first worker takes the task with which the second began."""
    first = eval(story.find("done")[5])[0][1]
    give_done_to(story, lambda number, pid: first if number == 10 else pid)


def drop_all(story, event):
    story.lines[:] = [line for line in story.lines if line[4] != event]


def start_more(story, many):
    for number in range(many):
        line = list(story.find("starting"))
        line[1] = 10**8 + number
        story.lines.append(line)
