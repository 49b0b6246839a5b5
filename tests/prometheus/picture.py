"""Draws main panels of the dashboard from what a Prometheus has, as one SVG that is readable on light and dark pages.
    picture.py PROMETHEUS_URL START END FILE
START and END are Unix seconds."""
import pathlib
import sys

import chart
import dashboard
from prometheus_api import Prometheus

# Titles of panels, in pairs.
SHOWN = ["Calls by code", "Reservations by outcome",
         "Writes: time of a call", "Lanes busy",
         "Batch size", "Commit",
         "Database connections for reads", "Memory"]
STEP = 2
WINDOW = "10s"


def named(legend, labels):
    """The name of a series as Grafana makes it."""
    for label, value in labels.items():
        legend = legend.replace("{{" + label + "}}", value)
    return legend


def limits(panel):
    """The names of series that the panel draws dashed: what others must stay below."""
    return {override["matcher"]["options"] for override in panel["fieldConfig"]["overrides"]
            if any(change["id"] == "custom.lineStyle" for change in override["properties"])}


def read(prometheus, panel, start, end):
    """What a panel shows, of its largest series."""
    series = []
    for target in panel["targets"]:
        query = dashboard.filled(target["expr"], WINDOW, f"{int(end - start)}s")
        for labels, points in prometheus.over(query, start, end, STEP):
            # One server is watched, so its address says nothing.
            name = "server" if target["legendFormat"] == "{{instance}}" else named(target["legendFormat"], labels)
            points = [(time - start, value) for time, value in points]
            series.append(chart.Series(name, points, name in limits(panel)))
    if not series:
        sys.exit(f"{panel['title']}: no data")
    series.sort(key=lambda one: (one.limit, -max(value for _, value in one.points)))
    defaults = panel["fieldConfig"]["defaults"]
    stacked = defaults["custom"]["stacking"]["mode"] == "normal"
    return chart.Panel(panel["title"], defaults["unit"], stacked, series[: chart.MOST_SERIES], defaults.get("max"))


def main():
    url, start, end, path = sys.argv[1], float(sys.argv[2]), float(sys.argv[3]), pathlib.Path(sys.argv[4])
    prometheus = Prometheus(url)
    panels = {panel["title"]: panel for panel in dashboard.panels(dashboard.load())}
    shown = [read(prometheus, panels[title], start, end) for title in SHOWN]
    path.write_text(chart.draw("Inventory", shown, end - start), encoding="utf-8")


main()
