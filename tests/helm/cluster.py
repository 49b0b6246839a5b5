"""A real kube-apiserver on a real etcd, on ports of this machine: all of Kubernetes that judges and keeps objects, and
nothing that acts on them."""
import json
import shutil
import ssl
import subprocess
import time
import urllib.error
import urllib.request

import chart
import schemas
from authority import openssl
from database import free_port

TOKEN = "administrator-of-a-test"
PLURALS = {"NetworkPolicy": "networkpolicies", **{
    custom["names"]["kind"]: custom["names"]["plural"] for custom in map(schemas.load, schemas.CUSTOM)}}


class Refused(Exception):
    """What the API server answered in place of an object."""


class Cluster:
    def __init__(self, folder):
        self.folder = folder
        folder.mkdir()
        self.url = f"https://127.0.0.1:{free_port()}"
        self.processes = []
        try:
            self._start()
        except BaseException:
            self.stop()
            raise

    def _start(self):
        etcd = f"http://127.0.0.1:{free_port()}"
        peers = f"http://127.0.0.1:{free_port()}"
        self._run("etcd", "--name=test", f"--data-dir={self.folder}/data", f"--listen-client-urls={etcd}",
                  f"--advertise-client-urls={etcd}", f"--listen-peer-urls={peers}",
                  f"--initial-advertise-peer-urls={peers}", f"--initial-cluster=test={peers}", "--unsafe-no-fsync")
        openssl("genrsa", "-out", self.folder / "accounts.key", 2048)
        (self.folder / "tokens.csv").write_text(f'{TOKEN},test,1,"system:masters"\n')
        self._run("kube-apiserver", f"--etcd-servers={etcd}", "--bind-address=127.0.0.1",
                  f"--secure-port={self.url.rsplit(':', 1)[1]}", f"--cert-dir={self.folder}/certificates",
                  f"--token-auth-file={self.folder}/tokens.csv", "--anonymous-auth=false",
                  "--authorization-mode=RBAC", "--endpoint-reconciler-type=none",
                  "--service-cluster-ip-range=10.0.0.0/24",
                  "--service-account-issuer=https://kubernetes.default.svc",
                  f"--service-account-key-file={self.folder}/accounts.key",
                  f"--service-account-signing-key-file={self.folder}/accounts.key")
        self.wait_until(lambda: self.ask("/readyz") == "ok")
        for name in schemas.CUSTOM:
            self._install(schemas.load(name))
        (self.folder / "kubeconfig").write_text(json.dumps({
            "apiVersion": "v1", "kind": "Config", "current-context": "test",
            "clusters": [{"name": "test", "cluster": {"server": self.url, "insecure-skip-tls-verify": True}}],
            "users": [{"name": "test", "user": {"token": TOKEN}}],
            "contexts": [{"name": "test", "context": {"cluster": "test", "user": "test"}}]}))

    def _run(self, name, *arguments):
        with open(self.folder / f"{name}.out", "w", encoding="utf-8") as log:
            self.processes.append(subprocess.Popen([chart.tool(name), *arguments], stdout=log, stderr=log))

    def stop(self):
        for process in reversed(self.processes):
            process.terminate()
        for process in self.processes:
            try:
                process.wait(timeout=30)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _install(self, custom):
        """Teaches it a kind of an operator."""
        names, version = custom["names"], custom["version"]
        self.send("POST", "/apis/apiextensions.k8s.io/v1/customresourcedefinitions", {
            "apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition",
            "metadata": {"name": f"{names['plural']}.{custom['group']}"},
            "spec": {"group": custom["group"], "names": names, "scope": "Namespaced",
                     "versions": [{"name": version, "served": True, "storage": True,
                                   "schema": {"openAPIV3Schema": custom["schema"]}}]}})
        self.wait_until(lambda: self.ask(f"/apis/{custom['group']}/{version}/{names['plural']}"))

    def wait_until(self, what, seconds=90):
        deadline = time.monotonic() + seconds
        while not what():
            if time.monotonic() > deadline or any(process.poll() is not None for process in self.processes):
                logs = [(self.folder / f"{name}.out").read_text()[-3000:] for name in ("etcd", "kube-apiserver")
                        if (self.folder / f"{name}.out").exists()]
                raise AssertionError("\n".join(["Kubernetes did not do what it should:", *logs]))
            time.sleep(0.1)

    def ask(self, path):
        """The answer's text; empty if there is none."""
        try:
            return self._request("GET", path, None, "")
        except (Refused, OSError):
            return ""

    def get(self, path):
        return self.send("GET", path)

    def send(self, method, path, body=None, content="application/json"):
        return json.loads(self._request(method, path, body, content))

    def _request(self, method, path, body, content):
        request = urllib.request.Request(self.url + path, method=method, data=body and json.dumps(body).encode(),
                                         headers={"Authorization": f"Bearer {TOKEN}", "Content-Type": content})
        context = ssl._create_unverified_context()  # pylint: disable=protected-access
        try:
            with urllib.request.urlopen(request, timeout=30, context=context) as answer:
                return answer.read().decode()
        except urllib.error.HTTPError as error:
            raise Refused(f"{method} {path}: {error.read().decode()}") from error

    @staticmethod
    def path(document, namespace):
        """Where objects of this kind are."""
        version = document["apiVersion"]
        plural = PLURALS.get(document["kind"], document["kind"].lower() + "s")
        return f"/{'apis' if '/' in version else 'api'}/{version}/namespaces/{namespace}/{plural}"

    def make_namespace(self, name):
        """One that takes restricted pods alone."""
        self.send("POST", "/api/v1/namespaces", {"metadata": {"name": name, "labels": {
            "pod-security.kubernetes.io/enforce": "restricted", "pod-security.kubernetes.io/warn": "restricted"}}})
        self.send("POST", f"/api/v1/namespaces/{name}/serviceaccounts", {"metadata": {"name": "default"}})

    def helm(self, *arguments):
        return chart.helm(*arguments, f"--kubeconfig={self.folder}/kubeconfig")
