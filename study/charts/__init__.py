"""What do the measurements look like? One function for each chart, in a registry; its input is the tidy frames only."""

from study.charts import (
    chunks,
    decision,
    fan,
    imports,
    launch_form,
    memory,
    parent_memory,
    payoff,
    percentiles,
    recycling,
    scaling,
    startup,
    synchronisation,
    throughput,
)
from study.charts.chart import MOST_PANELS, MOST_ROWS, Chart

__all__ = ["CHARTS", "MOST_PANELS", "MOST_ROWS", "Chart"]

EVERY = (
    startup.CHART,
    startup.STAGES_CHART,
    imports.CHART,
    launch_form.CHART,
    parent_memory.CHART,
    throughput.CHART,
    throughput.CHANNELS_CHART,
    fan.CHART,
    percentiles.CHART,
    percentiles.RESPONSIVENESS_CHART,
    payoff.CHART,
    decision.CHART,
    chunks.CHART,
    scaling.CHART,
    scaling.SHARED_CHART,
    synchronisation.CHART,
    synchronisation.FAIRNESS_CHART,
    synchronisation.WAKE_UP_CHART,
    memory.CHART,
    recycling.CHART,
)
CHARTS: dict[str, Chart] = {chart.name: chart for chart in EVERY}
