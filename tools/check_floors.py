#!/usr/bin/env python3
"""Checks the shape of the tree: floors, file lengths, line lengths, tabs.

A folder of src/ includes only from itself and the floors below it; src/CMakeLists.txt (`ferroway_floor`) says which
those are, and a floor may name only floors that stand above its own line. Prints every finding; exits 1 if any.
"""

import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
LINES_MAX = 400        # of a file, unless its first lines give a reason: "long because"
COLUMNS_MAX = 100      # of a line of C++, but for those that cannot be broken (a URL) and tables with an entry a line
FLOOR = re.compile(r"^ferroway_floor\((\w+)([^)]*)\)", re.M)
INCLUDE = re.compile(r'^\s*#\s*include\s+"([^"]+)"', re.M)


def read_floors(cmake):
    """Each floor with those it may include from: what BELOW names, and transitively what they name."""
    floors = {}
    for name, rest in FLOOR.findall(cmake):
        below = re.search(r"BELOW\s+([\w\s]+?)(?:\s+LIBS|$)", rest)
        allowed = {name}
        for other in below.group(1).split() if below else []:
            if other not in floors:
                raise SystemExit(f"src/CMakeLists.txt: floor {name} stands on {other}, which is not below it")
            allowed |= floors[other]
        floors[name] = allowed
    return floors


def floor_findings(path, text, floors):
    parts = path.relative_to(ROOT / "src").parts
    if len(parts) < 2:
        return                                   # main.cpp sees everything
    if parts[0] not in floors:
        yield 1, f"folder src/{parts[0]} is not a floor of src/CMakeLists.txt"
        return
    for match in INCLUDE.finditer(text):
        folder = match.group(1).split("/")[0]
        line = text.count("\n", 0, match.start(1)) + 1
        if "/" not in match.group(1):
            yield line, f'write the whole path from src/: "{match.group(1)}"'
        elif folder in floors and folder not in floors[parts[0]]:
            yield line, f"{parts[0]}/ must not include from {folder}/, which is not below it"
        elif folder not in floors:
            yield line, f'"{match.group(1)}" is on no floor'


def shape_findings(text):
    lines = text.split("\n")
    if len(lines) - 1 > LINES_MAX and "long because" not in "\n".join(lines[:10]).lower():
        yield LINES_MAX, f"{len(lines) - 1} lines, more than {LINES_MAX}; split it, or say 'long because ...' on top"
    if not text.endswith("\n"):
        yield len(lines), "no newline at the end"
    table = False
    for number, line in enumerate(lines, 1):
        table = "clang-format off" in line or (table and "clang-format on" not in line)
        if "\t" in line:
            yield number, "a tab"
        if not table and len(line) > COLUMNS_MAX and " " in line.strip().lstrip("/# "):
            yield number, f"{len(line)} columns, more than {COLUMNS_MAX}"


def main():
    floors = read_floors((ROOT / "src/CMakeLists.txt").read_text())
    found = 0
    for folder in ("src", "tests", "fuzz", "bench"):
        for path in sorted((ROOT / folder).rglob("*.[ch]pp")):
            text = path.read_text()
            findings = list(shape_findings(text))
            if folder == "src":
                findings += floor_findings(path, text, floors)
            for line, what in findings:
                print(f"{path.relative_to(ROOT)}:{line}: {what}", file=sys.stderr)
            found += len(findings)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
