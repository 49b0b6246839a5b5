#!/usr/bin/python3
"""Runs an image as a container engine would with the strictest settings, where none is.

    run.py CONFIG ROOT [--volume FOLDER:PATH]... [--entrypoint PROGRAM] [VARIABLE=VALUE]... [ARGUMENT]...
                                        the entry point or PROGRAM, with these arguments or those of the image
    run.py CONFIG exec PID PROGRAM...   a program beside the process PID of an image, with its variables
    run.py CONFIG health PID            the health check beside it

CONFIG is what `buildah inspect` says of the image, ROOT its mounted file system. The process is number 1 of a name
space of its own, has the image's user and variables and no capability, can't gain any, and sees a file system that is
read-only, volumes and /tmp included. The network is the host's. The first form becomes `unshare`, whose child is the
process and whose exit code is that of the process.
"""
import argparse
import itertools
import json
import os
import re
import sys

DEVICES = ("null", "zero", "full", "random", "urandom")

# The mounts, in the new name spaces; then the process itself. Volumes end with "--".
PREPARE = """
set -eu
root="$1"
shift
mount --make-rprivate /
mount --bind "$root" "$root"
mount -t proc proc "$root/proc"
mount -t tmpfs -o mode=755 tmpfs "$root/dev"
for device in {devices}; do
  touch "$root/dev/$device"
  mount --bind "/dev/$device" "$root/dev/$device"
done
mount -o remount,ro "$root/dev"
while [ "$1" != -- ]; do
  mount --bind "${{1%%:*}}" "$root${{1##*:}}"
  mount -o remount,bind,ro "$root${{1##*:}}"
  shift
done
shift
mount -o remount,bind,ro "$root"
exec chroot "$root" "$@"
""".format(devices=" ".join(DEVICES))


def read_config(path):
    with open(path, encoding="utf-8") as file:
        return json.load(file)["Docker"]["config"]


def as_user(config, variables, command):
    """The command line that runs `command` with the image's user and variables; its programs are the image's."""
    user, group = config["User"].split(":")
    return ["/usr/bin/env", "--ignore-environment", "--chdir", config["WorkingDir"] or "/", *config["Env"], *variables,
            "/usr/bin/setpriv", "--reuid", user, "--regid", group, "--clear-groups", "--no-new-privs",
            "--inh-caps=-all", "--bounding-set=-all", *command]


def start(config, root, words):
    parser = argparse.ArgumentParser()
    parser.add_argument("--volume", action="append", default=[])
    parser.add_argument("--entrypoint")
    parser.add_argument("words", nargs=argparse.REMAINDER)
    given = parser.parse_args(words)
    variables = list(itertools.takewhile(lambda word: re.match(r"[A-Z_]+=", word), given.words))
    arguments = given.words[len(variables):]
    if given.entrypoint:
        command = [given.entrypoint, *arguments]
    else:
        command = config["Entrypoint"] + (arguments or config["Cmd"])
    os.execvp("unshare", ["unshare", "--mount", "--pid", "--fork", "--kill-child", "--", "/bin/sh", "-c", PREPARE, "sh",
                          root, *given.volume, "--", *as_user(config, variables, command)])


def run_beside(config, pid, command):
    with open(f"/proc/{pid}/environ", encoding="utf-8") as file:
        variables = file.read().split("\0")[:-1]
    os.execvp("nsenter", ["nsenter", "--target", pid, "--mount", "--pid", "--root", "--wd", "--",
                          *as_user(config, variables, command)])


def main():
    config, words = read_config(sys.argv[1]), sys.argv[2:]
    if words[0] == "exec":
        run_beside(config, words[1], words[2:])
    if words[0] == "health":
        kind, *command = config["Healthcheck"]["Test"]
        assert kind == "CMD", "the health check needs a shell"
        run_beside(config, words[1], command)
    start(config, words[0], words[1:])


if __name__ == "__main__":
    main()
