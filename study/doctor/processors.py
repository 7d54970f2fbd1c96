"""How many processors there are for us, at what speed, and who else wants them?"""

import math

from study.doctor.finding import (
    MESSAGES,
    PARALLEL,
    STARTING,
    TIMED,
    WAKING,
    Effect,
    Finding,
    counted,
    fine,
    hidden,
    percent,
)
from study.doctor.readings import Seen
from study.noise import MOST_STEAL

VERY_MUCH_STOLEN = 0.10
LEAST_SHARE = 0.80  # of the processor time that the workers ask for; on two CPUs a load of 0.5 leaves it to them
HALF = 0.50
MOST_WAITING = 0.10  # share of the last minute in which some task waited for a processor
OFTEN = 0.10  # share of periods in which a quota stopped the workers


def usable(seen: Seen) -> Finding:
    name = "usable CPUs"
    if seen.usable_cpus is None or seen.logical_cpus is None:
        return hidden(name, "How many workers can run at the same time is not known.")
    here = f"{seen.usable_cpus} of {seen.logical_cpus}"
    if seen.usable_cpus > 1:
        widest = 2 * seen.usable_cpus
        return fine(name, here, f"Scaling is measured with up to {widest} workers, twice as many as CPUs.")
    says = "Nothing runs in parallel: speed-up cannot exceed 1, and workers that talk to each other take turns."
    return Finding(name, here, "spoils", says, "Give this machine or container two CPUs or more.", PARALLEL + MESSAGES)


def affinity(seen: Seen) -> Finding:
    name = "CPU affinity"
    if seen.affinity_cpus is None or seen.logical_cpus is None:
        return hidden(name, "Whether these processes are kept to some of the CPUs is not known.")
    here = f"{seen.affinity_cpus} of {seen.logical_cpus} CPUs"
    if seen.affinity_cpus == seen.logical_cpus:
        return fine(name, here, "The workers may run on any CPU.")
    return fine(name, here, "The workers are kept to these CPUs: nothing is said of the whole machine.")


def quota(seen: Seen) -> Finding:
    name = "CPU quota"
    if seen.cpu_quota is None:
        return hidden(name, "There are no control groups to read: another kind of limit would go unseen.")
    if math.isinf(seen.cpu_quota):
        return fine(name, "none", "No control group takes the CPUs away in the middle of the work.")
    here = f"{counted(seen.cpu_quota, 'CPU')}, of {seen.logical_cpus or 'an unknown number'}"
    if seen.logical_cpus is not None and seen.cpu_quota >= seen.logical_cpus:
        return fine(name, here, "It allows as much as the CPUs can give.")
    says = (
        f"More than {counted(seen.cpu_quota, 'busy worker')} are stopped for a part of each period, usually 0.1 s: expect a speed-up of "
        f"{seen.cpu_quota:g} at the most, and waits of that length among the slowest answers."
    )
    next_step = "Raise the limit (`docker run --cpus`), or compare no wider pools than that."
    effect: Effect = "weakens" if seen.cpu_quota >= 1 else "spoils"
    return Finding(name, here, effect, says, next_step, (*PARALLEL, "latency", "throughput"))


def throttling(seen: Seen) -> Finding:
    name = "throttling"
    if seen.periods is None or seen.throttled is None:
        return hidden(name, "How often a quota has stopped the workers is not counted.")
    if seen.periods == 0:
        return fine(name, "never", "There is no quota that could stop the workers.")
    share = seen.throttled / seen.periods
    here = f"in {seen.throttled:,} of {seen.periods:,} periods so far ({percent(share)})"
    if seen.throttled == 0:
        return fine(name, here, "The quota has not been used up yet.")
    says = f"The quota stopped this container in {percent(share)} of its periods: expect such waits in latency, and less speed-up."
    next_step = "Give the container more CPUs, or run nothing else in it; look again after the campaign."
    return Finding(
        name, here, "spoils" if share > OFTEN else "weakens", says, next_step, ("latency", *PARALLEL, *WAKING)
    )


def cores(seen: Seen) -> Finding:
    name = "cores (SMT)"
    cpus = seen.affinity_cpus or seen.logical_cpus
    if seen.usable_cores is None or cpus is None:
        return hidden(
            name, "Whether two CPUs are threads of one core is not known: scaling may bend at half its width."
        )
    told = ", as far as the hypervisor tells" if seen.hypervisor not in (None, "none") else ""
    if seen.usable_cores >= cpus:
        return fine(name, f"{counted(cpus, 'CPU')} on {counted(cpus, 'core')}{told}", "No two workers share a core.")
    here = f"{counted(cpus, 'CPU')} on {counted(seen.usable_cores, 'core')}{told}"
    if (seen.usable_cpus or cpus) <= seen.usable_cores:
        return fine(name, here, "There is a core for each CPU that may be used.")
    says = (
        f"With more than {counted(seen.usable_cores, 'worker')}, two share a core: "
        f"a speed-up of {cpus} is out of reach, for whichever backend."
    )
    next_step = (
        f"Read scaling up to {counted(seen.usable_cores, 'worker')} as cores, beyond as threads of the same cores."
    )
    return Finding(name, here, "weakens", says, next_step, PARALLEL)


