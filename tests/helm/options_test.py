#!/usr/bin/python3
"""The server takes the options of every values file in ci/, and the chart takes the options of the server.

    options_test.py BUILD_FOLDER
"""
import re
import subprocess
import sys
import tempfile
import time
import unittest
from pathlib import Path

import chart
from kubelet import Objects, Pod, pod_spec, programs

BUILD = Path(sys.argv.pop(1) if len(sys.argv) > 1 else "build/release")
# What follows in a URL of a database, and a place where none is.
HOSTS = re.compile(r"@[^/]+/")
NOWHERE = "@127.0.0.1:1/"
# Files that are read before the database is called.
READ = {"headers": b"authorization: Bearer x\n"}


def outside(spec, objects):
    """Adds something for each file that is not part of the release."""
    for volume in spec["volumes"]:
        kind, name, items = objects.source(volume)
        if (kind, name) not in objects.data:
            keys = [item["key"] for item in items or []]
            objects.put(kind, name, {key: READ.get(key, b"-----BEGIN CERTIFICATE-----\n") for key in keys})
    return objects


class OptionsTest(unittest.TestCase):
    def setUp(self):
        work = tempfile.TemporaryDirectory(prefix="inventory-helm-")
        self.addCleanup(work.cleanup)
        self.folder = Path(work.name)
        self.programs = programs(BUILD, self.folder / "bin")

    def pods(self, case):
        """The pods of servers and of migrations, with their files."""
        documents = chart.objects(chart.render(chart.cases()[case]))
        for document in documents:
            if document["kind"] in ("Deployment", "Job", "CronJob"):
                spec = pod_spec(document)
                folder = self.folder / case / document["kind"]
                folder.mkdir(parents=True)
                yield Pod(spec, outside(spec, Objects(documents)), folder, self.programs, {})

    def check(self, pod):
        """Options are checked before the database is called, which `migrate` does first."""
        for config in pod.folder.glob("etc/inventory/config/server.toml"):
            config.write_text(HOSTS.sub(NOWHERE, config.read_text()))
        program, _, *arguments = pod.command()
        process = pod.start([program, "migrate", *(HOSTS.sub(NOWHERE, each) for each in arguments)])
        deadline = time.monotonic() + 20
        while process.poll() is None and "can't be reached" not in pod.said() and time.monotonic() < deadline:
            time.sleep(0.02)
        process.kill()
        process.wait()
        self.assertIn("can't be reached", pod.said())

    def test_every_case(self):
        for case in chart.cases():
            for pod in self.pods(case):
                with self.subTest(f"{case}: {pod.container['name']}"):
                    self.check(pod)

    def test_wrong_options_are_seen(self):
        pod = next(self.pods("minimal"))
        with open(pod.folder / "etc/inventory/config/server.toml", "a", encoding="utf-8") as config:
            config.write('no-such-option = "1"\n')
        with self.assertRaisesRegex(AssertionError, "no-such-option"):
            self.check(pod)

    def test_values_are_those_of_the_server(self):
        """For every option of the server there is a value, and no value is for anything else."""
        server = self.programs / "inventory-server"
        checked = subprocess.run([Path(__file__).parent / "server_options.py", server], capture_output=True, text=True,
                                 check=False)
        self.assertEqual(checked.returncode, 0, checked.stderr)


if __name__ == "__main__":
    chart.tool("helm")
    unittest.main(verbosity=2)
