"""What do the measurements look like? One function for each chart, in a registry; its input is the tidy frames only."""

from study.charts import scaling, startup, throughput
from study.charts.chart import MOST_PANELS, MOST_ROWS, Chart

__all__ = ["CHARTS", "MOST_PANELS", "MOST_ROWS", "Chart"]

EVERY = (
    startup.CHART,
    throughput.CHART,
    scaling.CHART,
)
CHARTS: dict[str, Chart] = {chart.name: chart for chart in EVERY}
