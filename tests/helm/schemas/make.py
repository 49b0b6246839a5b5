#!/usr/bin/env python3
"""Makes the schemas beside this file: what Kubernetes and two operators say of the kinds of objects that the chart has.

    make.py     takes them from the modules below, by Go; descriptions are left out

All three modules are under the Apache License 2.0. Kubernetes is the version of kube-apiserver in server/dev/tool.sh.
"""
import json
import re
import subprocess
import sys
from pathlib import Path

import yaml

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent))
from compact_json import dump  # noqa: E402

TOOLS = HERE.parents[2] / "server/dev/tool.sh"
KINDS = {
    "v1": ["ConfigMap", "Pod", "Secret", "Service", "ServiceAccount"],
    "apps/v1": ["Deployment", "StatefulSet"],
    "autoscaling/v2": ["HorizontalPodAutoscaler"],
    "batch/v1": ["CronJob", "Job"],
    "networking.k8s.io/v1": ["NetworkPolicy"],
    "policy/v1": ["PodDisruptionBudget"],
}
CERT_MANAGER = ("github.com/cert-manager/cert-manager", "v1.21.2", "deploy/crds/cert-manager.io_{}.yaml", "certificates")
PROMETHEUS = ("github.com/prometheus-operator/prometheus-operator", "v0.92.1",
              "example/prometheus-operator-crd/monitoring.coreos.com_{}.yaml")
CUSTOM = [CERT_MANAGER, (*PROMETHEUS, "servicemonitors"), (*PROMETHEUS, "prometheusrules")]


def folder_of(module, version):
    answer = subprocess.run(["go", "mod", "download", "-json", f"{module}@{version}"], check=True, capture_output=True,
                            cwd="/tmp")
    return Path(json.loads(answer.stdout)["Dir"])


def without_descriptions(node):
    if isinstance(node, list):
        return [without_descriptions(each) for each in node]
    if not isinstance(node, dict):
        return node
    # A property may be called "description".
    return {name: without_descriptions(value) for name, value in node.items()
            if name not in ("description", "example") or not isinstance(value, str)}


def references(node):
    return set(re.findall(r'"#/definitions/([^"]+)"', json.dumps(node)))


def closure(definitions, names):
    """The definitions of these names and of all that they refer to."""
    found = {}
    while names:
        found |= {name: without_descriptions(definitions[name]) for name in names}
        names = {each for name in names for each in references(definitions[name])} - found.keys()
    return dict(sorted(found.items()))


def kubernetes():
    version = re.search(r"^kube-apiserver .* (v\S+)$", TOOLS.read_text(), re.MULTILINE)[1]
    swagger = json.loads((folder_of("k8s.io/kubernetes", version) / "api/openapi-spec/swagger.json").read_text())
    kinds = {}
    for name, definition in swagger["definitions"].items():
        for is_kind in definition.get("x-kubernetes-group-version-kind", []):
            of = "/".join(part for part in (is_kind["group"], is_kind["version"]) if part)
            if is_kind["kind"] in KINDS.get(of, []):
                kinds[f"{of}/{is_kind['kind']}"] = name
    assert len(kinds) == sum(map(len, KINDS.values())), kinds
    return {"source": f"k8s.io/kubernetes {version}, Apache-2.0", "kinds": dict(sorted(kinds.items())),
            "definitions": closure(swagger["definitions"], set(kinds.values()))}


def custom(module, version, path, plural):
    text = (folder_of(module, version) / path.format(plural)).read_text()
    spec = next(document for document in yaml.safe_load_all(text) if document)["spec"]
    served = next(each for each in spec["versions"] if each["storage"])
    return {"source": f"{module} {version}, Apache-2.0", "group": spec["group"], "version": served["name"],
            "names": {name: spec["names"][name] for name in ("kind", "plural", "singular", "listKind")},
            "schema": without_descriptions(served["schema"]["openAPIV3Schema"])}


def main():
    (HERE / "kubernetes.json").write_text(dump(kubernetes()) + "\n")
    for each in CUSTOM:
        (HERE / f"{each[3]}.json").write_text(dump(custom(*each)) + "\n")


if __name__ == "__main__":
    main()
