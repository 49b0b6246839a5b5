"""The schemas of schemas/, as kubeconform takes them: whatever they don't name is refused."""
import json
from pathlib import Path

FOLDER = Path(__file__).parent / "schemas"
CUSTOM = ("certificates", "prometheusrules", "servicemonitors")
# Where kubeconform looks for a kind.
LOCATION = "{{.ResourceKind}}{{.KindSuffix}}.json"


def load(name):
    return json.loads((FOLDER / f"{name}.json").read_text())


def strict(node):
    """The same schema without room for unknown properties, and with the numbers that stand for texts."""
    if isinstance(node, list):
        return [strict(each) for each in node]
    if not isinstance(node, dict):
        return node
    if node.get("format") == "int-or-string" or node.get("x-kubernetes-int-or-string"):
        return {"type": ["integer", "string"]}
    made = {name: strict(value) for name, value in node.items()}
    if isinstance(node.get("properties"), dict) and node.get("type") == "object":
        if not node.get("x-kubernetes-preserve-unknown-fields"):
            made["additionalProperties"] = False
    return made


def file_name(kind, group, version):
    return "-".join([kind.lower(), *(name.split(".")[0] for name in group), version]) + ".json"


def write(folder):
    """Writes a file for each kind."""
    kubernetes = load("kubernetes")
    definitions = strict(kubernetes["definitions"])
    definitions["io.k8s.apimachinery.pkg.api.resource.Quantity"] = {"type": ["string", "number"]}
    for kind, name in kubernetes["kinds"].items():
        *group, version, word = kind.split("/")
        schema = {"$ref": f"#/definitions/{name}", "definitions": definitions}
        (folder / file_name(word, group, version)).write_text(json.dumps(schema))
    for name in CUSTOM:
        custom = load(name)
        schema = strict(custom["schema"])
        schema["properties"]["metadata"] = {"$ref": "#/definitions/io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta"}
        schema["definitions"] = definitions
        file = file_name(custom["names"]["kind"], [custom["group"]], custom["version"])
        (folder / file).write_text(json.dumps(schema))
