"""What tests need to know of a Markdown file: its headings and their anchors, links, code spans and code blocks."""
import pathlib
import re
import sys

_FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.M | re.S)
# It may go on in the next line, but not in the next paragraph.
_SPAN = re.compile(r"`((?:[^`\n]|\n(?!\n))+)`")


def anchor(heading):
    """The anchor that GitHub gives a heading."""
    words = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading).lower()
    return re.sub(r"[^\w\- ]", "", words).replace(" ", "-")


class Markdown:
    def __init__(self, path):
        self.path = path
        self.text = path.read_text()
        # Fences become empty lines, so that what looks like a heading or a link in them is none.
        self.prose = _FENCE.sub(lambda match: "\n" * match[0].count("\n"), self.text)

    def headings(self, level=None):
        """The headings, all or those of one level, in order."""
        found = re.findall(r"^(#+) (.*)$", self.prose, re.M)
        return [heading for marks, heading in found if level in (None, len(marks))]

    def anchors(self):
        """Of all headings; the second of one name gets -1 appended, and so on."""
        seen, anchors = {}, set()
        for heading in self.headings():
            name = anchor(heading)
            number = seen.get(name, 0)
            seen[name] = number + 1
            anchors.add(f"{name}-{number}" if number else name)
        return anchors

    def links(self):
        """What is linked to, images included; nothing that stands in code."""
        return re.findall(r"\]\(([^)\s]+)\)", _SPAN.sub("", self.prose))

    def section(self, heading):
        """What stands under a heading, with its sub-sections."""
        lines = self.text.splitlines(keepends=True)
        prose = self.prose.splitlines()
        begin = next(i for i, line in enumerate(prose) if re.fullmatch(rf"#+ {re.escape(heading)}", line))
        level = prose[begin].index(" ")
        end = next((i for i in range(begin + 1, len(prose)) if re.match(rf"#{{1,{level}}} ", prose[i])), len(prose))
        return "".join(lines[begin + 1:end])


def blocks(text):
    """The code blocks of a text as (language, content)."""
    return _FENCE.findall(text)


def spans(text):
    """The code spans of a text, and the lines of its code blocks."""
    lines = [line for _, content in blocks(text) for line in content.splitlines()]
    return lines + [re.sub(r"\s+", " ", span) for span in _SPAN.findall(_FENCE.sub("", text))]


if __name__ == "__main__":
    # The first block of a kind in a section: markdown.py FILE HEADING KIND [NUMBER, from 0]
    file, name, wanted, *number = sys.argv[1:]
    contents = [content for kind, content in blocks(Markdown(pathlib.Path(file)).section(name)) if kind == wanted]
    print(contents[int(number[0]) if number else 0], end="")
