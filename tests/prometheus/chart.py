"""Panels of lines over time as one SVG."""
import dataclasses
import math
from xml.sax.saxutils import escape

# (light, dark), told apart with any of the usual kinds of colour blindness.
SERIES_COLORS = [("#0a62c9", "#6cb0ff"), ("#d9660a", "#ff9d52"), ("#12836b", "#45cba3"), ("#8a4fb0", "#c996f0"),
                 ("#6a7482", "#a9b3c1")]
MOST_SERIES = len(SERIES_COLORS)
COLORS = {"paper": ("#ffffff", "#161b22"), "ink": ("#1b2330", "#e6eaf0"), "faint": ("#5b6675", "#9aa5b4"),
          "grid": ("#e5e9ef", "#2b323c")}

FONTS = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif"

COLUMNS = 2
PANEL_WIDTH, PANEL_HEIGHT = 450, 210
MARGIN = 14
# Around the lines of a panel.
LEFT, RIGHT, TOP, BOTTOM = 62, 16, 58, 30


@dataclasses.dataclass
class Series:
    name: str
    points: list  # (seconds from the beginning, value)
    limit: bool  # Drawn as what others must stay below.


@dataclasses.dataclass
class Panel:
    title: str
    unit: str
    stacked: bool
    series: list  # The largest first, limits last.
    most: float | None = None  # Where the axis ends; None: by the values.


def style():
    """The colours of a light page, and those of a dark one where that is wished for."""
    def rules(shade):
        text = [f".{name}{{fill:{colors[shade]}}}" for name, colors in COLORS.items()]
        text += [f".line-{name}{{stroke:{COLORS[name][shade]}}}" for name in ("grid", "faint")]
        for index, colors in enumerate(SERIES_COLORS):
            text.append(f".s{index}{{stroke:{colors[shade]}}}.f{index}{{fill:{colors[shade]}}}")
        return "".join(text)
    return f"<style>{rules(0)}@media (prefers-color-scheme: dark){{{rules(1)}}}</style>"


def shown(value, unit):
    """A value as people read it."""
    if value == 0:
        return "0"
    if unit == "s":
        return f"{value * 1000:.3g} ms" if value < 1 else f"{value:.3g} s"
    if unit == "percentunit":
        return f"{value * 100:.3g} %"
    if unit == "bytes":
        return f"{value / 2**20:.3g} MiB"
    number = f"{value:,.0f}" if value >= 100 else f"{value:.3g}"
    return number + {"reqps": "/s", "ops": "/s"}.get(unit, "")


def ticks(most, unit):
    """Round values from 0 to `most` or above."""
    if most <= 0:
        most = 1
    scale = 2**20 if unit == "bytes" else 1
    rough = most / scale / 3
    power = 10 ** math.floor(math.log10(rough))
    step = next(step for step in (power, 2 * power, 2.5 * power, 5 * power, 10 * power) if step >= rough * 0.999)
    return [index * step * scale for index in range(math.ceil(most / scale / step * 0.999) + 1)]


def text(x, y, content, kind, size=12, anchor="start", bold=False):
    weight = ' font-weight="600"' if bold else ""
    return f'<text class="{kind}" x="{x:.1f}" y="{y:.1f}" font-size="{size}" text-anchor="{anchor}"{weight}>' \
           f"{escape(content)}</text>"


def level(y, x1, x2, kind):
    return f'<line class="line-{kind}" x1="{x1:.1f}" x2="{x2:.1f}" y1="{y:.1f}" y2="{y:.1f}"/>'


def stacked_on(series):
    """The points of each series on top of those before it, as (series, lower, upper)."""
    times = sorted({time for one in series for time, _ in one.points})
    below = {time: 0.0 for time in times}
    layers = []
    for one in series:
        values = dict(one.points)
        upper = {time: below[time] + values.get(time, 0.0) for time in times}
        layers.append((one, [(time, below[time]) for time in times], [(time, upper[time]) for time in times]))
        below = upper
    return layers


class Drawing:
    """One panel at its place."""

    def __init__(self, panel, x, y, seconds):
        self._panel = panel
        self._x, self._y = x, y
        self._left, self._right = x + LEFT, x + PANEL_WIDTH - RIGHT
        self._top, self._bottom = y + TOP, y + PANEL_HEIGHT - BOTTOM
        self._seconds = seconds
        if panel.stacked:
            self._layers = stacked_on(panel.series)
        else:
            self._layers = [(one, None, one.points) for one in panel.series]
        highest = max(value for _, _, upper in self._layers for _, value in upper)
        self._ticks = ticks(panel.most or highest, panel.unit)

    def _at(self, point):
        time, value = point
        x = self._left + (self._right - self._left) * time / self._seconds
        return f"{x:.1f},{self._bottom - (self._bottom - self._top) * value / self._ticks[-1]:.1f}"

    def _axes(self):
        parts = [text(self._x + 14, self._y + 24, self._panel.title, "ink", 14, bold=True)]
        for tick in self._ticks:
            y = self._bottom - (self._bottom - self._top) * tick / self._ticks[-1]
            parts.append(level(y, self._left, self._right, "grid" if tick else "faint"))
            parts.append(text(self._left - 7, y + 4, shown(tick, self._panel.unit), "faint", 11, "end"))
        for minute in range(int(self._seconds // 60) + 1):
            x = self._left + (self._right - self._left) * minute * 60 / self._seconds
            parts.append(text(x, self._bottom + 17, f"{minute} min" if minute else "0", "faint", 11, "middle"))
        return parts

    def _legend(self):
        parts = []
        x = self._x + 14
        for index, (series, _, _) in enumerate(self._layers):
            kind = "faint" if series.limit else f"f{index}"
            height = 2 if series.limit else 10
            parts.append(f'<rect class="{kind}" x="{x:.1f}" y="{self._y + 40 - height / 2:.1f}" width="10" '
                         f'height="{height}" rx="1.5"/>')
            parts.append(text(x + 14, self._y + 44, series.name, "faint", 11.5))
            x += 14 + 6.6 * len(series.name) + 16
        return parts

    def _lines(self):
        parts = []
        # The one that matters most lies on top.
        for index, (series, lower, upper) in reversed(list(enumerate(self._layers))):
            corners = " ".join(self._at(point) for point in upper)
            if lower is not None:
                floor = " ".join(self._at(point) for point in reversed(lower))
                parts.append(f'<polygon class="f{index}" fill-opacity="0.3" points="{corners} {floor}"/>')
            kind = 'class="line-faint" stroke-dasharray="5 4"' if series.limit else f'class="s{index}"'
            parts.append(f'<polyline {kind} fill="none" stroke-width="1.8" stroke-linejoin="round" '
                         f'points="{corners}"/>')
        return parts

    def draw(self):
        return self._axes() + self._lines() + self._legend()


def draw(title, panels, seconds):
    """All panels, in rows of COLUMNS."""
    rows = math.ceil(len(panels) / COLUMNS)
    width = 2 * MARGIN + COLUMNS * PANEL_WIDTH
    height = 2 * MARGIN + rows * PANEL_HEIGHT
    parts = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" '
             f'height="{height}" role="img" font-family="{FONTS}">',
             f"<title>{escape(title)}</title>", style(),
             f'<rect class="paper line-grid" x="0.5" y="0.5" width="{width - 1}" height="{height - 1}" rx="10"/>']
    for index, panel in enumerate(panels):
        x = MARGIN + index % COLUMNS * PANEL_WIDTH
        y = MARGIN + index // COLUMNS * PANEL_HEIGHT
        parts += Drawing(panel, x, y, seconds).draw()
    return "\n".join(parts + ["</svg>", ""])
