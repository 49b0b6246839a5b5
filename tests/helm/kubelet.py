"""Runs pods as processes of this machine: their volumes as folders, their programs as those of the build.

What a process can't have, names in DNS and ports and folders of its own, is replaced in files, arguments and variables.
"""
import base64
import os
import re
import subprocess
from pathlib import Path


def programs(build, folder):
    """Makes the folder with what the image has in /usr/bin, from a build of the project."""
    folder.mkdir()
    (folder / "inventory-server").symlink_to((build / "server/inventory-server").resolve())
    (folder / "inventoryctl").symlink_to((build / "client/cli/inventoryctl").resolve())
    return folder


class Objects:
    """Secrets and ConfigMaps by kind and name, as maps from keys to bytes."""

    def __init__(self, documents=()):
        self.data = {}
        for document in documents:
            self.add(document)

    def add(self, document):
        if document["kind"] not in ("Secret", "ConfigMap"):
            return
        texts = {**(document.get("data") or {}), **(document.get("stringData") or {})}
        decode = base64.b64decode if document["kind"] == "Secret" else str.encode
        self.data[document["kind"], document["metadata"]["name"]] = {key: decode(text) for key, text in texts.items()}

    def put(self, kind, name, files):
        self.data[kind, name] = files

    @staticmethod
    def source(volume):
        """The kind and the name of what a volume shows, and which of its keys; None for all."""
        if "secret" in volume:
            return "Secret", volume["secret"]["secretName"], volume["secret"].get("items")
        return "ConfigMap", volume["configMap"]["name"], volume["configMap"].get("items")

    def of(self, volume):
        """The files of a pod's volume, by their names."""
        if "emptyDir" in volume:
            return {}
        kind, name, items = self.source(volume)
        data = self.data[kind, name]
        return data if items is None else {item["path"]: data[item["key"]] for item in items}


class Pod:
    """A pod's only container."""

    def __init__(self, spec, objects, folder, programs, replacements):
        (self.container,) = spec["containers"]
        self.folder = Path(folder)
        self.programs = programs
        self.replacements = {place: f"{self.folder}{place}" for place in ("/etc/inventory/", "/tmp/")} | replacements
        volumes = {volume["name"]: volume for volume in spec["volumes"]}
        for mount in self.container["volumeMounts"]:
            place = self.folder / mount["mountPath"].strip("/")
            place.mkdir(parents=True, exist_ok=True)
            for name, content in objects.of(volumes[mount["name"]]).items():
                (place / name).write_text(self.replaced(content.decode()))
                (place / name).chmod(0o640)

    def replaced(self, text):
        return re.sub("|".join(map(re.escape, self.replacements)), lambda found: self.replacements[found[0]], text)

    def command(self):
        program, *arguments = self.container["command"] + self.container.get("args", [])
        return [program.replace("/usr/bin", str(self.programs)), *map(self.replaced, arguments)]

    def start(self, command=None):
        """The process of the pod's command, or of another one, with its output in the pod's folder."""
        given = {each["name"]: self.replaced(each["value"]) for each in self.container.get("env", [])}
        environment = {"PATH": f"{self.programs}:{os.environ['PATH']}", "HOME": str(self.folder), **given}
        with open(self.folder / "output", "a", encoding="utf-8") as log:
            return subprocess.Popen(command or self.command(), env=environment, stdout=log, stderr=log, cwd=self.folder)

    def run(self, timeout=60):
        """Its exit code."""
        process = self.start()
        try:
            return process.wait(timeout=timeout)
        finally:
            process.kill()
            process.wait()

    def said(self):
        return (self.folder / "output").read_text()


def pod_spec(document):
    """The pod of a Pod, a CronJob, a Job, a Deployment or a StatefulSet."""
    if document["kind"] == "Pod":
        return document["spec"]
    if document["kind"] == "CronJob":
        document = document["spec"]["jobTemplate"]
    return document["spec"]["template"]["spec"]
