#!/usr/bin/python3
"""What the chart renders works: the real programs run with the options, files and arguments of its pods.

    serve_test.py BUILD_FOLDER
"""
import ssl
import subprocess
import sys
import tempfile
import time
import unittest
import urllib.error
import urllib.request
from pathlib import Path

import chart
from authority import Authority
from database import Database, free_port
from kubelet import Objects, Pod, pod_spec, programs

BUILD = Path(sys.argv.pop(1) if len(sys.argv) > 1 else "build/release")
HOST = "stock-inventory.shop.svc"
# tls.serverName of ci/mutual-tls-values.yaml.
IN_CERTIFICATE = "stock.shop.example"


class ServeTest(unittest.TestCase):
    """A release with mutual TLS, a policy, and a user of its own that migrates; and one without any of that."""

    @classmethod
    def setUpClass(cls):
        cls.work = tempfile.TemporaryDirectory(prefix="inventory-helm-")
        cls.addClassCleanup(cls.work.cleanup)
        cls.folder = Path(cls.work.name)
        cls.programs = programs(BUILD, cls.folder / "bin")
        cls.database = Database(cls.folder / "database")
        cls.addClassCleanup(cls.database.stop)
        authority = Authority(cls.folder / "authority")
        cls.outside = Objects()
        cls.outside.put("Secret", "inventory-database", {"password": b"server secret\n"})
        cls.outside.put("Secret", "inventory-database-owner", {"password": b"owner secret"})
        cls.outside.put("Secret", "inventory-tls", authority.issue("server", f"DNS:{IN_CERTIFICATE}"))
        cls.outside.put("Secret", "clients-ca", {"ca.crt": authority.certificate})
        cls.outside.put("ConfigMap", "shop-ca", {"ca.crt": authority.certificate})
        cls.outside.put("Secret", "helm-test-tls", authority.issue("helm-test", "URI:spiffe://shop.example/helm-test"))

    def release(self, case, *arguments):
        documents = chart.objects(chart.render(
            chart.cases()[case], f"--set=database.hosts={{127.0.0.1:{self.database.port}}}",
            "--set=shutdown.drainDelaySeconds=2", "--set=verification.enabled=true", *arguments))
        objects = Objects(documents)
        objects.data.update(self.outside.data)
        ports = {"0.0.0.0:50051": free_port(), "0.0.0.0:9464": free_port()}
        replacements = {address: f"127.0.0.1:{port}" for address, port in ports.items()}
        replacements[f"{HOST}:50051"] = replacements["0.0.0.0:50051"]

        def pod(kind, suffix):
            document = chart.find(documents, kind, suffix)
            folder = Path(tempfile.mkdtemp(prefix=f"{case}-{kind}-", dir=self.folder))
            return Pod(pod_spec(document), objects, folder, self.programs, replacements)
        return pod, ports["0.0.0.0:9464"]

    def ask(self, probe, port):
        """The status of an HTTP probe, as Kubernetes asks: without a look at the certificate."""
        url = f"{probe['httpGet']['scheme'].lower()}://127.0.0.1:{port}{probe['httpGet']['path']}"
        context = ssl._create_unverified_context()  # pylint: disable=protected-access
        try:
            with urllib.request.urlopen(url, timeout=5, context=context) as answer:
                return answer.status
        except urllib.error.HTTPError as error:
            return error.code
        except OSError:
            return None

    def wait_until(self, what, pod):
        deadline = time.monotonic() + 60
        while not what():
            self.assertLess(time.monotonic(), deadline, pod.said())
            time.sleep(0.05)

    def serve_and_test(self, pod, ready):
        """Starts the server, runs `helm test` twice, stops the server as Kubernetes does."""
        server = pod("Deployment", "")
        process = server.start()
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        self.wait_until(lambda: process.poll() is not None or ready(server), server)
        for run in range(2):
            test = pod("Pod", "-test")
            self.assertEqual(test.run(), 0, test.said())
            self.assertIn("reserved and cancelled helm-test-", test.said(), run)
        return server, process

    def test_mutual_tls(self):
        owner = chart.cases()["migrations-owner"]
        pod, port = self.release("mutual-tls", f"--values={owner}", "--set=networkPolicy.enabled=false")
        migrate = pod("Job", "-migrate")
        self.assertEqual(migrate.run(), 0, migrate.said())
        self.assertEqual(pod("Job", "-migrate").run(), 0)

        def ready(server):
            return self.ask(server.container["readinessProbe"], port) == 200
        server, process = self.serve_and_test(pod, ready)
        self.assertEqual(self.ask(server.container["livenessProbe"], port), 200)
        self.assertEqual(self.ask(server.container["startupProbe"], port), 200)

        # It drains before it stops: not ready, but alive.
        process.terminate()
        self.wait_until(lambda: self.ask(server.container["readinessProbe"], port) == 503, server)
        self.assertEqual(self.ask(server.container["livenessProbe"], port), 200)
        self.assertEqual(process.wait(timeout=60), 0, server.said())

        # Who has no certificate, or one that nobody has granted anything, makes no reservation.
        self.outside.data["Secret", "helm-test-tls"] = self.outside.data["Secret", "inventory-tls"]
        pod, port = self.release("mutual-tls")
        other = pod("Deployment", "").start()
        self.addCleanup(other.wait)
        self.addCleanup(other.kill)
        self.wait_until(lambda: self.ask(server.container["readinessProbe"], port) == 200, server)
        test = pod("Pod", "-test")
        self.assertNotEqual(test.run(), 0)
        self.assertIn("PERMISSION_DENIED", test.said())

    def test_plaintext(self):
        pod, port = self.release("plaintext", "--set=migrations.user=inventory_owner",
                                 "--set=migrations.existingSecret.name=inventory-database-owner")
        migrate = pod("Job", "-migrate")
        self.assertEqual(migrate.run(), 0, migrate.said())

        def ready(server):
            """Of gRPC's health service, as the kubelet's gRPC probe asks."""
            self.assertEqual(server.container["readinessProbe"]["grpc"], {"port": 50051})
            address = server.replaced("0.0.0.0:50051")
            command = [self.programs / "inventoryctl", "health", "--address", address]
            return subprocess.run(command, capture_output=True, check=False).returncode == 0
        server, process = self.serve_and_test(pod, ready)
        self.assertEqual(self.ask(server.container["livenessProbe"], port), 200)
        process.terminate()
        self.assertEqual(process.wait(timeout=60), 0, server.said())

        # Stock adds up, until somebody meddles with it.
        verify = pod("CronJob", "-verify")
        self.assertEqual(verify.run(), 0, verify.said())
        self.database.run("UPDATE inventory.stock_level SET on_hand = 7;")
        verify = pod("CronJob", "-verify")
        self.assertEqual(verify.run(), 3, verify.said())
        self.database.run("UPDATE inventory.stock_level SET on_hand = 0;")

        # As after an upgrade that this version can't go back from.
        self.database.run("INSERT INTO inventory.schema_migration VALUES (9999, 'later', '', NOW());")
        migrate = pod("Job", "-migrate")
        self.assertNotEqual(migrate.run(), 0)
        self.assertIn("run a newer inventory-server", migrate.said())
        self.database.run("DELETE FROM inventory.schema_migration WHERE version = 9999;")


if __name__ == "__main__":
    chart.tool("helm")
    unittest.main(verbosity=2)
