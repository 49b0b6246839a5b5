#!/usr/bin/python3
"""helm/README.md, values.yaml and values.schema.json speak of the same values."""
import json
import re
import tempfile
import unittest

import chart
from chart import yaml

README = (chart.PROJECT / "helm/README.md").read_text()
VALUES = yaml.safe_load((chart.CHART / "values.yaml").read_text())
SCHEMA = json.loads((chart.CHART / "values.schema.json").read_text())


def resolved(node):
    while "$ref" in node:
        node = SCHEMA["definitions"][node["$ref"].rsplit("/", 1)[1]]
    return node


def paths(values, schema, prefix=""):
    """The values that the schema names, and those of values.yaml, by path."""
    schema = resolved(schema)
    named = schema.get("properties", {})
    for name in named.keys() | (values.keys() if named else set()):
        path = f"{prefix}{name}"
        yield path, name in named, name in values
        if isinstance(values.get(name), dict) and name in named:
            yield from paths(values[name], named[name], f"{path}.")


class DocumentsTest(unittest.TestCase):
    def shown(self, what):
        """What `helm show` says of the chart."""
        made = chart.helm("show", what, chart.CHART)
        self.assertEqual(made.returncode, 0, made.stderr)
        return made.stdout

    def test_chart_stands_alone(self):
        """A package of it has a licence, and a README that speaks of this Kubernetes and of files that there are."""
        self.assertEqual((chart.CHART / "LICENSE").read_text(), (chart.PROJECT / "LICENSE").read_text())
        readme = self.shown("readme")
        oldest = re.search(r"kubeVersion: .*>=(1\.\d+)", self.shown("chart"))[1]
        for text in (readme, README):
            self.assertIn(f"Kubernetes {oldest} or later", " ".join(text.split()))
        for file in re.findall(r"`([a-z]+/[A-Za-z.]+)`", readme):
            self.assertTrue((chart.PROJECT / file).exists(), file)

    def test_schema_and_values_agree(self):
        for path, in_schema, in_values in paths(VALUES, SCHEMA):
            # Helm itself gives `global`; options have no default but the server's, requests and limits may be anything.
            if path == "global" or path.startswith("config.") or ".limits" in path or ".requests" in path:
                continue
            self.assertTrue(in_schema, f"{path} is not in values.schema.json")
            self.assertTrue(in_values, f"{path} is not explained in values.yaml")

    def test_every_value_is_explained(self):
        """Values stand in paragraphs, each with a comment."""
        paragraphs = re.split(r"\n\s*\n", (chart.CHART / "values.yaml").read_text())
        self.assertGreater(len(paragraphs), 30)
        for paragraph in paragraphs:
            if paragraph.strip().startswith("# ----") and "\n" not in paragraph.strip():
                continue
            self.assertRegex(paragraph, r"(?m)^ *# [^-]", "nothing is said here")

    def test_readme_names_values_that_there_are(self):
        named = re.findall(r"`([a-z][a-zA-Z]*(?:\.[a-zA-Z-]+)*)`", README)
        of_chart = [name for name in named if name.split(".")[0] in VALUES]
        self.assertGreater(len(of_chart), 20)
        for name in of_chart:
            node = {"properties": SCHEMA["properties"]}
            for part in name.split("."):
                node = resolved(node).get("properties", {}).get(part)
                self.assertIsNotNone(node, f"helm/README.md names {name}")

    def test_readme_names_every_case(self):
        for case in chart.cases():
            self.assertIn(f"(inventory/ci/{case}-values.yaml)", README)

    def test_values_of_readme_are_taken(self):
        for readme, expected in ((README, {"Certificate", "Job", "Pod", "PrometheusRule", "ServiceMonitor"}),
                                 (self.shown("readme"), {"Deployment", "Job", "Service"})):
            blocks = re.findall(r"```yaml\n(.*?)```", readme, re.DOTALL)
            self.assertEqual(len(blocks), 1)
            with tempfile.NamedTemporaryFile("w", suffix=".yaml") as values:
                values.write(blocks[0])
                values.flush()
                kinds = {each["kind"] for each in chart.objects(chart.render(values.name))}
            self.assertLessEqual(expected, kinds)

    def test_install_of_readme_is_taken(self):
        command = re.search(r"helm install inventory helm/inventory (.*?)\n", README.replace("\\\n", ""))[1]
        sets = re.findall(r"--set (\S+)", command)
        made = chart.helm("template", "inventory", chart.CHART, f"--kube-version={chart.KUBERNETES}",
                          *[f"--set={each}" for each in sets])
        self.assertEqual(made.returncode, 0, made.stderr)
        self.assertIn("image: REGISTRY/inventory:", made.stdout)


if __name__ == "__main__":
    chart.tool("helm")
    unittest.main(verbosity=2)
