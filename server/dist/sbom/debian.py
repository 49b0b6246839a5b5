"""Which Debian package a file is of, and what is known of it."""
import os
import subprocess

FIELDS = ("Package", "Version", "Architecture", "source:Package", "source:Version", "Homepage")


def run(*command, **options):
    return subprocess.run(command, check=True, capture_output=True, text=True, **options).stdout


def owners_of(paths):
    """The packages of files, by path; files that are of none are left out. /lib and /usr/lib are the same folder, and
    packages name either."""
    asked = {}
    for path in paths:
        asked[path] = path
        asked[path.removeprefix("/usr") if path.startswith("/usr/lib") else "/usr" + path] = path
    found = subprocess.run(["xargs", "--delimiter=\n", "dpkg-query", "--search"], input="\n".join(asked), check=False,
                           capture_output=True, text=True).stdout
    owners = {}
    for line in found.splitlines():
        names, _, path = line.partition(": ")
        if path in asked:
            owners[asked[path]] = names.split(",")[0].split(":")[0]
    return owners


def facts_of(packages):
    """The FIELDS of packages, by name."""
    form = "\\t".join(f"${{{field}}}" for field in FIELDS) + "\\n"
    shown = run("dpkg-query", "--show", f"--showformat={form}", *sorted(packages))
    rows = (line.split("\t") for line in shown.splitlines())
    return {row[0]: dict(zip(FIELDS, row)) for row in rows}


def copyright_of(package):
    """The text of its copyright file; empty if the system has none."""
    path = f"/usr/share/doc/{package}/copyright"
    if not os.path.exists(path):
        return ""
    with open(path, encoding="utf-8", errors="replace") as file:
        return file.read()


def release():
    """"debian-12", as package URLs name it."""
    with open("/etc/os-release", encoding="utf-8") as file:
        facts = dict(line.rstrip("\n").split("=", 1) for line in file if "=" in line)
    return f"{facts['ID']}-{facts.get('VERSION_ID', '')}".replace('"', "")
