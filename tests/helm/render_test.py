#!/usr/bin/python3
"""What the chart makes of values: objects that Kubernetes takes, as in golden/, and a refusal of what is wrong.

    render_test.py            fails where a render differs from golden/
    render_test.py --update   makes golden/ what is rendered
"""
import difflib
import functools
import hashlib
import json
import re
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

import chart
import schemas
from chart import yaml

GOLDEN = Path(__file__).parent / "golden"
BASE = "minimal"
UPDATE = "--update" in sys.argv


def comparable(text):
    """A render without what differs each time, and without the files that it holds, which other tests look at."""
    text = re.sub(r"password: [A-Za-z0-9+/=]{44}$", "password: (made)", text, flags=re.MULTILINE)
    text = re.sub(r"^( *checksum/.*: ).*", r"\1(checksum)", text, flags=re.MULTILINE)
    text = re.sub(r"^(  reservation\.sh: \|\n)(    .*\n)*", r"\1    (files/reservation.sh)\n", text, flags=re.MULTILINE)
    text = re.sub(r"^(  inventory\.json: \|\n)(    .*\n)*", r"\1    (files/dashboard.json)\n", text, flags=re.MULTILINE)
    text = re.sub(r"(kind: PrometheusRule\n(?:.+\n)*?spec:\n)(  .*\n|\n)*", r"\1  (files/alerts.yaml)\n", text)
    return re.sub(r" +$", "", text, flags=re.MULTILINE)


@functools.cache
def rendered(case):
    return chart.render(chart.cases()[case])


def golden(case):
    """Of the base the whole render; of other cases what they change in it."""
    text = comparable(rendered(case))
    if case == BASE:
        return text
    lines = difflib.unified_diff(comparable(rendered(BASE)).splitlines(), text.splitlines(), n=3, lineterm="")
    return "\n".join("@@" if line.startswith("@@") else line for line in list(lines)[2:]) + "\n"


