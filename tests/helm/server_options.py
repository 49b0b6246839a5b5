#!/usr/bin/env python3
"""Keeps the chart's values and the server's options the same.

    server_options.py PROGRAM           fails if `config` of the chart takes other options than inventory-server has
    server_options.py PROGRAM --write   makes it take them
"""
import json
import re
import subprocess
import sys
from pathlib import Path

from compact_json import dump

SCHEMA = Path(__file__).parents[2] / "helm/inventory/values.schema.json"

# Options that follow from other values, so that `config` must not contradict them.
FROM_VALUES = {
    "allow-plaintext": "tls.plaintext",
    "allow-unauthenticated": "auth.anonymous",
    "auth-policy-file": "auth.policy",
    "database-password-file": "database.existingSecret",
    "database-url": "database.hosts",
    "drain-delay": "shutdown.drainDelaySeconds",
    "event-feed-ca-file": "eventFeed.ca",
    "event-feed-secret": "eventFeed.secret",
    "event-feed-url": "eventFeed.url",
    "jwt-audience": "auth.jwt.audience",
    "jwt-issuer": "auth.jwt.issuer",
    "jwt-keys": "auth.jwt.keysUrl",
    "jwt-keys-ca-file": "auth.jwt.keysCa",
    "listen": "listenHost",
    "metrics-allow-plaintext": "metrics.plaintext",
    "metrics-listen": "listenHost",
    "metrics-tls": "metrics.plaintext",
    "migrate-on-start": "migrations.mode",
    "otlp-ca-file": "tracing.ca",
    "otlp-endpoint": "tracing.endpoint",
    "otlp-headers-file": "tracing.headers",
    "read-database-url": "readReplica.host",
    "shutdown-grace": "shutdown.graceSeconds",
    "tls-cert-file": "tls.existingSecret",
    "tls-client-auth": "tls.clientAuth",
    "tls-client-ca-file": "tls.clientCa",
    "tls-key-file": "tls.existingSecret",
    "webhook-ca-file": "webhooks.ca",
    "webhook-secrets": "webhooks.secrets",
}
# Options that a pod has no use for: where options are read from, and the private database.
UNUSED = {"config", "data-dir", "mariadbd"}


def options_of(program):
    """What `serve --help` says: a map from an option's name to the words for its values."""
    text = subprocess.run([program, "serve", "--help"], check=True, capture_output=True, text=True).stdout
    return dict(re.findall(r"^  --([a-z-]+)  \((.*)\)$", text, re.MULTILINE))


def schema_of(values):
    """The JSON schema of an option whose values are described so."""
    bounds = re.fullmatch(r"(0 or )?(\S+) to (\S+)", values)
    zero = bounds and (bounds[1] or bounds[2] == "0")
    words = values.split(" or ")
    if values == "true or false":
        return {"type": "boolean"}
    if values == "0 to 1":
        return {"type": "number", "minimum": 0, "maximum": 1}
    if bounds and bounds[2].isdigit() and bounds[3].isdigit():
        return {"type": "integer", "minimum": int(bounds[2]), "maximum": int(bounds[3])}
    if bounds and bounds[3].endswith("iB"):
        return {"$ref": f"#/definitions/{'zeroOrBytes' if zero else 'bytes'}", "description": values}
    if bounds:
        return {"$ref": f"#/definitions/{'zeroOrDuration' if zero else 'duration'}", "description": values}
    if len(words) > 1 and all(re.fullmatch("[a-z]+", word) for word in words):
        return {"type": "string", "enum": words}
    return {"$ref": "#/definitions/tomlText", "description": values}


def expected(options):
    free = {name: values for name, values in options.items() if name not in FROM_VALUES and name not in UNUSED}
    return {
        "type": "object",
        "description": "Made by tests/helm/server_options.py of `inventory-server serve --help`.",
        "additionalProperties": False,
        "properties": {name: schema_of(values) for name, values in sorted(free.items())},
    }


def value_exists(values_schema, path):
    node = values_schema
    for name in path.split("."):
        while "$ref" in node:
            node = values_schema["definitions"][node["$ref"].rsplit("/", 1)[1]]
        node = node.get("properties", {}).get(name)
        if node is None:
            return False
    return True


def main():
    options = options_of(sys.argv[1])
    schema = json.loads(SCHEMA.read_text())
    problems = [f"the server has no option {name}" for name in sorted((FROM_VALUES.keys() | UNUSED) - options.keys())]
    problems += [f"{path}, for {name}, is not a value of the chart" for name, path in FROM_VALUES.items()
                 if not value_exists(schema, path)]
    if "--write" in sys.argv:
        schema["definitions"]["serverOptions"] = expected(options)
        SCHEMA.write_text(dump(schema) + "\n")
    elif schema["definitions"]["serverOptions"] != expected(options):
        problems.append(f"{sys.argv[1]} has other options than {SCHEMA}: run {sys.argv[0]} {sys.argv[1]} --write")
    for problem in problems:
        print(problem, file=sys.stderr)
    sys.exit(1 if problems else 0)


if __name__ == "__main__":
    main()
