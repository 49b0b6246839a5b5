#!/usr/bin/python3
"""Values that are wrong are refused, by values.schema.json or by templates/_checks.tpl, with words that help."""
import unittest

import chart

# What is set on top of ci/minimal-values.yaml, and what is said.
WRONG = {
    # What there is not.
    "replica=3": "additional properties 'replica' not allowed",
    "database.host=db": "additional properties 'host' not allowed",
    "config.lane=3": "additional properties 'lane' not allowed",
    "metrics.serviceMonitor.enable=true": "additional properties 'enable' not allowed",
    # Options that follow from other values.
    "config.listen=0.0.0.0:1": "additional properties 'listen' not allowed",
    "config.allow-plaintext=true": "additional properties 'allow-plaintext' not allowed",
    # Kinds and bounds.
    "replicas=two": "got string, want integer",
    "config.lanes=65": "maximum: got 65, want 64",
    "config.hold-ttl=soon": "does not match pattern",
    "config.reflection=perhaps": "got string, want boolean",
    "config.log-level=loud": "value must be one of",
    "config.event-buffer=64MB": "does not match pattern",
    "config.webhook-hosts=a#b": "does not match pattern",
    "image.digest=sha256:1": "does not match pattern",
    "image.pullPolicy=Sometimes": "value must be one of",
    "fullnameOverride=a.b": "does not match pattern",
    "fullnameOverride=1a": "does not match pattern",
    "nameOverride=a.b": "does not match pattern",
    "database.hosts={db/x}": "does not match pattern",
    "database.hosts={db:65536}": "does not match pattern",
    "readReplica.host=[::1]:99999": "does not match pattern",
    "readReplica.host=db:0": "does not match pattern",
    # Labels and annotations of the chart.
    r"podLabels.app\.kubernetes\.io/component=x": "at '/podLabels/app.kubernetes.io~1component'",
    r"commonLabels.helm\.sh/chart=x": "at '/commonLabels/helm.sh~1chart'",
    r"migrations.podLabels.app\.kubernetes\.io/instance=x": "false schema",
    r"verification.podAnnotations.helm\.sh/hook=x": "false schema",
    r"test.podLabels.app\.kubernetes\.io/name=x": "false schema",
    r"metrics.rules.labels.app\.kubernetes\.io/version=x": "false schema",
    r"podAnnotations.checksum/config=x": "false schema",
    "podLabels.team=a b": "does not match pattern",
    "image.repository=": "image.repository is needed",
    "database.name=": "minLength",
    "service.port=70000": "maximum",
    "shutdown.drainDelaySeconds=601": "maximum",
    "resources.limits.memory=much": "does not match pattern",
    "podDisruptionBudget.maxUnavailable=101%": "does not match pattern",
    "eventFeed.url=ftp://x": "does not match pattern",
    "tracing.endpoint=http://x?y": "does not match pattern",
    "config.trace-ratio=2": "maximum",
    "auth.jwt.keysUrl=http://x": "does not match pattern",
    "tls.clientAuth=perhaps": "value must be one of",
    # What doesn't fit together.
    "database.hosts=null": "a database is needed",
    "mysql.enabled=true": "a database is needed: give one of",
    "database.password=x": "database.existingSecret and database.password are both given",
    "database.existingSecret.name=": "the database's password is needed",
    "database.tls.ca.secret=a,database.tls.ca.configMap=b": "database.tls.ca names a Secret and a ConfigMap",
    "migrations.user=owner": "migrations.user and migrations.existingSecret.name go together",
    "migrations.user=owner,migrations.existingSecret.name=x,migrations.mode=none": "migrations.user is for",
    "database.hosts=null,mariadb.enabled=true,migrations.mode=hook": "runs before the database of this chart is there",
    "database.hosts=null,mariadb.enabled=true,readReplica.host=r": "has neither a certificate nor a replica",
    "tls.existingSecret=": "TLS is needed",
    "tls.plaintext=true": "TLS is needed: give one of",
    "tls.existingSecret=,tls.plaintext=true": "tls.clientCa needs TLS",
    "tls.existingSecret=,tls.plaintext=true,tls.clientCa.secret=,tls.serverName=x": "tls.serverName needs TLS",
    "tls.serverName=a b": "does not match pattern",
    "tls.existingSecret=,tls.certManager.enabled=true": "tls.certManager.issuer.name is needed",
    "tls.clientCa.secret=": "who may call?",
    "tls.clientAuth=request": "who may call?",
    "auth.existingConfigMap.name=p,tls.clientCa.secret=": "nothing to show who they are",
    "auth.existingConfigMap.name=p,auth.anonymous=true": "auth.anonymous contradicts the policy",
    "auth.existingConfigMap.name=p,auth.policy.bindings[0].role=admin,auth.policy.bindings[0].identity=a":
        "auth.policy.bindings and auth.existingConfigMap are both given",
    "auth.jwt.keys=x": "auth.jwt needs a policy",
    "auth.existingConfigMap.name=p,auth.jwt.keys=x": "auth.jwt.issuer and auth.jwt.audience are needed",
    "auth.existingConfigMap.name=p,auth.jwt.keys=x,auth.jwt.keysUrl=https://x": "give one of auth.jwt.keysUrl",
    "auth.policy.bindings[0].role=admin": "oneOf",
    "auth.policy.bindings[0].role=king,auth.policy.bindings[0].identity=a": "value must be one of",
    "terminationGracePeriodSeconds=39": "kills a server before it has stopped: shutdown needs 40",
    "shutdown.graceSeconds=60,terminationGracePeriodSeconds=60": "shutdown needs 80",
    "eventFeed.secret.name=x": "need eventFeed.url",
    "tracing.headers.name=x": "need tracing.endpoint",
    "networkPolicy.enabled=true,tracing.endpoint=http://x": "tracing.endpoint is set, but networkPolicy lets servers",
    "networkPolicy.enabled=true,eventFeed.url=http://x": "give networkPolicy.egress",
    "networkPolicy.enabled=true,webhooks.secrets=x": "webhooks.secrets is set, but networkPolicy",
    "networkPolicy.enabled=true,config.webhook-hosts=x": "config.webhook-hosts is set, but networkPolicy",
    "networkPolicy.enabled=true,auth.existingConfigMap.name=p,auth.jwt.keysUrl=https://x,auth.jwt.issuer=i,"
    "auth.jwt.audience=a": "auth.jwt.keysUrl is set, but networkPolicy",
    "networkPolicy.enabled=true,metrics.serviceMonitor.enabled=true": "say in networkPolicy.metricsFrom",
    "metrics.rules.enabled=true": "metrics.rules.runbook is needed",
    "metrics.rules.enabled=true,config.jwt-keys-refresh=31m": "config.jwt-keys-refresh=31m, but the alert",
    "metrics.rules.enabled=true,config.jwt-keys-refresh=1h": "takes keys of 30m for stale",
    "metrics.rules.enabled=true,config.jwt-keys-refresh=29m59s2000ms": "takes keys of 30m for stale",
    "networkPolicy.dnsPorts=null": "missing property 'dnsPorts'",
    "networkPolicy.databasePorts={70000}": "maximum",
    "autoscaling.minReplicas=9": "autoscaling.minReplicas is above",
}


