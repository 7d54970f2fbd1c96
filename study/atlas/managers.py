"""Errors of managers, of their proxies, and of the fork server."""

from study.atlas.entry import FOLLOWS, Message

PROXY = (
    "multiprocessing/managers.py:_callmethod",
    "multiprocessing/managers.py:_create",
    "multiprocessing/managers.py:_incref",
)
FORK_SERVER = ("multiprocessing/forkserver.py", "multiprocessing/popen_forkserver.py")

ENTRIES = (
    Message(
        name="manager_gone",
        words=r"(?:ConnectionRefusedError: \[Errno 111\]|FileNotFoundError: \[Errno 2\])",
        within=("multiprocessing/managers.py:_connect", *PROXY, "multiprocessing/managers.py:connect"),
        what="The process of a Manager is gone, so its proxies lead nowhere.",
        cause="Its with block or the main program ended, it was shut down (FileNotFoundError) or killed "
        "(ConnectionRefusedError), while a worker still used a proxy.",
        fix="Keep the manager open until all workers are joined.",
        code="with Manager() as manager:\n    ...; process.join()    # inside the block",
        hazard="killed_manager",
        scenario="manager",
    ),
    Message(
        name="manager_lost",
        words=r"(?:BrokenPipeError: \[Errno 32\]|ConnectionResetError: \[Errno 104\]|(?:^|\s)EOFError$)",
        within=PROXY,
        what="The process of a Manager went away in the middle of a call.",
        cause="It was killed, or it was shut down while a worker still used a proxy. Ctrl-C reaches it too, unless it "
        "ignores the signal.",
        fix="Keep the manager open until all workers are joined; keep data that matters outside of it.",
        code="with Manager() as manager:\n    ...; process.join()    # inside the block",
        hazard="killed_manager",
        scenario="manager",
    ),
    Message(
        name="manager_did_not_start",
        words=r"(?:^|\s)EOFError$",
        within=("multiprocessing/managers.py:start",),
        what="The process of a Manager died before it was ready.",
        cause="Its own traceback is above: mostly the main file has no guard, so that the new process tried to start "
        "one itself.",
        fix="Put Manager() under the guard.",
        code='if __name__ == "__main__":\n    with Manager() as manager: ...',
        hazard="manager_without_guard",
        scenario="manager",
        order=FOLLOWS,
    ),
    Message(
        name="manager_forgot_the_object",
        words=r"(?:^|\s)KeyError: '[0-9a-f]{8,}'$",
        within=(
            "multiprocessing/managers.py:serve_client",
            "multiprocessing/managers.py:incref",
            "multiprocessing/managers.py:_incref",
            "multiprocessing/managers.py:decref",
        ),
        what="A proxy reached a process after the manager had thrown away what it stood for.",
        cause="A manager keeps an object while some process has a proxy of it. The sender dropped its own before the "
        "receiver had made one: nested lists and dicts that are put into a queue do that.",
        fix="Keep the sender's proxy until the receiver has it.",
        code="kept.append(manager.list()); queue.put(kept[-1])",
        scenario="manager",
    ),
    Message(
        name="authentication_failed",
        words=r"AuthenticationError: ",
        what="Two processes did not agree on their secret, so the connection was refused.",
        cause="Each process has an authkey, which children inherit. Processes started by hand, and workers that are "
        "interpreters, have another one.",
        fix="Give both sides the same key.",
        code="BaseManager(address=address, authkey=key)    # or multiprocessing.current_process().authkey = key",
        scenario="manager",
    ),
    Message(
        name="fork_server_died",
        words=r"(?:EOFError(?:: unexpected EOF)?$|ConnectionResetError: \[Errno 104\]|ConnectionRefusedError: \[Errno 111\]|"
        r"BrokenPipeError: \[Errno 32\])",
        within=FORK_SERVER,
        what="The fork server, which makes all workers of the start method forkserver, is not there any more.",
        cause="It was killed, or died while it imported a preloaded module: from 3.14.1 on it imports the main file, "
        "and one without a guard ends it.",
        fix="Guard the main file; read the server's own traceback above this one.",
        code='if __name__ == "__main__":\n    main()',
        hazard="process_without_guard",
        scenario="startup",
        issue="gh-126631",
        versions="the main file is preloaded from 3.13.8 and 3.14.1 on",
        order=FOLLOWS,
    ),
    Message(
        name="segment_is_gone",
        words=r"FileNotFoundError: \[Errno 2\] No such file or directory: '/",
        within=("multiprocessing/shared_memory.py:__init__",),
        what="A shared-memory segment was to be opened that does not exist any more.",
        cause="Its owner called unlink(), or ended; a process that is not a child of the owner also removes it at its "
        "end, because its resource tracker takes the segment for its own.",
        fix="Unlink when all users have closed it; from 3.13 on open it elsewhere with track=False.",
        code="SharedMemory(name, track=False)",
        hazard="shared_memory_left",
        issue="gh-82300",
        versions="up to 3.12 no way to open it untracked",
    ),
    Message(
        name="segment_is_in_use",
        words=r"BufferError: cannot close exported pointers exist",
        what="A shared-memory segment was closed while something still looks into it.",
        cause="A memoryview or an array made from its buffer is still there.",
        fix="Release it first.",
        code="del array; memory.close()",
        hazard="shared_memory_left",
    ),
)
