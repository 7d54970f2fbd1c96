"""How property tests are run: on a machine that may be busy, where an example may take its time."""

from hypothesis import HealthCheck, settings

on_a_busy_machine_too = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
