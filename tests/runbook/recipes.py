"""Runs the recipes of a runbook and compares what they print with what it shows:

    recipes.py RUNBOOK ADDRESS

Method: each recipe's code runs in a shell of its own after the block that stands before the first recipe, with ADDRESS
in place of the runbook's address. It must end as the runbook says: with an error only where `# is refused` stands
there. White space does not count, and `[...]` stands for anything. A recipe that "changes nothing" must leave all
tables but the server's own as they were, and one that changes something must not: the database is asked, by its socket
in the folder `data`.
"""
import pathlib
import re
import subprocess
import sys
import time

from markdown import Markdown, blocks

SECTION = "Recipes for grpcurl"
# What the server writes for itself, whatever is asked.
INTERNAL = ("event_chunk", "event_feed", "event_horizon", "heartbeat", "request_record")
# Low-stock events that are being carried out, SKUs whose backorders or holds have to be looked at, and changes of
# settings that have to be followed.
UNDONE = ("SELECT 1 FROM low_stock_event WHERE state = 1",
          "SELECT 1 FROM item WHERE fill_pending OR next_hold_expiry < UTC_TIMESTAMP(6)",
          "SELECT 1 FROM configuration WHERE followed_version < version")
FEWEST = 20


def sql(statement):
    return subprocess.run(
        ["mariadb", "--no-defaults", "--socket=data/database.sock", "--user=root", "--batch", "--skip-column-names",
         "--execute", statement, "inventory"], check=True, capture_output=True, text=True, timeout=30).stdout


def state():
    """Tables with their checksums, once nothing is left to do in the background."""
    patience = time.monotonic() + 60
    while any(sql(rest) for rest in UNDONE) and time.monotonic() < patience:
        time.sleep(0.05)
    tables = [table for table in sql("SHOW TABLES").split() if table not in INTERNAL]
    return {tuple(line.split("\t")) for line in sql("CHECKSUM TABLE " + ", ".join(tables)).splitlines()}


def squeeze(text):
    return re.sub(r"\s+", "", text)


def matches(printed, shown):
    pattern = ".*".join(re.escape(squeeze(part)) for part in shown.split("[...]"))
    return re.fullmatch(pattern, squeeze(printed), re.S) is not None


def run(set_up, code):
    """What the code printed, and whether it failed."""
    ended = subprocess.run(["bash", "-c", set_up + code], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                           timeout=60)
    return ended.stdout, ended.returncode != 0


def try_recipe(text, set_up):
    """What is wrong with the recipe; nothing if it does what it says."""
    kinds = [kind for kind, _ in blocks(text)]
    if kinds not in (["sh", "json"], ["sh", "text"]):
        return f"a recipe is a block of sh and one of json or text, this has {kinds}"
    said = re.match(r"\s*Changes (nothing)?", text)
    if not said:
        return "it does not begin with what it changes"
    code, shown = (content for _, content in blocks(text))
    before = state()
    printed, failed = run(set_up, code)
    if failed != ("# is refused" in code):
        return ("fails" if failed else "is not refused") + ":\n" + printed
    if not matches(printed, shown):
        return "prints something else:\n" + printed
    changed = before ^ state()
    if bool(changed) == bool(said[1]):
        return "changes " + (", ".join(sorted({table for table, _ in changed})) or "nothing")
    return None


def main():
    runbook = Markdown(pathlib.Path(sys.argv[1]))
    section = runbook.section(SECTION)
    head, *recipes = re.split(r"^### (.*)\n", section, flags=re.M)
    recipes = list(zip(recipes[::2], recipes[1::2]))
    kind, set_up = blocks(head)[0]
    set_up, replaced = re.subn(r"^ADDRESS=.*$", f"ADDRESS={sys.argv[2]}", set_up, flags=re.M)
    assert kind == "sh" and replaced == 1, "the first block of the section does not set ADDRESS"
    assert len(recipes) >= FEWEST, f"only {len(recipes)} recipes"
    wrong = 0
    for number, (heading, text) in enumerate(recipes, 1):
        numbered = heading.startswith(f"{number}. ")
        problem = try_recipe(text, set_up) if numbered else "it has another number"
        if problem:
            wrong += 1
            print(f"FAILED: {heading}: {problem}", file=sys.stderr)
    print(f"{len(recipes)} recipes, {wrong} wrong")
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
