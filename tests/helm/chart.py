"""What the chart's tests share: helm, and what the chart makes of values."""
import functools
import os
import subprocess
import sys
from pathlib import Path

PROJECT = Path(__file__).parents[2]
CHART = PROJECT / "helm/inventory"
# The version that the schemas and kube-apiserver are of.
KUBERNETES = "1.34.4"
SKIPPED = 77


def skip(reason):
    """Ends the test without a result; in a run that wants all results this is a failure."""
    name = Path(sys.argv[0]).stem
    print(f"{name}: {reason}")
    if os.environ.get("INVENTORY_NO_SKIPS"):
        sys.exit(1)
    if reports := os.environ.get("SKIP_REPORTS"):
        (Path(reports) / f"helm_{name}.skipped").write_text(f"helm_{name}: {reason}\n")
    sys.exit(SKIPPED)


try:
    import yaml
except ImportError:
    skip("python3-yaml is not here")


@functools.cache
def tool(name):
    """The path of a program of server/dev/tool.sh; ends the test without a result where it can't be had."""
    got = subprocess.run([PROJECT / "server/dev/tool.sh", name], stdout=subprocess.PIPE, text=True, check=False)
    if got.returncode == SKIPPED:
        skip(f"{name} can't be had; see above")
    got.check_returncode()
    return got.stdout.strip()


def helm(*arguments):
    return subprocess.run([tool("helm"), *map(str, arguments)], capture_output=True, text=True, check=False)


def cases():
    """The values files of ci/, by the names of their features."""
    return {path.name.removesuffix("-values.yaml"): path for path in sorted((CHART / "ci").glob("*-values.yaml"))}


def template(values, *arguments):
    """`helm template` with the values file, for a release "stock" in the namespace "shop"."""
    return helm("template", "stock", CHART, "--namespace=shop", f"--kube-version={KUBERNETES}", f"--values={values}",
                *arguments)


def render(values, *arguments):
    """The text of all objects."""
    made = template(values, *arguments)
    assert made.returncode == 0, made.stderr
    return made.stdout


def objects(text):
    return [document for document in yaml.safe_load_all(text) if document]


def find(documents, kind, suffix=""):
    """The object of this kind whose name ends so."""
    found = [each for each in documents if each["kind"] == kind and each["metadata"]["name"].endswith(suffix)]
    assert len(found) == 1, f"{len(found)} objects are a {kind} ...{suffix}"
    return found[0]
