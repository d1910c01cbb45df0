"""A picture of the path from an alarm, an event or a hand to the responders."""

from dataclasses import dataclass
from html import escape

_WIDTH, _HEIGHT = 960, 400
_STYLE = """
    text { font-family: -apple-system, 'Segoe UI', Helvetica, Arial, sans-serif; }
    .name { font-size: 15px; font-weight: 600; }
    .more { font-size: 12px; }
    .label { font-size: 12px; fill: #59636e; }
    .line { stroke: #818b98; stroke-width: 1.6; fill: none; }
    .head { fill: #818b98; }
    .source { fill: #ddf4ff; stroke: #54aeff; }
    .starter { fill: #fff1e5; stroke: #fb8f44; }
    .service { fill: #dafbe1; stroke: #4ac26b; }
    .failure { fill: #ffebe9; stroke: #ff8182; }
    .box text { fill: #1f2328; }
    .box .more { fill: #424a53; }
    @media (prefers-color-scheme: dark) {
      .label { fill: #9198a1; }
      .source { fill: #0c2d6b; stroke: #388bfd; }
      .starter { fill: #4d2a0c; stroke: #f0883e; }
      .service { fill: #033a16; stroke: #3fb950; }
      .failure { fill: #5b1216; stroke: #ff7b72; }
      .box text { fill: #f0f6fc; }
      .box .more { fill: #d1d9e0; }
    }
"""

_ARROW_HEAD = """  <defs>
    <marker id="head" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="7" markerHeight="7" orient="auto">
      <path class="head" d="M0 0 L10 5 L0 10 z"/>
    </marker>
  </defs>
"""


@dataclass(frozen=True)
class _Box:
    """A rounded box with a name and some lines under it."""

    kind: str
    left: int
    top: int
    width: int
    height: int
    name: str
    lines: tuple[str, ...]

    @property
    def right(self) -> int:
        return self.left + self.width

    @property
    def middle(self) -> int:
        return self.top + self.height // 2

    @property
    def centre(self) -> int:
        return self.left + self.width // 2

    def svg(self) -> str:
        first = self.middle - 8 * len(self.lines) + 5
        lines = [_text("name", self.centre, first, self.name)]
        lines += [
            _text("more", self.centre, first + 20 + 17 * number, line)
            for number, line in enumerate(self.lines)
        ]
        body = "\n      ".join(lines)
        place = f'x="{self.left}" y="{self.top}" width="{self.width}" height="{self.height}"'
        return f'<g class="box">\n      <rect class="{self.kind}" {place} rx="8"/>\n      {body}\n    </g>'


_SOURCES = (
    _Box("source", 12, 30, 208, 64, "CloudWatch alarm", ("metric, math, composite, log",)),
    _Box("source", 12, 110, 208, 64, "EventBridge rule", ("any event",)),
    _Box("source", 12, 190, 208, 64, "SNS topic", ("alarms that notify it",)),
    _Box("source", 12, 270, 208, 64, "By hand", ("aws lambda invoke",)),
)
_CARRIES = (
    "trailers in its description",
    "its input template",
    "its subscription",
    "the whole request",
)
_STARTER = _Box(
    "starter",
    420,
    96,
    196,
    172,
    "The starter's Lambda",
    (
        "the starter's defaults",
        "+ what the trigger carries",
        "+ links it derives itself",
        "= one request, one token",
    ),
)
_SERVICE = _Box(
    "service", 738, 60, 210, 84, "Incident Manager", ("response plan, impact,", "title, related items")
)
_PEOPLE = _Box("service", 738, 220, 210, 84, "Responders", ("contacts, chat channel,", "runbook"))
_FAILURES = _Box("failure", 420, 326, 196, 56, "Failure queue", ("the event, whole",))


def draw_path() -> str:
    """Return the picture as SVG, readable on light and dark pages, with the reader's own fonts."""
    spread = len(_SOURCES) + 1
    parts = []
    for number, (source, carried) in enumerate(zip(_SOURCES, _CARRIES, strict=True), 1):
        arrives = _STARTER.top + _STARTER.height * number // spread
        parts.append(_arrow(_curve(source.right, source.middle, _STARTER.left, arrives)))
        beside = source.middle + (-9 if arrives > source.middle else 19)
        parts.append(_text("label", source.right + 10, beside, carried, anchor="start"))
    upper = _STARTER.middle - 40
    parts.append(_arrow(_curve(_STARTER.right, upper, _SERVICE.left, _SERVICE.middle)))
    parts.append(
        _text("label", (_STARTER.right + _SERVICE.left) // 2 - 6, _SERVICE.middle - 9, "StartIncident")
    )
    parts.append(_arrow(f"M{_SERVICE.centre} {_SERVICE.top + _SERVICE.height} V{_PEOPLE.top}"))
    parts.append(_text("label", _SERVICE.centre + 12, 186, "engages", anchor="start"))
    parts.append(_arrow(f"M{_STARTER.centre} {_STARTER.top + _STARTER.height} V{_FAILURES.top}", dashed=True))
    parts.append(_text("label", _STARTER.centre + 12, 301, "after the last retry", anchor="start"))
    parts += [box.svg() for box in (*_SOURCES, _STARTER, _SERVICE, _PEOPLE, _FAILURES)]
    title = "Alarms, events, topics and hands reach one Lambda, which starts an incident"
    body = "\n    ".join(parts)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img">\n'
        f"  <title>{title}</title>\n  <style>{_STYLE}  </style>\n"
        f"{_ARROW_HEAD}"
        f"  <g>\n    {body}\n  </g>\n</svg>\n"
    )


def _text(kind: str, x: int, y: int, text: str, anchor: str = "middle") -> str:
    return f'<text class="{kind}" x="{x}" y="{y}" text-anchor="{anchor}">{escape(text)}</text>'


def _curve(left: int, from_height: int, right: int, to_height: int) -> str:
    bend = (left + right) // 2
    return f"M{left} {from_height} C{bend} {from_height} {bend} {to_height} {right} {to_height}"


def _arrow(path: str, *, dashed: bool = False) -> str:
    dashes = ' stroke-dasharray="5 4"' if dashed else ""
    return f'<path class="line" d="{path}" marker-end="url(#head)"{dashes}/>'
