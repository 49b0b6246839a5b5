#!/usr/bin/python3
"""A real kube-apiserver takes the chart: by itself, and through the life of a release.

    kubernetes_test.py BUILD_FOLDER
"""
import base64
import datetime
import sys
import tempfile
import threading
import unittest
from pathlib import Path

import chart
from cluster import Cluster, Refused
from database import Database, free_port
from kubelet import Objects, Pod, pod_spec, programs

BUILD = Path(sys.argv.pop(1) if len(sys.argv) > 1 else "build/release")
MERGE = "application/merge-patch+json"


def now():
    return datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def job_status(succeeded):
    """What the controller of Jobs would say at the end."""
    condition = {"status": "True", "lastProbeTime": now(), "lastTransitionTime": now()}
    if succeeded:
        return {"startTime": now(), "completionTime": now(), "succeeded": 1, "conditions": [
            {"type": "SuccessCriteriaMet", **condition}, {"type": "Complete", **condition}]}
    return {"startTime": now(), "failed": 1, "conditions": [
        {"type": "FailureTarget", **condition}, {"type": "Failed", "message": "its pod has failed", **condition}]}


class Kubelet(threading.Thread):
    """Runs the pods of Jobs and tests in a namespace, and says what became of them."""

    def __init__(self, cluster, namespace, folder, programs_of, replacements):
        super().__init__(daemon=True)
        self.cluster, self.namespace, self.folder = cluster, namespace, folder
        self.programs, self.replacements = programs_of, replacements
        self.done = {}
        self.ended = threading.Event()
        self.start()

    def objects(self):
        objects = Objects()
        for plural, kind in (("secrets", "Secret"), ("configmaps", "ConfigMap")):
            for each in self.cluster.get(f"/api/v1/namespaces/{self.namespace}/{plural}")["items"]:
                objects.add({"kind": kind, **each})
        return objects

    def pod(self, document):
        folder = Path(tempfile.mkdtemp(prefix="pod-", dir=self.folder))
        return Pod(pod_spec(document), self.objects(), folder, self.programs, self.replacements)

    def run(self):
        while not self.ended.wait(0.1):
            for path, kind in ((f"/apis/batch/v1/namespaces/{self.namespace}/jobs", "Job"),
                               (f"/api/v1/namespaces/{self.namespace}/pods", "Pod")):
                for each in self.cluster.get(path)["items"]:
                    if each["metadata"]["uid"] not in self.done:
                        self.finish({"kind": kind, **each}, f"{path}/{each['metadata']['name']}/status")

    def finish(self, document, path):
        pod = self.pod(document)
        succeeded = pod.run() == 0
        self.done[document["metadata"]["uid"]] = pod.said()
        phase = {"phase": "Succeeded" if succeeded else "Failed"}
        status = job_status(succeeded) if document["kind"] == "Job" else phase
        self.cluster.send("PATCH", path, {"status": status}, MERGE)

    def stop(self):
        self.ended.set()
        self.join()


class KubernetesTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        work = tempfile.TemporaryDirectory(prefix="inventory-kubernetes-")
        cls.addClassCleanup(work.cleanup)
        cls.folder = Path(work.name)
        cls.programs = programs(BUILD, cls.folder / "bin")
        cls.cluster = Cluster(cls.folder / "cluster")
        cls.addClassCleanup(cls.cluster.stop)

    def helm(self, *arguments):
        """Helm's output; it must succeed, without a warning."""
        done = self.cluster.helm(*arguments)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertNotIn("warn", done.stderr.lower())
        return done.stdout

    def try_out(self, document, namespace):
        """Has the API server judge an object, strictly, and not keep it."""
        path = self.cluster.path(document, namespace)
        self.cluster.send("POST", f"{path}?dryRun=All&fieldValidation=Strict", document)

    def test_every_case_is_taken(self):
        namespace = "cases"
        self.cluster.make_namespace(namespace)
        # The account that ci/placing-values.yaml has from elsewhere.
        self.cluster.send("POST", f"/api/v1/namespaces/{namespace}/serviceaccounts", {"metadata": {"name": "stock"}})
        pods = 0
        for case, values in chart.cases().items():
            for document in chart.objects(chart.render(values, f"--namespace={namespace}")):
                with self.subTest(f"{case}: {document['kind']} {document['metadata']['name']}"):
                    self.try_out(document, namespace)
                    if document["kind"] in ("Deployment", "StatefulSet", "Job", "CronJob"):
                        # Only pods are held to the rules of the namespace.
                        spec = {**pod_spec(document), "serviceAccountName": "default"}
                        spec.pop("priorityClassName", None)
                        spec["volumes"] = spec["volumes"] + [
                            {"name": claim["metadata"]["name"], "emptyDir": {}}
                            for claim in document["spec"].get("volumeClaimTemplates", [])]
                        self.try_out({"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "pod"}, "spec": spec},
                                     namespace)
                        pods += 1
        self.assertGreater(pods, 2 * len(chart.cases()) - 5)

    def test_what_is_wrong_is_refused(self):
        namespace = "wrong"
        self.cluster.make_namespace(namespace)
        document = chart.find(chart.objects(chart.render(chart.cases()["minimal"])), "Deployment")
        document["spec"]["replica"] = 1
        with self.assertRaisesRegex(Refused, 'unknown field.*spec.replica'):
            self.try_out(document, namespace)
        spec = {**pod_spec(document), "serviceAccountName": "default"}
        spec["containers"][0]["securityContext"]["allowPrivilegeEscalation"] = True
        with self.assertRaisesRegex(Refused, "violates PodSecurity"):
            self.try_out({"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "pod"}, "spec": spec}, namespace)

    def test_generated_password_is_kept(self):
        namespace = "tryout"
        self.cluster.make_namespace(namespace)
        arguments = ["stock", chart.CHART, f"--namespace={namespace}", f"--values={chart.cases()['tryout-mariadb']}"]

        def password():
            path = f"/api/v1/namespaces/{namespace}/secrets/stock-inventory-database"
            return base64.b64decode(self.cluster.get(path)["data"]["password"])
        self.helm("install", *arguments)
        first = password()
        self.assertEqual(len(first), 32)
        self.helm("upgrade", *arguments, "--set=replicas=3")
        self.assertEqual(password(), first)
        self.helm("rollback", "stock", "1", f"--namespace={namespace}")
        self.assertEqual(password(), first)
        self.helm("uninstall", "stock", f"--namespace={namespace}")
        self.assertEqual(password(), first)
        self.helm("install", *arguments)
        self.assertEqual(password(), first)

    def test_password_becomes_a_secret_of_the_user(self):
        """By the name that it has: it is not deleted as the release stops making it."""
        namespace = "password"
        self.cluster.make_namespace(namespace)
        arguments = ["stock", chart.CHART, f"--namespace={namespace}", f"--values={chart.cases()['minimal']}",
                     "--set=migrations.mode=none"]
        given = ["--set=database.existingSecret.name=", "--set=database.password=correct horse"]
        self.helm("install", *arguments, *given)
        secret = f"/api/v1/namespaces/{namespace}/secrets/stock-inventory-database"
        before = self.cluster.get(secret)
        for values in (["--set=database.existingSecret.name=stock-inventory-database"], given):
            self.helm("upgrade", *arguments, *values)
            after = self.cluster.get(secret)
            self.assertEqual((after["metadata"]["uid"], after["data"]), (before["metadata"]["uid"], before["data"]))

    def test_number_of_servers_is_the_autoscalers(self):
        """Neither an upgrade nor a rollback touches what an autoscaler has set."""
        namespace = "scaled"
        self.cluster.make_namespace(namespace)
        arguments = ["stock", chart.CHART, f"--namespace={namespace}", f"--values={chart.cases()['autoscaling']}",
                     "--set=migrations.mode=none"]
        path = f"/apis/apps/v1/namespaces/{namespace}/deployments/stock-inventory"

        def scale(number):
            self.cluster.send("PATCH", path, {"spec": {"replicas": number}}, MERGE)
        self.helm("install", *arguments)
        scale(3)
        self.helm("upgrade", *arguments, "--set=config.lanes=5")
        self.assertEqual(self.cluster.get(path)["spec"]["replicas"], 3)
        scale(7)
        self.helm("rollback", "stock", "1", f"--namespace={namespace}")
        self.assertEqual(self.cluster.get(path)["spec"]["replicas"], 7)

    def test_life(self):
        """A release from its installation to its end; its Job migrates a real database, its test asks a real server."""
        namespace = "shop"
        self.cluster.make_namespace(namespace)
        database = Database(self.folder / "database")
        self.addCleanup(database.stop)
        self.cluster.send("POST", f"/api/v1/namespaces/{namespace}/secrets", {
            "metadata": {"name": "owner"}, "stringData": {"password": "owner secret"}})
        ports = {"0.0.0.0:50051": free_port(), "0.0.0.0:9464": free_port()}
        replacements = {address: f"127.0.0.1:{port}" for address, port in ports.items()}
        replacements[f"stock-inventory.{namespace}.svc:50051"] = replacements["0.0.0.0:50051"]
        kubelet = Kubelet(self.cluster, namespace, self.folder, self.programs, replacements)
        self.addCleanup(kubelet.stop)
        arguments = ["stock", chart.CHART, f"--namespace={namespace}", "--timeout=60s", "--set=tls.plaintext=true",
                     "--set=image.repository=registry.example.com/shop/inventory",
                     f"--set=database.hosts={{127.0.0.1:{database.port}}}", "--set=database.password=server secret",
                     "--set=migrations.user=inventory_owner,migrations.existingSecret.name=owner",
                     "--set=auth.anonymous=true", "--set=networkPolicy.enabled=true"]

        def deployment():
            return self.cluster.get(f"/apis/apps/v1/namespaces/{namespace}/deployments/stock-inventory")

        def checksum():
            return deployment()["spec"]["template"]["metadata"]["annotations"]["checksum/config"]

        # The Job migrates.
        printed = self.helm("install", *arguments)
        self.assertIn("helm test stock --namespace shop", printed)
        self.assertIn("migrating", "".join(kubelet.done.values()))
        first = checksum()

        # `helm test` reserves for real.
        server = kubelet.pod({"kind": "Deployment", **deployment()})
        process = server.start()
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        self.cluster.wait_until(lambda: '"serving"' in server.said())
        self.helm("test", "stock", f"--namespace={namespace}", "--timeout=60s")
        self.assertIn("reserved and cancelled helm-test-", "".join(kubelet.done.values()))
        process.terminate()
        self.assertEqual(process.wait(timeout=60), 0)

        # Another option makes other pods; the Job runs again and finds nothing to do.
        runs = len(kubelet.done)
        self.helm("upgrade", *arguments, "--set=config.lanes=5")
        self.assertNotEqual(checksum(), first)
        self.assertEqual(len(kubelet.done), runs + 1)
        self.helm("rollback", "stock", "1", f"--namespace={namespace}", "--timeout=60s")
        self.assertEqual(checksum(), first)
        self.assertEqual(len(kubelet.done), runs + 2)

        # An older version doesn't know a newer schema: the rollback fails before it touches a server.
        self.helm("upgrade", *arguments, "--set=config.lanes=6")
        newest, generation = checksum(), deployment()["metadata"]["generation"]
        database.run("INSERT INTO inventory.schema_migration VALUES (9999, 'later', '', NOW());")
        failed = self.cluster.helm("rollback", "stock", "1", f"--namespace={namespace}", "--timeout=60s")
        self.assertEqual(failed.returncode, 1)
        self.assertIn("job stock-inventory-migrate failed", failed.stderr)
        self.assertEqual((checksum(), deployment()["metadata"]["generation"]), (newest, generation))

        self.helm("uninstall", "stock", f"--namespace={namespace}")
        for group, plural, left in (("apis/apps/v1", "deployments", set()), ("api/v1", "services", set()),
                                    ("api/v1", "configmaps", set()), ("api/v1", "secrets", {"owner", "stock-inventory-database"})):
            found = self.cluster.get(f"/{group}/namespaces/{namespace}/{plural}")["items"]
            self.assertEqual({each["metadata"]["name"] for each in found}, left, plural)


if __name__ == "__main__":
    for name in ("helm", "etcd", "kube-apiserver"):
        chart.tool(name)
    unittest.main(verbosity=2)
