#!/usr/bin/python3
"""What documents for operators name is there:

    runbook_test.py BUILD_FOLDER

- server/RUNBOOK.md has a section for each alert of the chart's rules, of the same severity and with all that whoever is
  woken needs, and has none for others.
- Links lead to files that exist, and anchors to headings.
- Options of inventory-server are in its help, metrics in server/METRICS.md, which another test compares with those of
  a server, and lines of the log in the code.
"""
import pathlib
import re
import subprocess
import sys

from markdown import Markdown, anchor, blocks, spans

SOURCE = pathlib.Path(__file__).resolve().parents[2]
RUNBOOK = SOURCE / "server/RUNBOOK.md"
ALERTS = SOURCE / "helm/inventory/files/alerts.yaml"
# Options of others that documents explain: of the clients of MariaDB and MySQL, and of container engines.
FOREIGN = {"--dump-slave", "--flush-logs", "--hex-blob", "--master-data", "--no-tablespaces", "--set-gtid-purged",
           "--single-transaction", "--source-data", "--skip-ssl", "--ssl"} | {"--stop-timeout"}
ASPECTS = ("Means", "Hurts", "Confirm", "Do", "Escalate")

problems = []


def require(right, problem):
    if not right:
        problems.append(problem)


def documents():
    """All Markdown of the project, but not what was built."""
    folders = ("client", "helm", "protos", "server", "storage", "tests")
    paths = [*SOURCE.glob("*.md"), *(path for folder in folders for path in (SOURCE / folder).rglob("*.md"))]
    return {path: Markdown(path) for path in sorted(paths)}


def for_operators(path):
    """Whether the options and metrics that it names are those of inventory-server, and not of programs of its own."""
    return path.parent in (SOURCE, SOURCE / "server", SOURCE / "helm") and path.name != "MIGRATING.md"


def check_alerts(runbook):
    alerts = dict(re.findall(r"- alert: (\w+)\n(?:.*\n)*? +labels: \{severity: (\w+)\}", ALERTS.read_text()))
    require(len(alerts) == ALERTS.read_text().count("- alert: "), f"{ALERTS.name}: not every alert has a severity")
    sections = re.split(r"^### (.*)\n", runbook.section("Alerts"), flags=re.M)[1:]
    described = dict(zip(sections[::2], sections[1::2]))
    for name in sorted(alerts.keys() ^ described.keys()):
        problems.append(f"RUNBOOK.md: {name} is " + ("no alert" if name in described else "not described"))
    for name in alerts.keys() & described.keys():
        aspects = re.findall(r"^- \*\*(\w+)", described[name], re.M)
        require(tuple(aspects) == ASPECTS, f"RUNBOOK.md: {name} has {aspects}, not {ASPECTS}")
        require(f"**Means** ({alerts[name]})" in described[name], f"RUNBOOK.md: {name} is a {alerts[name]}")
        link = f"server/RUNBOOK.md#{anchor(name)}"
        require(re.search(rf"runbook_url: {link}$", ALERTS.read_text(), re.M), f"{ALERTS.name}: no link to {link}")


def check_links(path, document, all_documents):
    for link in document.links():
        if re.match(r"[a-z]+:", link):
            continue
        file, _, fragment = link.partition("#")
        target = (path.parent / file).resolve() if file else path
        require(target.exists(), f"{path.relative_to(SOURCE)}: {link} does not exist")
        if fragment and target.suffix == ".md" and target in all_documents:
            require(fragment in all_documents[target].anchors(), f"{path.relative_to(SOURCE)}: {link} is no heading")


def help_options(build):
    commands = [subprocess.run([build / "server/inventory-server", command, "--help"], check=True, capture_output=True,
                               text=True).stdout for command in ("serve", "verify", "migrate")]
    return set(re.findall(r"^  (--[a-z-]+)", "\n".join(commands), re.M))


def named_options(document):
    """Options of inventory-server: what begins a code span with --, and what its command lines hold."""
    options = {match[1] for span in spans(document.text) if (match := re.match(r"(--[a-z][a-z-]*)\b", span))}
    for _, code in blocks(document.text):
        for line in re.sub(r"\\\n", " ", code).splitlines():
            if re.match(r"\S*inventory-server (serve|verify|migrate)\b", line):
                options |= set(re.findall(r"(?<=\s)--[a-z][a-z-]*", line))
    return options


def table_metrics():
    """The metrics of METRICS.md, with the series that histograms have."""
    rows = re.findall(r"^\| `(\w+)` \| (\w+) \|", (SOURCE / "server/METRICS.md").read_text(), re.M)
    return {name + suffix for name, kind in rows
            for suffix in ("", *(("_bucket", "_sum", "_count") if kind == "histogram" else ()))}


def named_metrics(document):
    """What a query in code names, and what a code span is made of alone."""
    code = "\n".join(spans(document.text))
    queried = re.findall(r"\b((?:inventory|process)_[a-z_]+)(?=[{[)]| (?:[-+*/<>=]|unless|and|or)+ )", code)
    alone = [span for span in spans(document.text) if re.fullmatch(r"(inventory|process)_[a-z_]+", span)]
    return set(queried) | set(alone)


def check_log_lines(document):
    code = "\n".join(path.read_text() for path in (SOURCE / "server").rglob("*.cc"))
    for span in spans(document.text):
        line = re.match(r"(INFO|WARNING|ERROR) (.+)", span)
        # What follows the message is name=value.
        if line:
            message = re.sub(r" \w+=.*", "", line[2])
            require(f'"{message}"' in code, f"{document.path.name}: no line of the log is {message}")


def main():
    build = pathlib.Path(sys.argv[1])
    all_documents = documents()
    runbook = all_documents[RUNBOOK]
    options, metrics = help_options(build), table_metrics()
    assert len(options) > 50 and len(metrics) > 30
    check_alerts(runbook)
    check_log_lines(runbook)
    for path, document in all_documents.items():
        check_links(path, document, all_documents)
        if not for_operators(path):
            continue
        for option in sorted(named_options(document) - options - FOREIGN):
            problems.append(f"{path.relative_to(SOURCE)}: inventory-server has no option {option}")
        for metric in sorted(named_metrics(document) - metrics):
            problems.append(f"{path.relative_to(SOURCE)}: {metric} is no metric")
    for problem in problems:
        print(f"FAILED: {problem}", file=sys.stderr)
    print(f"{len(all_documents)} documents, {len(problems)} problems")
    sys.exit(1 if problems else 0)


if __name__ == "__main__":
    main()
