"""What scripts ask a Prometheus."""
import json
import math
import urllib.error
import urllib.parse
import urllib.request


class Prometheus:
    """Speaks its HTTP API. A query that it does not understand raises ValueError."""

    def __init__(self, url):
        self._url = url

    def _get(self, path, **parameters):
        url = f"{self._url}/api/v1/{path}?{urllib.parse.urlencode(parameters)}"
        try:
            with urllib.request.urlopen(url, timeout=30) as response:
                return json.load(response)["data"]
        except urllib.error.HTTPError as error:
            raise ValueError(json.load(error).get("error", str(error))) from error

    def now(self, expression):
        """[(labels, value)], without what is not a number."""
        result = self._get("query", query=expression)["result"]
        values = [(series["metric"], float(series["value"][1])) for series in result]
        return [(labels, value) for labels, value in values if math.isfinite(value)]

    def over(self, expression, start, end, step):
        """[(labels, [(time, value)])], without what is not a number; times are Unix seconds."""
        result = self._get("query_range", query=expression, start=start, end=end, step=step)["result"]
        found = []
        for series in result:
            points = [(float(time), float(value)) for time, value in series["values"]]
            points = [(time, value) for time, value in points if math.isfinite(value)]
            if points:
                found.append((series["metric"], points))
        return found

    def label_values(self, label, selector):
        """What the label is in the series that are selected."""
        return self._get(f"label/{label}/values", **{"match[]": selector})

    def rules(self):
        """All rules, as dicts: name, type, query, health, lastError, of alerts state and annotations."""
        return [rule for group in self._get("rules")["groups"] for rule in group["rules"]]
