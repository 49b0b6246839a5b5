"""Licences of Debian packages as SPDX expressions, from their machine-readable copyright files.

https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/ says what these are. Short names that SPDX has under
another name are translated; all others become a LicenseRef with the text of the file.
"""
import re

# Debian's short names, in lower case, where a rule does not give SPDX's.
SPDX_NAMES = {
    "apache-2": "Apache-2.0", "apache-2.0": "Apache-2.0", "artistic": "Artistic-1.0-Perl",
    "artistic-2.0": "Artistic-2.0", "boost-1.0": "BSL-1.0", "bsd-2-clause": "BSD-2-Clause",
    "bsd-3-clause": "BSD-3-Clause", "bsd-4-clause": "BSD-4-Clause", "bsl-1.0": "BSL-1.0", "cc0": "CC0-1.0",
    "cc0-1.0": "CC0-1.0", "curl": "curl", "expat": "MIT", "isc": "ISC", "mit": "MIT", "mpl-1.1": "MPL-1.1",
    "mpl-2.0": "MPL-2.0", "openssl": "OpenSSL", "unlicense": "Unlicense", "zlib": "Zlib",
}
GNU_NAME = re.compile(r"(a?gpl|lgpl|gfdl)-(\d+)(\.\d+)?(\+)?")
EXCEPTIONS = {
    ("GPL-2.0-or-later", "autoconf"): "GPL-2.0-or-later WITH Autoconf-exception-2.0",
    ("GPL-3.0-or-later", "autoconf"): "GPL-3.0-or-later WITH Autoconf-exception-3.0",
    ("GPL-2.0-or-later", "libtool"): "GPL-2.0-or-later WITH Libtool-exception",
    ("GPL-2.0-or-later", "bison"): "GPL-2.0-or-later WITH Bison-exception-2.2",
    ("GPL-3.0-or-later", "bison"): "GPL-3.0-or-later WITH Bison-exception-2.2",
}


def paragraphs_of(text):
    """The paragraphs as dictionaries of fields; None if the file is for people alone."""
    paragraphs = []
    for block in re.split(r"\n\s*\n", text):
        fields, name = {}, None
        for line in block.splitlines():
            field = re.match(r"([A-Za-z][\w-]*):\s*(.*)", line)
            if field:
                name = field[1].lower()
                fields[name] = field[2]
            elif name and line[:1] in " \t":
                fields[name] += "\n" + line.strip()
        paragraphs.append(fields)
    return paragraphs if "format" in paragraphs[0] else None


def spdx_name(short):
    """SPDX's name of one licence, perhaps with an exception; None if it has none."""
    name, _, exception = short.lower().partition(" with ")
    gnu = GNU_NAME.fullmatch(name)
    if gnu:
        found = f"{gnu[1].upper()}-{gnu[2]}{gnu[3] or '.0'}-{'or-later' if gnu[4] else 'only'}"
    else:
        found = SPDX_NAMES.get(name)
    if exception:
        return EXCEPTIONS.get((found, exception.split("-")[0].split(" ")[0]))
    return found


class Licences:
    """Translates, and keeps what SPDX does not know: `extracted` has those by LicenseRef."""

    def __init__(self):
        self.extracted = {}

    def declared(self, source, text):
        """What a copyright file says of all that is not packaging alone; NOASSERTION where only people can tell."""
        paragraphs = paragraphs_of(text)
        if paragraphs is None:
            return "NOASSERTION"
        texts = {}
        for paragraph in paragraphs:
            short, _, body = paragraph.get("license", "").partition("\n")
            if body:
                texts[short.lower()] = body
        terms = set()
        for paragraph in paragraphs:
            files = paragraph.get("files", "").split()
            if files and not all(name.startswith("debian/") for name in files):
                terms |= self._terms(source, paragraph.get("license", "").partition("\n")[0], texts)
        bracketed = [f"({term})" if " OR " in term and len(terms) > 1 else term for term in sorted(terms)]
        return " AND ".join(bracketed) or "NOASSERTION"

    def _terms(self, source, short, texts):
        """What must be kept, all of it, for "A, and B or C": a comma parts more strongly than "or", that than "and"."""
        terms = set()
        for part in filter(None, re.split(r",\s+and\s+", short.strip())):
            choices = [
                [self._one(source, name, texts) for name in filter(None, re.split(r"\s+and\s+|,\s*|\s+&\s+", choice))]
                for choice in filter(None, re.split(r",?\s+or\s+|\s*\|\s*", part))
            ]
            if len(choices) == 1:
                terms |= set(choices[0])
            else:
                terms.add(" OR ".join(f"({' AND '.join(names)})" if len(names) > 1 else names[0] for names in choices))
        return terms

    def _one(self, source, short, texts):
        short = short.strip()
        found = spdx_name(short)
        if found:
            return found
        reference = "LicenseRef-" + re.sub(r"[^A-Za-z0-9.-]+", "-", f"{source}-{short}").strip("-")
        self.extracted[reference] = (short, texts.get(short.lower(), f"{short}: see the copyright file of {source}"))
        return reference
