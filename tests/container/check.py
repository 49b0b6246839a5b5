#!/usr/bin/python3 -B
"""What an image says of itself and what is in it:

    check.py CONFIG ROOT BASE VERSION REVISION

CONFIG is what `buildah inspect` says, ROOT its mounted file system, BASE that of the image below it.
Prints the size; ends with 1 and all that is wrong.
"""
import json
import os
import re
import stat
import sys

from run import read_config

BUILD_TOOLS = ("ar", "as", "cc", "c++", "clang", "cmake", "cpp", "g++", "gcc", "git", "ld", "make", "ninja", "pip",
               "pip3", "python3", "protoc")
# Megabytes that the image may add to its base.
MOST_ADDED_MB = 120

problems = []


def require(right, problem):
    if not right:
        problems.append(problem)


def check_config(config, version, revision):
    labels = {name.removeprefix("org.opencontainers.image."): text for name, text in config["Labels"].items()}
    require(labels.get("version") == version, f"the label of the version is {labels.get('version')}")
    require(labels.get("licenses") == "Apache-2.0", f"the label of the licence is {labels.get('licenses')}")
    require(labels.get("revision") in (revision, revision + "-dirty"), f"the revision is {labels.get('revision')}")
    require(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", labels.get("created", "")), "no label says when")
    for name in ("title", "description", "source"):
        require(labels.get(name), f"there is no label {name}")
    require(re.fullmatch(r"[1-9]\d*:[1-9]\d*", config["User"]), f"the user is {config['User']}, no number but 0")
    require(config["Entrypoint"] == ["/usr/bin/inventory-server"], f"the entry point is {config['Entrypoint']}")
    require(config["Cmd"] == ["serve"], f"the command is {config['Cmd']}")
    require(set(config["ExposedPorts"]) == {"50051/tcp", "9464/tcp"}, f"exposed: {config['ExposedPorts']}")
    require(config.get("StopSignal", "SIGTERM") == "SIGTERM", f"it is stopped by {config.get('StopSignal')}")
    names = [variable.split("=")[0] for variable in config["Env"]]
    require(names == ["PATH"], f"variables are set: {names}")


def read_packages(path):
    """The installed packages of a dpkg status file by name: what each needs, as sets of alternatives."""
    packages = {}
    with open(path, encoding="utf-8") as file:
        for paragraph in file.read().strip().split("\n\n"):
            fields = dict(re.findall(r"^([A-Z][\w-]*): (.*)$", paragraph, re.MULTILINE))
            if not fields["Status"].endswith(" installed"):
                continue
            needs = ", ".join(fields[name] for name in ("Depends", "Pre-Depends") if name in fields)
            provides = re.sub(r"\s*\([^)]*\)", "", fields.get("Provides", ""))
            packages[fields["Package"]] = {
                "needs": [{re.sub(r"[:(\s].*", "", word.strip()) for word in need.split("|")}
                          for need in needs.split(",") if need.strip()],
                "provides": {fields["Package"], *filter(None, (name.strip() for name in provides.split(",")))},
            }
    return packages


def needed_by(packages, roots):
    """The names of all that `roots` depend on, themselves included."""
    found, open_names = set(), list(roots)
    while open_names:
        name = open_names.pop()
        if name in found:
            continue
        found.add(name)
        for alternatives in packages[name]["needs"]:
            open_names += [other for other, facts in packages.items() if alternatives & facts["provides"]]
    return found


def check_packages(root, base_root):
    base, all_packages = (read_packages(f"{folder}/var/lib/dpkg/status") for folder in (base_root, root))
    ours = {"inventory-server", "inventoryctl", "ca-certificates"} | {"inventory-server-otlp"} & all_packages.keys()
    require(ours <= set(all_packages), f"of {sorted(ours)} not all are installed")
    more = set(all_packages) - set(base) - needed_by(all_packages, ours & set(all_packages))
    require(not more, f"packages that nothing of ours needs: {sorted(more)}")
    dev = sorted(name for name in all_packages if name.endswith("-dev"))
    require(not dev, f"packages for building: {dev}")
    return len(set(all_packages) - set(base))


def check_linked(root, version):
    """What the programs are linked with is listed, and all of it is there to be loaded."""
    installed = read_packages(f"{root}/var/lib/dpkg/status")
    for name in {"inventory-server", "inventoryctl", "inventory-server-otlp"} & installed.keys():
        with open(f"{root}/usr/share/inventory/sbom/{name}.spdx.json", encoding="utf-8") as file:
            document = json.load(file)
        require(document["name"] == f"{name}-{version}", f"the list of {name} is of {document['name']}")
        names = {package["SPDXID"]: package["name"] for package in document["packages"]}
        loaded = {names[one["relatedSpdxElement"]] for one in document["relationships"]
                  if one["relationshipType"] == "DYNAMIC_LINK"}
        require(loaded and loaded <= set(installed), f"{name} loads what is missing: {sorted(loaded - set(installed))}")


def check_files(root):
    for folder in ("bin", "usr/bin", "usr/local/bin", "usr/sbin"):
        tools = sorted(set(os.listdir(f"{root}/{folder}")) & set(BUILD_TOOLS))
        require(not tools, f"/{folder} has {tools}")
    for folder in ("var/lib/apt/lists", "tmp"):
        require(not os.listdir(f"{root}/{folder}"), f"/{folder} is not empty")
    archives = [name for name in os.listdir(f"{root}/var/cache/apt/archives") if name.endswith(".deb")]
    require(not archives, f"packages are kept: {archives}")
    require(not os.path.exists(f"{root}/src"), "the source is in the image")
    data = os.stat(f"{root}/var/lib/inventory")
    require((data.st_uid, stat.S_IMODE(data.st_mode)) == (10001, 0o750), "the data folder is not the user's alone")


def size_of(root):
    """Bytes of all files, those with several names once."""
    seen, total = set(), 0
    for folder, _, names in os.walk(root):
        for name in names:
            facts = os.lstat(os.path.join(folder, name))
            if (facts.st_dev, facts.st_ino) not in seen:
                seen.add((facts.st_dev, facts.st_ino))
                total += facts.st_size
    return total


def main():
    config_path, root, base, version, revision = sys.argv[1:]
    check_config(read_config(config_path), version, revision)
    added = check_packages(root, base)
    check_linked(root, version)
    check_files(root)
    size, added_size = size_of(root) / 1e6, (size_of(root) - size_of(base)) / 1e6
    require(added_size < MOST_ADDED_MB, f"{added_size:.0f} MB are added to the base")
    print(f"{size:.0f} MB, of which {added_size:.0f} MB in {added} packages are added to the base")
    for problem in problems:
        print(f"wrong: {problem}", file=sys.stderr)
    sys.exit(1 if problems else 0)


if __name__ == "__main__":
    main()
