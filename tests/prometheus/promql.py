"""What can be said of PromQL without a parser of it."""
import re

_OPENING, _CLOSING = "({[", ")}]"


def _tops(expression):
    """(place, depth) of each character that is not within quotes; depth counts parentheses, braces and brackets."""
    depth = 0
    quoted = False
    for place, character in enumerate(expression):
        if character == '"':
            quoted = not quoted
        if quoted:
            continue
        depth += (character in _OPENING) - (character in _CLOSING)
        yield place, depth


def _encloses(expression):
    """Whether the first parenthesis of the expression ends with its last character."""
    if not expression.startswith("("):
        return False
    return next(place for place, depth in _tops(expression) if depth == 0) == len(expression) - 1


def _at_top(pattern, expression):
    top = {place for place, depth in _tops(expression) if depth == 0}
    return [match for match in re.finditer(pattern, expression) if match.start() in top]


def measured(expression):
    """What an alert measures: each operand of its and, or and unless, the sides of a comparison that hold a metric of
    ours, and of absent() what is to be there. Unlike the alert itself, each of these has a value while all is well."""
    expression = expression.strip()
    if _encloses(expression):
        return measured(expression[1:-1])
    operators = _at_top(r"\b(and|or|unless)\b(\s*(on|ignoring)\s*\([^)]*\))?", expression)
    if operators:
        starts = [0] + [operator.end() for operator in operators]
        ends = [operator.start() for operator in operators] + [len(expression)]
        return [part for start, end in zip(starts, ends) for part in measured(expression[start:end])]
    comparisons = _at_top(r"[=!<>]=|[<>]", expression)
    if comparisons:
        sides = [expression[: comparisons[0].start()], expression[comparisons[0].end():]]
        return [part for side in sides if selectors(side) for part in measured(side)]
    absent = re.fullmatch(r"absent\((.*)\)", expression, re.DOTALL)
    return [absent.group(1) if absent else expression]


def selectors(expression):
    """(metric, its braces with what is in them or nothing) for each of our metrics that the expression selects."""
    return re.findall(r'\b((?:inventory[_:]|process_)[a-z0-9_:]+|up|ALERTS)\b(\{(?:[^}"]|"[^"]*")*\})?', expression)
