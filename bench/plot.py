#!/usr/bin/env python3
"""Draws what bench/compare.py has measured: processor time per request, each gateway's beside HAProxy's.

  python3 bench/plot.py bench/results/TIME.json docs/cpu-per-request.svg

Only ratios are drawn, taken within each round: a machine's own speed is not in the picture.
"""

import json
import math
import pathlib
import statistics
import sys
from xml.sax.saxutils import escape

LOADS = (64, 256)                     # connections
BESIDE = "haproxy"
WIDTH, LABELS, RIGHT = 760, 190, 70   # of the picture, of the names on the left, and what stays free on the right
TOP, BAR, GAP, GROUP = 84, 22, 7, 40  # above the bars; a bar's height, what is between two; above a group of bars
FONT = "font-family=\"system-ui, -apple-system, 'Segoe UI', 'DejaVu Sans', sans-serif\""
INK, FAINT, GRID = "#1f2933", "#616e7c", "#e4e7eb"


def series(loops):
    """What is drawn, from top to bottom: gateway, name, colour. A loop that did not serve is not drawn twice."""
    uring = loops.get("ferroway") == "io_uring"
    yield "relay", f"Byte relay on {loops.get('relay')}", "#b8c2cc"
    if uring:
        yield "ferroway", "Ferroway on io_uring", "#0f766e"
    yield ("ferroway-epoll" if uring or "ferroway-epoll" in loops else "ferroway"), "Ferroway on epoll", "#4fb3a6"
    yield "haproxy", "HAProxy", "#52606d"
    yield "nginx", "nginx", "#7b8794"


def ratio(rounds, name, connections):
    """The median over the rounds of CPU per request, divided by HAProxy's."""
    figure = f"CPU us/request, {connections} connections"
    return statistics.median(one[name][figure] / one[BESIDE][figure] for one in rounds)


def text(x, y, words, size=13, colour=INK, anchor="start", weight="normal"):
    return (f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size}" fill="{colour}" text-anchor="{anchor}" '
            f'font-weight="{weight}">{escape(words)}</text>')


def draw(rounds, loops):
    """The picture, as SVG. Needs CPU per request of HAProxy and of at least one other."""
    figure = f"CPU us/request, {LOADS[0]} connections"
    if figure not in rounds[0].get(BESIDE, {}):
        raise SystemExit("plot: HAProxy's CPU per request is not in these results")
    drawn = [one for one in series(loops) if figure in rounds[0].get(one[0], {})]
    values = {(name, load): ratio(rounds, name, load) for name, _, _ in drawn for load in LOADS}
    longest = math.ceil(max(values.values()) * 4) / 4
    unit = (WIDTH - LABELS - RIGHT) / longest
    bottom = TOP + len(LOADS) * (GROUP + len(drawn) * (BAR + GAP))
    height = bottom + 62
    title = "Processor time per request"
    runs = f"median of {len(rounds)} interleaved rounds" if len(rounds) > 1 else "one round"
    parts = [f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}" '
             f'viewBox="0 0 {WIDTH} {height}" role="img" aria-label="{title}, beside HAProxy" {FONT}>',
             f'<rect x="0.5" y="0.5" width="{WIDTH - 1}" height="{height - 1}" rx="10" fill="#ffffff" '
             f'stroke="{GRID}"/>',
             text(24, 36, title, 19, weight="bold"),
             text(24, 60, f"128-byte answers on kept connections, one worker that fills its core; {runs}", 13, FAINT)]
    for quarter in range(int(longest * 4) + 1):
        x = LABELS + quarter / 4 * unit
        parts.append(f'<line x1="{x:.1f}" y1="{TOP}" x2="{x:.1f}" y2="{bottom}" stroke="{GRID}"/>')
        parts.append(text(x, bottom + 18, f"{quarter / 4:g}", 12, FAINT, "middle"))
    parts.append(text(LABELS + longest / 2 * unit, bottom + 42,
                      "CPU time of one request, HAProxy = 1 (lower is better)", 13, FAINT, "middle"))
    y = TOP
    for load in LOADS:
        parts.append(text(24, y + 26, f"{load} connections", 14, weight="bold"))
        y += GROUP
        for name, label, colour in drawn:
            length, middle = values[name, load] * unit, y + BAR / 2 + 4.5
            parts.append(text(LABELS - 10, middle, label, 13, anchor="end"))
            parts.append(f'<rect x="{LABELS}" y="{y}" width="{length:.1f}" height="{BAR}" rx="3" fill="{colour}"/>')
            parts.append(text(LABELS + length + 8, middle, f"{values[name, load]:.2f}", 13, weight="bold"))
            y += BAR + GAP
    return "\n".join(parts) + "\n</svg>\n"


def main():
    if len(sys.argv) != 3:
        raise SystemExit(__doc__.strip())
    measured = json.loads(pathlib.Path(sys.argv[1]).read_text())
    pathlib.Path(sys.argv[2]).write_text(draw(measured["rounds"], measured["loops"]))


if __name__ == "__main__":
    main()
