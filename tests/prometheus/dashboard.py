"""The dashboard, as a file: its panels, and its queries as Grafana would send them."""
import json
import pathlib

PROJECT = pathlib.Path(__file__).resolve().parents[2]
PATH = PROJECT / "helm/inventory/files/dashboard.json"


def load():
    return json.loads(PATH.read_text(encoding="utf-8"))


def panels(dashboard):
    """All but the headings of rows."""
    return [panel for panel in dashboard["panels"] if panel["type"] != "row"]


def filled(expression, interval, span, namespace=".*", job=".*", instance=".*"):
    """The expression with everything chosen, all installations and servers unless they are named; `interval` and `span`
    are durations, as 15s."""
    for name, value in (("$namespace", namespace), ("$job", job), ("$instance", instance),
                        ("$__rate_interval", interval), ("$__range", span)):
        expression = expression.replace(name, value)
    return expression
