"""JSON that people can read and compare."""
import json


def dump(node, indent=""):
    """JSON text with a line for each thing that fits into one."""
    line = json.dumps(node)
    if len(indent) + len(line) <= 118 or not isinstance(node, dict):
        return line
    deeper = indent + "  "
    parts = (f"{deeper}{json.dumps(name)}: {dump(value, deeper)}" for name, value in node.items())
    return "{\n" + ",\n".join(parts) + f"\n{indent}}}"
