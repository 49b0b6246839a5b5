#!/usr/bin/python3
"""Writes what a program of this build is linked with, as SPDX 2.3 in JSON:

    make.py BUILD_FOLDER PROGRAM NAME VERSION EPOCH >FILE

EPOCH is the time that the document bears. Made from the program itself and from what compiler and linker noted: shared
libraries, those that these need in turn, static ones, and headers whose package has no library among them. All of them
are Debian's packages; a file of none of them is an error.
"""
import datetime
import json
import sys
import uuid

import debian
import program
from licences import Licences

# Where identifiers of documents are made from; nothing need be there.
NAMESPACE = "https://inventory.example.org/spdx/"


def find_links(path, build):
    """What links what how: the package or "" for the program itself, kind, package, and the files' names."""
    loaded = program.loaded_by(path)
    static, headers = program.linked_files(path, build), program.included_files(path, build)
    owners = debian.owners_of([*loaded.values(), *static, *headers])
    unowned = sorted({*loaded.values(), *static, *headers} - set(owners))
    if unowned:
        raise SystemExit(f"of no Debian package: {unowned}")
    links = {}

    def note(user, kind, file, name):
        if user != owners[file]:
            links.setdefault((user, kind, owners[file]), set()).add(name)

    for user, file in [("", path), *((owners[file], file) for file in loaded.values())]:
        for name in program.needed_by(file):
            if name in loaded:
                note(user, "DYNAMIC_LINK", loaded[name], name)
    for file in static:
        note("", "STATIC_LINK", file, file.rpartition("/")[2])
    facts = debian.facts_of(set(owners.values()))
    sources = {facts[package]["source:Package"] for _, _, package in links}
    for file in headers:
        if facts[owners[file]]["source:Package"] not in sources:
            note("", "STATIC_LINK", file, "headers")
    return links, facts


def identifier(package):
    return "SPDXRef-Package-" + package.replace("+", "-plus-").replace("_", "-")


def describe(facts, licences, release):
    """The SPDX package of a Debian package."""
    name, source = facts["Package"], facts["source:Package"]
    # As the specification of package URLs has it: "+" and the epoch's ":" are escaped.
    escaped = facts["Version"].replace("+", "%2B").replace(":", "%3A")
    url = f"pkg:deb/debian/{name.replace('+', '%2B')}@{escaped}?arch={facts['Architecture']}&distro={release}"
    package = {
        "SPDXID": identifier(name),
        "name": name,
        "versionInfo": facts["Version"],
        "supplier": "Organization: Debian",
        "downloadLocation": "NOASSERTION",
        "filesAnalyzed": False,
        "sourceInfo": f"built from Debian's source package {source} {facts['source:Version']}",
        "licenseConcluded": "NOASSERTION",
        "licenseDeclared": licences.declared(source, debian.copyright_of(name)),
        "copyrightText": "NOASSERTION",
        "externalRefs": [
            {"referenceCategory": "PACKAGE-MANAGER", "referenceType": "purl", "referenceLocator": url}
        ],
        "primaryPackagePurpose": "LIBRARY",
    }
    if facts["Homepage"]:
        package["homepage"] = facts["Homepage"]
    return package


def describe_program(name, version):
    return {
        "SPDXID": identifier(name),
        "name": name,
        "versionInfo": version,
        "supplier": "Organization: Inventory maintainers",
        "downloadLocation": "NOASSERTION",
        "filesAnalyzed": False,
        "licenseConcluded": "Apache-2.0",
        "licenseDeclared": "Apache-2.0",
        "copyrightText": "Copyright 2026 The authors of Inventory",
        "primaryPackagePurpose": "APPLICATION",
    }


def relationships(name, links):
    related = [{"spdxElementId": "SPDXRef-DOCUMENT", "relationshipType": "DESCRIBES",
                "relatedSpdxElement": identifier(name)}]
    for (user, kind, package), files in sorted(links.items()):
        related.append({"spdxElementId": identifier(user or name), "relationshipType": kind,
                        "relatedSpdxElement": identifier(package), "comment": ", ".join(sorted(files))})
    return related


def make_document(name, version, epoch, links, facts):
    licences, release = Licences(), debian.release()
    used = sorted({package for _, _, package in links})
    packages = [describe_program(name, version), *(describe(facts[package], licences, release) for package in used)]
    created = datetime.datetime.fromtimestamp(epoch, datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
    document = {
        "spdxVersion": "SPDX-2.3",
        "dataLicense": "CC0-1.0",
        "SPDXID": "SPDXRef-DOCUMENT",
        "name": f"{name}-{version}",
        "creationInfo": {"created": created, "creators": ["Organization: Inventory maintainers",
                                                          f"Tool: inventory-sbom-{version}"]},
        "packages": packages,
        "relationships": relationships(name, links),
    }
    if licences.extracted:
        document["hasExtractedLicensingInfos"] = [
            {"licenseId": reference, "name": short, "extractedText": text}
            for reference, (short, text) in sorted(licences.extracted.items())
        ]
    # The same content has the same name, and no other has.
    unique = uuid.uuid5(uuid.NAMESPACE_URL, json.dumps(document, sort_keys=True))
    return {**document, "documentNamespace": f"{NAMESPACE}{name}-{version}-{unique}"}


def main():
    build, path, name, version, epoch = sys.argv[1:]
    links, facts = find_links(path, build)
    json.dump(make_document(name, version, int(epoch), links, facts), sys.stdout, indent=1)
    print()


if __name__ == "__main__":
    main()
