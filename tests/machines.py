"""Machines that are not this one: what the files of their system say."""

GIB = 1 << 30


def plant(root, files):
    """Write a system's files below `root`."""
    for place, text in files.items():
        (root / place).parent.mkdir(parents=True, exist_ok=True)
        (root / place).write_text(text)
    return root


def topology(siblings):
    """The files of processors of which each has these siblings."""
    return {
        f"sys/devices/system/cpu/cpu{cpu}/topology/thread_siblings_list": f"{text}\n"
        for cpu, text in enumerate(siblings)
    }


VERSION_2 = {"sys/fs/cgroup/cgroup.controllers": "cpu memory pids\n"}