class RenderTest(unittest.TestCase):
    maxDiff = None

    def test_lint(self):
        for case, values in {"defaults": chart.CHART / "values.yaml", **chart.cases()}.items():
            with self.subTest(case):
                linted = chart.helm("lint", "--strict", f"--kube-version={chart.KUBERNETES}", f"--values={values}",
                                    chart.CHART)
                self.assertEqual(linted.returncode, 0, linted.stdout + linted.stderr)

    def test_golden(self):
        for case in chart.cases():
            with self.subTest(case):
                file = GOLDEN / f"{case}.{'yaml' if case == BASE else 'diff'}"
                made = golden(case)
                if UPDATE:
                    file.write_text(made)
                self.assertEqual(file.read_text(), made,
                                 f"{case} is rendered otherwise; if that is right: {sys.argv[0]} --update")
        self.assertEqual({file.stem for file in GOLDEN.iterdir()}, set(chart.cases()))

    def test_version(self):
        project = (chart.PROJECT / "CMakeLists.txt").read_text()
        version = re.search(r"^project\(inventory VERSION (\S+)", project, re.MULTILINE)[1]
        facts = yaml.safe_load((chart.CHART / "Chart.yaml").read_text())
        self.assertEqual((facts["version"], facts["appVersion"]), (version, version))

    def notes(self, case):
        """What an install of the case would print, which no command shows without a cluster."""
        with tempfile.TemporaryDirectory(prefix="inventory-helm-") as folder:
            copy = shutil.copytree(chart.CHART, Path(folder) / "inventory")
            (copy / "templates/notes.yaml").write_text(
                'notes: {{ include (print .Template.BasePath "/NOTES.txt") . | toJson }}')
            made = chart.helm("template", "stock", copy, "--namespace=shop", f"--kube-version={chart.KUBERNETES}",
                              f"--values={chart.cases()[case]}", "--show-only=templates/notes.yaml")
        self.assertEqual(made.returncode, 0, made.stderr)
        return yaml.safe_load(made.stdout)["notes"]

    def test_notes(self):
        notes = {case: self.notes(case) for case in ("tryout-mariadb", "cert-manager", "mutual-tls", "verification")}
        self.assertIn("rollout status deployment/stock-inventory", notes["tryout-mariadb"])
        self.assertIn("helm test stock --namespace shop", notes["tryout-mariadb"])
        self.assertEqual(notes["tryout-mariadb"].count("WARNING"), 3)
        self.assertIn("test.clientCertificate", notes["cert-manager"])
        self.assertIn("--tls-server-name stock-inventory.shop.svc", notes["cert-manager"])
        self.assertIn("helm test stock", notes["mutual-tls"])
        self.assertIn("--tls-server-name stock.shop.example", notes["mutual-tls"])
        self.assertEqual(re.findall("WARNING.*", notes["mutual-tls"]),
                         ["WARNING: what servers and the database say to each other is not encrypted (database.tls.ca)."])
        self.assertNotIn("WARNING", notes["verification"])

    def test_files_are_whole(self):
        documents = chart.objects(chart.render(chart.cases()["monitoring"]))
        rules = chart.find(documents, "PrometheusRule")
        alerts = (chart.CHART / "files/alerts.yaml").read_text()
        runbook = "https://wiki.shop.example/inventory/RUNBOOK.md"
        self.assertEqual(rules["spec"], yaml.safe_load(alerts.replace("server/RUNBOOK.md", runbook)))
        dashboard = chart.find(documents, "ConfigMap", "-dashboard")["data"]["inventory.json"]
        self.assertEqual(json.loads(dashboard), json.loads((chart.CHART / "files/dashboard.json").read_text()))

    def test_policy_is_whole(self):
        values = yaml.safe_load(chart.cases()["mutual-tls"].read_text())
        policy = chart.find(chart.objects(chart.render(chart.cases()["mutual-tls"])), "ConfigMap", "-policy")
        self.assertEqual(json.loads(policy["data"]["policy.json"]), values["auth"]["policy"])

    def test_password_is_not_told_by_its_checksum(self):
        """It follows the password, but differs between releases: nobody finds it in a list."""
        def checksum(*arguments):
            pod = chart.find(chart.objects(chart.render(chart.cases()["database-password"], *arguments)), "Deployment")
            return pod["spec"]["template"]["metadata"]["annotations"]["checksum/database-password"]
        self.assertEqual(checksum(), checksum())
        self.assertNotIn(checksum(), hashlib.sha256(b"correct horse battery staple").hexdigest())
        self.assertNotEqual(checksum(), checksum("--set=database.password=other"))
        self.assertNotEqual(checksum(), checksum("--namespace=other"))

    def test_stopping_fits(self):
        pod = chart.find(chart.objects(chart.render(chart.cases()[BASE])), "Deployment")["spec"]["template"]["spec"]
        self.assertEqual(pod["terminationGracePeriodSeconds"], 5 + 5 + 20 + 10)
        self.assertEqual(pod["containers"][0]["lifecycle"], {"preStop": {"sleep": {"seconds": 5}}})

    def test_long_names_are_cut(self):
        for name in ("r" * 53, "inventory-" + "r" * 43):
            made = chart.helm("template", name, chart.CHART, f"--values={chart.cases()['tryout-mariadb']}",
                              "--set=verification.enabled=true", f"--kube-version={chart.KUBERNETES}")
            self.assertEqual(made.returncode, 0, made.stderr)
            for document in chart.objects(made.stdout):
                longest = 52 if document["kind"] == "CronJob" else 63
                self.assertLessEqual(len(document["metadata"]["name"]), longest)


class KubeconformTest(unittest.TestCase):
    """Every object is what the schemas of schemas/ say, and has nothing that they don't name."""

    def setUp(self):
        work = tempfile.TemporaryDirectory(prefix="inventory-helm-")
        self.addCleanup(work.cleanup)
        self.folder = Path(work.name)
        schemas.write(self.folder)

    def check(self, text):
        command = [chart.tool("kubeconform"), "-strict", "-summary", "-schema-location",
                   str(self.folder / schemas.LOCATION)]
        return subprocess.run(command, input=text, text=True, capture_output=True, check=False)

    def test_every_case(self):
        for case in chart.cases():
            with self.subTest(case):
                text = rendered(case)
                checked = self.check(text)
                self.assertEqual(checked.returncode, 0, checked.stdout)
                self.assertIn(f"Valid: {len(chart.objects(text))}, Invalid: 0, Errors: 0, Skipped: 0", checked.stdout)

    def test_what_is_wrong_is_seen(self):
        text = chart.render(chart.cases()[BASE])
        for right, wrong in (("replicas: 2", "replicas: two"), ("maxSurge: 1", "maxSure: 1"),
                             ("seconds: 5", "seconds: soon"), ("readOnlyRootFilesystem: true", "readOnlyRoot: true")):
            self.assertIn(right, text)
            self.assertEqual(self.check(text.replace(right, wrong, 1)).returncode, 1, wrong)


if __name__ == "__main__":
    chart.tool("helm")
    unittest.main(argv=[each for each in sys.argv if each != "--update"], verbosity=2)
