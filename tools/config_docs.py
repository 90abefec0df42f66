#!/usr/bin/env python3
"""Writes what is generated of docs/: the tables of keys in CONFIGURATION.md and middlewares/, ferroway.schema.json.

    tools/config_docs.py build/release/src/ferroway [--check]

Both come from the program's own key tables (`ferroway schema`). A table stands between `<!-- keys: NAME -->` and
`<!-- end -->`. With --check nothing is written; what differs is named, and the exit code is 1.
"""

import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
BLOCK = re.compile(r"<!-- keys: (\w+) -->\n.*?<!-- end -->\n", re.S)


def printed(program, *arguments):
    return subprocess.run([program, "schema", *arguments], check=True, capture_output=True, text=True).stdout


def with_tables(pages, tables):
    """Each page with its tables; every table stands in exactly one."""
    wanted = {match.group(1): match.group(0) for match in BLOCK.finditer(tables)}
    there = [match.group(1) for text in pages.values() for match in BLOCK.finditer(text)]
    if sorted(there) != sorted(wanted):
        raise SystemExit(f"the docs have the tables {sorted(there)}, the program {sorted(wanted)}")
    return {page: BLOCK.sub(lambda match: wanted[match.group(1)], text) for page, text in pages.items()}


def main():
    check = "--check" in sys.argv
    programs = [word for word in sys.argv[1:] if word != "--check"]
    if len(programs) != 1:
        raise SystemExit(__doc__)
    pages = [ROOT / "docs/CONFIGURATION.md", *sorted((ROOT / "docs/middlewares").glob("*.md"))]
    wanted = with_tables({page: page.read_text() for page in pages}, printed(programs[0], "--markdown"))
    wanted[ROOT / "docs/ferroway.schema.json"] = printed(programs[0])
    stale = [path for path, text in wanted.items() if not path.exists() or path.read_text() != text]
    for path in stale:
        if check:
            print(f"{path.relative_to(ROOT)} is not what the program says; run tools/config_docs.py", file=sys.stderr)
        else:
            path.write_text(wanted[path])
            print(f"wrote {path.relative_to(ROOT)}")
    return 1 if check and stale else 0


if __name__ == "__main__":
    sys.exit(main())
