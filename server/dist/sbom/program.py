"""What a program was made of, by what compiler, linker and loader say of it."""
import glob
import os
import re
import shutil
import subprocess
import tempfile

from debian import run


def needed_by(path):
    """The shared libraries that a file names itself."""
    return re.findall(r"\(NEEDED\).*\[(.*)\]", run("readelf", "--wide", "--dynamic", path))


def loaded_by(path):
    """The files of all shared libraries that the loader takes, by name."""
    return dict(re.findall(r"^\s*(\S+) => (/\S+)", run("ldd", path), re.MULTILINE))


def linked_files(path, build):
    """The archives and objects that the linker took from outside the build folder, by its own list."""
    with open(f"{path}.inputs", encoding="utf-8") as file:
        words = file.read().replace("\\\n", " ").split()
    files = {os.path.realpath(os.path.join(build, word)) for word in words[1:] if word.endswith((".a", ".o"))}
    return sorted(name for name in files if not name.startswith(os.path.realpath(build) + "/"))


def parts_of(targets, folder):
    """What Ninja makes each target from, but for what only must be there before."""
    told = subprocess.run(["xargs", "ninja", "-C", folder, "-t", "query"], input="\n".join(targets), check=True,
                          capture_output=True, text=True).stdout
    parts, inside = set(), False
    for line in told.splitlines():
        if line.startswith("  ") and not line.startswith("    "):
            inside = line.startswith("  input:")
        elif inside and not line.startswith("    || "):
            parts.add(line.strip().removeprefix("| "))
    return parts


def compiled_parts(target, folder):
    """The objects and precompiled headers that are in a target, through the libraries of the project."""
    found, targets = set(), {target}
    while targets:
        more = {part for part in parts_of(sorted(targets), folder) if part.endswith((".o", ".a", ".gch"))}
        targets = {part for part in more - found if not os.path.isabs(part)}
        found |= targets
    return sorted(part for part in found if not part.endswith(".a"))


def included_files(path, build):
    """The headers from outside the project that were compiled into it, by what Ninja has noted of each object. It notes
    while it runs, so it is asked on a copy."""
    with tempfile.TemporaryDirectory() as folder:
        for name in ("build.ninja", "CMakeFiles"):
            os.symlink(os.path.join(os.path.realpath(build), name), os.path.join(folder, name))
        for name in glob.glob(f"{build}/.ninja_*"):
            if os.path.isfile(name):
                shutil.copy(name, folder)
        objects = compiled_parts(os.path.relpath(path, build), folder)
        noted = subprocess.run(["xargs", "ninja", "-C", folder, "-t", "deps"], input="\n".join(objects), check=True,
                               capture_output=True, text=True).stdout
    missing = re.findall(r"^(.*): deps not found", noted, re.MULTILINE)
    if missing or not objects:
        raise SystemExit(f"Ninja does not know what {path} was compiled from: {missing[:3]}")
    return sorted(set(re.findall(r"^ +(/usr/\S+)$", noted, re.MULTILINE)))