def governor(seen: Seen) -> Finding:
    name = "CPU speed"
    if seen.governor is None:
        return hidden(name, "A virtual machine's host keeps it to itself: it may change without our noticing.")
    span = ""
    if seen.slowest_ghz and seen.fastest_ghz:
        span = f", {seen.slowest_ghz:.1f} to {seen.fastest_ghz:.1f} GHz"
    here = f"governor {seen.governor}{span}"
    if seen.governor == "performance":
        return fine(name, here, "The processors do not slow down when they have little to do.")
    factor = (
        f", at the worst {seen.fastest_ghz / seen.slowest_ghz:.1f}x slower"
        if span and seen.fastest_ghz and seen.slowest_ghz
        else ""
    )
    says = f"The rate follows the load: short work begins on a slow processor{factor}."
    next_step = "Run `sudo cpupower frequency-set -g performance` before you measure."
    return Finding(name, here, "weakens", says, next_step, ("startup", "latency", *WAKING))


def turbo(seen: Seen) -> Finding:
    name = "turbo"
    if seen.turbo is None:
        return hidden(name, "Whether one busy core runs faster than all of them together is not known.")
    if not seen.turbo:
        return fine(name, "off", "A core runs no faster alone than among others.")
    says = (
        "A core alone runs faster than all of them together: the plain loop gains by it, so speed-up comes out too low."
    )
    next_step = "Turn it off while you measure: `boost` or `intel_pstate/no_turbo` in /sys/devices/system/cpu."
    return Finding(name, "on", "weakens", says, next_step, PARALLEL)


def load(seen: Seen) -> Finding:
    name = "load"
    if seen.load_average is None or seen.logical_cpus is None:
        return hidden(name, "Whether other programs want the CPUs is not known: end those that you can.")
    here = f"{seen.load_average:.1f} runnable tasks in the last minute, on {seen.logical_cpus} CPUs"
    workers = seen.usable_cpus or seen.logical_cpus
    share = min(1.0, seen.logical_cpus / (workers + seen.load_average))
    if share >= LEAST_SHARE:
        return fine(name, here, "Other programs leave the workers enough.")
    says = (
        f"Other programs leave about {percent(share)} of what {counted(workers, 'busy worker')} could use: expect times up to "
        f"{1 / share:.1f}x too long, and scaling understated most of all."
    )
    quiet = seen.logical_cpus / LEAST_SHARE - workers
    next_step = f"Wait until the load is below {quiet:.1f} (`uptime` shows it), or end what else runs."
    return Finding(name, here, "spoils" if share < HALF else "weakens", says, next_step, TIMED)


def stolen(seen: Seen) -> Finding:
    name = "stolen time"
    if seen.stolen_now is None or seen.stolen_since_boot is None:
        return hidden(name, "Whether a hypervisor gives the CPUs to other machines is not counted.")
    here = f"{percent(seen.stolen_now)} in one second just now, {percent(seen.stolen_since_boot)} since boot"
    most = max(seen.stolen_now, seen.stolen_since_boot)
    if most <= MOST_STEAL:
        return fine(name, here, "Other machines on the same host take little.")
    says = f"A hypervisor gave that much of the CPUs' time to other machines: expect times {percent(most)} too long, in bursts."
    next_step = f"Measure at a quieter hour, and take differences below {percent(most)} for ties."
    return Finding(name, here, "spoils" if most > VERY_MUCH_STOLEN else "weakens", says, next_step, TIMED)


def pressure(seen: Seen) -> Finding:
    name = "waiting for a CPU"
    if seen.waiting_for_cpu is None:
        return hidden(name, "The kernel keeps no pressure figures (PSI): load and stolen time are all there is.")
    here = f"some task waited during {percent(seen.waiting_for_cpu)} of the last minute"
    if seen.waiting_for_cpu <= MOST_WAITING:
        return fine(name, here, "A worker that is woken finds a free CPU almost always.")
    says = "A worker that is woken has to queue for a CPU first: expect the slow answers to be much slower than they need be."
    return Finding(
        name,
        here,
        "weakens",
        says,
        "End what else runs, and look again in a minute.",
        ("latency", *PARALLEL, *WAKING, *STARTING),
    )


def power(seen: Seen) -> Finding:
    name = "power"
    if seen.on_battery is None:
        return hidden(name, "No battery is to be seen, as on servers and most desktops.")
    if not seen.on_battery:
        return fine(name, "from the mains", "Nothing is slowed down to save a battery.")
    says = "Processors are slowed down to save the battery, the more the longer they are busy: times drift during a campaign."
    return Finding(name, "from the battery", "weakens", says, "Plug it in.", TIMED)


def container(seen: Seen) -> Finding:
    name = "container"
    if seen.container is None:
        return hidden(name, "Nothing tells whether this is one.")
    if seen.container == "none":
        return fine(name, "none found", "Nothing speaks of one.")
    return fine(
        name, seen.container, "Its limits are the quota and the memory limit in this list; neighbours show in the load."
    )


def hypervisor(seen: Seen) -> Finding:
    name = "virtual machine"
    if seen.hypervisor is None:
        return hidden(name, "Nothing tells whether this is one.")
    if seen.hypervisor == "none":
        return fine(name, "no", "No hypervisor is to be seen.")
    here = "yes, of a kind that it does not name" if seen.hypervisor == "unnamed" else f"yes: {seen.hypervisor}"
    return fine(name, here, "Other machines on the same host are invisible; what they take shows as stolen time.")


CHECKS = (
    *(usable, affinity, quota, throttling, cores, load, pressure, stolen, governor, turbo, power),
    *(container, hypervisor),
)
