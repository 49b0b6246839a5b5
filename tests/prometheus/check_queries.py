"""Whether a Prometheus that watches a busy server has data for every query of the dashboard and of every alert.
    check_queries.py PROMETHEUS_URL SECONDS
Looks at the last SECONDS. While all is well an alert has no data, so each thing that it compares is asked for instead,
as promql.measured says. Prints what has no data, and ends with 1 then."""
import re
import sys
import time

import dashboard
import promql
from prometheus_api import Prometheus

WINDOW = "15s"
# They may fire on a machine that is busy with other things.
MAY_FIRE = ("Burn", "Busy", "QueueNearlyFull")


def check_variables(prometheus, chosen, problems):
    """What is chosen is offered."""
    for variable in dashboard.load()["templating"]["list"]:
        if variable["type"] != "query":
            continue
        selector, label = re.fullmatch(r"label_values\((.*), (\w+)\)", variable["query"]["query"]).groups()
        offered = prometheus.label_values(label, dashboard.filled(selector, WINDOW, WINDOW, **chosen))
        if offered != [chosen[label]]:
            problems.append(f"${variable['name']}: offers {offered}")


def check_panels(prometheus, seconds, chosen, problems):
    """The number of queries."""
    count = 0
    end = time.time()
    for panel in dashboard.panels(dashboard.load()):
        for target in panel["targets"]:
            query = dashboard.filled(target["expr"], WINDOW, f"{seconds}s", **chosen)
            count += 1
            try:
                found = prometheus.now(query) if target["instant"] else prometheus.over(query, end - seconds, end, 1)
            except ValueError as error:
                problems.append(f"{panel['title']}: {error}: {query}")
                continue
            if not found:
                problems.append(f"{panel['title']}: no data: {query}")
    return count


def check_alerts(prometheus, problems):
    """The number of alerts."""
    count = 0
    for rule in prometheus.rules():
        if rule["health"] != "ok":
            problems.append(f"{rule['name']}: {rule['health']}: {rule.get('lastError')}")
        if rule["type"] != "alerting":
            continue
        count += 1
        for expression in promql.measured(rule["query"]):
            # There is no yesterday yet: what it is compared with is asked for as it is now.
            if not prometheus.now(re.sub(r" offset \w+", "", expression)):
                problems.append(f"{rule['name']}: no data: {expression}")
        if rule["state"] == "firing" and not any(name in rule["name"] for name in MAY_FIRE):
            problems.append(f"{rule['name']}: fires, though all is well: {rule['alerts'][0]['annotations']}")
    return count


def main():
    prometheus = Prometheus(sys.argv[1])
    problems = []
    # What has data of one server by its name has it of all servers.
    [(target, _)] = prometheus.now("up")
    chosen = {name: target[name] for name in ("namespace", "job", "instance")}
    check_variables(prometheus, chosen, problems)
    queries = check_panels(prometheus, int(sys.argv[2]), chosen, problems)
    alerts = check_alerts(prometheus, problems)
    for problem in problems:
        print(problem, file=sys.stderr)
    print(f"{queries} queries of the dashboard and {alerts} alerts: {len(problems)} have no data or are wrong")
    return 1 if problems or not queries or not alerts else 0


sys.exit(main())
