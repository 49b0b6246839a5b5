#!/usr/bin/python3
"""Compares a document of what a program is linked with with the program, by other means than made it:

    sbom_check.py DOCUMENT PROGRAM NAME VERSION

Every shared library that the loader takes must be there with the package that has it, in its installed version; so must
what is known to be compiled in. Prints how many there are; ends with 1 and all that is missing.
"""
import json
import re
import subprocess
import sys

# Of all that is compiled into each program: templates of these, and what the C library puts before main().
COMPILED_IN = {
    "inventory-server": ["libcli11-dev", "nlohmann-json3-dev", "libc6-dev"],
    "inventoryctl": ["libcli11-dev", "nlohmann-json3-dev", "libc6-dev"],
    "inventory-server-otlp": ["libc6-dev"],
}

problems = []


def require(right, problem):
    if not right:
        problems.append(problem)


def output(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def owners_of(paths):
    """The packages of files, by their names without folders, which packages may know as in /usr or not."""
    names = [name for path in paths for name in (path, "/usr" + path, path.removeprefix("/usr"))]
    found = subprocess.run(["dpkg", "-S", *names], check=False, capture_output=True, text=True).stdout
    return {line.rpartition("/")[2]: line.split(":")[0] for line in found.splitlines()}


def check_fields(document, name, version):
    require(document["spdxVersion"] == "SPDX-2.3" and document["dataLicense"] == "CC0-1.0", "it is no SPDX 2.3")
    require(document["name"] == f"{name}-{version}", f"its name is {document['name']}")
    require(re.fullmatch(r"https://\S+[0-9a-f]{12}", document["documentNamespace"]), "its namespace is not unique")
    ids = [package["SPDXID"] for package in document["packages"]]
    require(len(ids) == len(set(ids)), "identifiers are given twice")
    related = {end for one in document["relationships"] for end in (one["spdxElementId"], one["relatedSpdxElement"])}
    require(related == {"SPDXRef-DOCUMENT", *ids}, f"not related, or unknown: {related ^ {'SPDXRef-DOCUMENT', *ids}}")
    own = document["packages"][0]
    facts = (own["name"], own["versionInfo"], own["licenseDeclared"])
    require(facts == (name, version, "Apache-2.0"), f"it is of another program: {facts}")


def check_libraries(document, program):
    """Returns the number of libraries. The program names those that it needs itself."""
    names = {package["SPDXID"]: package["name"] for package in document["packages"]}
    linked = {names[one["relatedSpdxElement"]] for one in document["relationships"]
              if one["relationshipType"] == "DYNAMIC_LINK"}
    own = {library for one in document["relationships"]
           if one["relationshipType"] == "DYNAMIC_LINK" and one["spdxElementId"] == document["packages"][0]["SPDXID"]
           for library in one["comment"].split(", ")}
    # The loader is no library of the list, but of the same package as the C library.
    needed = set(re.findall(r"NEEDED +(?!ld-)(\S+)", output("objdump", "-p", program)))
    require(own == needed, f"the program itself needs others: {own ^ needed}")
    loaded = dict(re.findall(r"^\s*(\S+) => (/\S+)", output("ldd", program), re.MULTILINE))
    owners = owners_of(loaded.values())
    for library, path in loaded.items():
        owner = owners.get(path.rpartition("/")[2])
        require(owner in linked, f"{library} of {owner} is missing")
    return len(loaded)


def check_packages(document, name):
    listed = [package["name"] for package in document["packages"][1:]]
    shown = output("dpkg-query", "--show", "--showformat=${Package} ${Version}\n", *listed)
    installed = dict(line.split(" ") for line in shown.splitlines())
    for package in document["packages"][1:]:
        version = installed.get(package["name"])
        require(package["versionInfo"] == version, f"{package['name']} is {version}, not {package['versionInfo']}")
        url = package["externalRefs"][0]["referenceLocator"]
        form = r"pkg:deb/debian/[^@]+@[^?+:]+\?arch=\w+&distro=\S+"
        require(re.fullmatch(form, url), f"this is no package URL: {url}")
    names = {package["SPDXID"]: package["name"] for package in document["packages"]}
    static = {names[one["relatedSpdxElement"]] for one in document["relationships"]
              if one["relationshipType"] == "STATIC_LINK"}
    missing = set(COMPILED_IN[name]) - static
    require(not missing, f"compiled in, and missing: {missing}")
    known = [package for package in document["packages"] if package["licenseDeclared"] != "NOASSERTION"]
    require(len(known) > len(document["packages"]) / 2, "most licences are not known")


def main():
    path, program, name, version = sys.argv[1:]
    with open(path, encoding="utf-8") as file:
        document = json.load(file)
    check_fields(document, name, version)
    libraries = check_libraries(document, program)
    check_packages(document, name)
    print(f"{name}: {libraries} shared libraries, {len(document['packages']) - 1} packages")
    for problem in problems:
        print(f"wrong: {problem}", file=sys.stderr)
    sys.exit(1 if problems else 0)


if __name__ == "__main__":
    main()
