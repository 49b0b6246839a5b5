"""Whether dashboard, alerts, their tests, the table of metrics and the runbook fit together; nothing runs for it.
    check_files.py
Prints what does not, and ends with 1 then."""
import re
import sys

import dashboard
import promql

ALERTS = dashboard.PROJECT / "helm/inventory/files/alerts.yaml"
TESTS = dashboard.PROJECT / "tests/prometheus/rules"
METRICS = dashboard.PROJECT / "server/METRICS.md"
RUNBOOK = dashboard.PROJECT / "server/RUNBOOK.md"
# Units of Grafana: its packages/grafana-data/src/valueFormats/categories.ts
UNITS = {"none", "short", "percentunit", "bytes", "s", "ops", "reqps"}
SOURCE = {"type": "prometheus", "uid": "${datasource}"}

problems = []


def expect(right, problem):
    if not right:
        problems.append(problem)


def known_metrics():
    """The metrics of the table, with the series that a histogram has."""
    rows = re.findall(r"^\| `(\w+)` \| (\w+) \|", METRICS.read_text(encoding="utf-8"), re.MULTILINE)
    histograms = [name for name, kind in rows if kind == "histogram"]
    return {name for name, kind in rows if kind != "histogram"} | {
        f"{name}_{part}" for name in histograms for part in ("bucket", "count", "sum")}


def check_variables(board):
    variables = {variable["name"]: variable for variable in board["templating"]["list"]}
    expect(list(variables) == ["datasource", "namespace", "job", "instance"], f"variables: {list(variables)}")
    for name in ("namespace", "job", "instance"):
        variable = variables[name]
        expect(variable["datasource"] == SOURCE, f"${name}: its data source is fixed")
        # Outside Kubernetes there is no namespace: .* matches that, too.
        all_of_it = variable["includeAll"] and variable["multi"] and variable["allValue"] == ".*"
        expect(all_of_it, f"${name}: no choice of all")


def check_places(board):
    """Nothing lies beside the grid or on something else, and rows are as wide as the grid."""
    taken = {}
    for panel in board["panels"]:
        place = panel["gridPos"]
        expect(place["x"] + place["w"] <= 24, f"{panel['title']}: lies beside the grid")
        expect(panel["type"] != "row" or place["w"] == 24, f"{panel['title']}: a row that is not as wide as the grid")
        for x in range(place["x"], place["x"] + place["w"]):
            for y in range(place["y"], place["y"] + place["h"]):
                other = taken.setdefault((x, y), panel["title"])
                expect(other == panel["title"], f"{panel['title']}: lies on {other}")


def check_panel(panel):
    name = panel["title"]
    expect(panel.get("description", "").endswith("."), f"{name}: no description")
    expect(panel["fieldConfig"]["defaults"].get("unit") in UNITS, f"{name}: no unit, or one that is not known")
    expect(panel["datasource"] == SOURCE, f"{name}: its data source is fixed")
    references = [target["refId"] for target in panel["targets"]]
    expect(references and len(set(references)) == len(references), f"{name}: refIds {references}")
    for target in panel["targets"]:
        expect(target["datasource"] == SOURCE, f"{name}: a query's data source is fixed")
        check_query(name, target["expr"], target["legendFormat"])


def check_query(name, expression, legend):
    for metric, chosen in promql.selectors(expression):
        expect('namespace=~"$namespace"' in chosen, f"{name}: {metric} of all namespaces")
        expect('job=~"$job"' in chosen, f"{name}: {metric} of all installations")
        # Alerts and what is recorded for them are of an installation.
        of_servers = not metric.startswith("inventory:") and metric != "ALERTS"
        expect(not of_servers or 'instance=~"$instance"' in chosen, f"{name}: {metric} of all servers")
    for window in re.findall(r"\[([^]]*)\]", expression):
        expect(window in ("$__rate_interval", "$__range"), f"{name}: a fixed window, {window}")
    grouped = {label.strip() for labels in re.findall(r"\bby \(([^)]*)\)", expression) for label in labels.split(",")}
    for label in re.findall(r"\{\{(\w+)\}\}", legend):
        expect(label in grouped or label == "instance", f"{name}: the legend names {label}, by which nothing is")


def check_dashboard():
    board = dashboard.load()
    ids = [panel["id"] for panel in board["panels"]]
    titles = [panel["title"] for panel in board["panels"]]
    expect(len(set(ids)) == len(ids), "panels share an id")
    expect(len(set(titles)) == len(titles), "panels share a title")
    expect(board["id"] is None and board["uid"], "a dashboard that can't be imported anywhere: it has an id, or no uid")
    check_variables(board)
    check_places(board)
    for panel in dashboard.panels(board):
        check_panel(panel)
    return [target["expr"] for panel in dashboard.panels(board) for target in panel["targets"]]


def check_metrics(used, where):
    """What Prometheus makes itself is known; what we record is seen by evaluating it."""
    known = known_metrics() | {"up", "ALERTS"}
    for metric in sorted({metric for text in used for metric, _ in promql.selectors(text)}):
        expect(metric in known or metric.startswith("inventory:"), f"{where}: {metric} is not in {METRICS.name}")


def anchors(text):
    """Of the headings of a Markdown text, as GitHub makes them."""
    headings = re.findall(r"^#+ (.*)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading).lower().replace(" ", "-") for heading in headings}


def check_alerts():
    text = ALERTS.read_text(encoding="utf-8")
    runbook = anchors(RUNBOOK.read_text(encoding="utf-8"))
    tests = "".join(path.read_text(encoding="utf-8") for path in TESTS.glob("*.yaml"))
    alerts = {part.split("\n", 1)[0]: part for part in re.split(r"^      - alert: ", text, flags=re.MULTILINE)[1:]}
    for name in sorted(set(re.findall(r"alertname: (\w+)", tests)) - set(alerts)):
        expect(False, f"{name}: is tested, and is no alert")
    for name, alert in alerts.items():
        expect(re.search(r"severity: (page|ticket)\}", alert), f"{name}: neither page nor ticket")
        for annotation in ("summary:", "description:", f"runbook_url: server/RUNBOOK.md#{name.lower()}\n"):
            expect(annotation in alert, f"{name}: no {annotation.strip()}")
        expect(name.lower() in runbook, f"{name}: not in {RUNBOOK.name}")
        expect(re.search(rf"alertname: {name}, exp_alerts: \[\]", tests), f"{name}: no test in which it is silent")
        expect(re.search(rf"alertname: {name}\n +exp_alerts:( &\w+)?\n", tests), f"{name}: no test in which it fires")
    # Without comments.
    return [re.sub(r"#.*", "", line) for line in text.split("\n") if "runbook_url" not in line]


check_metrics(check_dashboard(), "dashboard.json")
check_metrics(check_alerts(), "alerts.yaml")
for line in problems:
    print(line, file=sys.stderr)
sys.exit(1 if problems else 0)