class RefusalsTest(unittest.TestCase):
    def test_every_wrong_value(self):
        for values, words in WRONG.items():
            with self.subTest(values):
                made = chart.template(chart.cases()["minimal"], "--set", values)
                self.assertNotEqual(made.returncode, 0, "it was rendered")
                self.assertIn(words, made.stderr)

    def test_defaults_say_what_is_missing(self):
        defaults = ["template", "stock", chart.CHART, f"--kube-version={chart.KUBERNETES}"]
        self.assertIn("image.repository is needed", chart.helm(*defaults).stderr)
        made = chart.helm(*defaults, "--set=image.repository=registry.example.com/inventory")
        self.assertIn("a database is needed: give one of database.hosts, mariadb.enabled=true", made.stderr)

    def test_no_port_of_names(self):
        made = chart.template(chart.cases()["minimal"], "--set-json=networkPolicy.dnsPorts=[]")
        self.assertIn("minItems", made.stderr)

    def test_names_that_no_service_can_have(self):
        for release in ("shop.stock", "2stock"):
            arguments = ["template", release, chart.CHART, f"--kube-version={chart.KUBERNETES}",
                         f"--values={chart.cases()['minimal']}"]
            self.assertIn("give fullnameOverride", chart.helm(*arguments).stderr)
            self.assertEqual(chart.helm(*arguments, "--set=fullnameOverride=stock").returncode, 0)

    def test_hosts(self):
        made = chart.template(chart.cases()["minimal"], "--set=database.hosts={db:65535,[fd00::1]:59999,[::1],db,d:1}")
        self.assertEqual(made.returncode, 0, made.stderr)

    def test_refresh_of_keys_fits_the_alert(self):
        alerts = (chart.CHART / "files/alerts.yaml").read_text()
        self.assertIn("(inventory_token_keys_confirmed_timestamp_seconds) > 1800\n", alerts)
        for values in ("metrics.rules.enabled=true,config.jwt-keys-refresh=29m59s999ms",
                       "metrics.rules.enabled=true,config.jwt-keys-refresh=0.5h", "config.jwt-keys-refresh=24h"):
            made = chart.template(chart.cases()["minimal"], "--set", f"metrics.rules.runbook=https://x,{values}")
            self.assertEqual(made.returncode, 0, made.stderr)

    def test_old_kubernetes(self):
        made = chart.helm("template", "stock", chart.CHART, "--kube-version=1.29.0",
                          f"--values={chart.cases()['minimal']}")
        self.assertIn("chart requires kubeVersion", made.stderr)


if __name__ == "__main__":
    chart.tool("helm")
    unittest.main(verbosity=2)
