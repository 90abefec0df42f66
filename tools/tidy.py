#!/usr/bin/env python3
"""clang-tidy over src/, as many files at once as asked for. Prints every finding; exits 1 if any.

A file whose preprocessed text passed before, with the same checks, is not looked at again: its hash is in
build/tidy/passed/. So a second run costs a preprocessor's time, and nothing is ever missed.
"""

import concurrent.futures
import hashlib
import json
import pathlib
import shlex
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
BUILD = ROOT / "build/tidy"
PASSED = BUILD / "passed"
TIDY = "clang-tidy-19"


def preprocessed(entry):
    words = shlex.split(entry["command"])
    if words[0].endswith("ccache"):
        words = words[1:]
    skip = {words.index("-o"), words.index("-o") + 1, words.index("-c")}
    kept = [word for at, word in enumerate(words) if at not in skip and not word.startswith("-M")]
    kept = [word for word in kept if not word.endswith((".o", ".o.d"))]
    return subprocess.run([*kept, "-E", "-C"], cwd=entry["directory"], capture_output=True, check=True).stdout


def look_at(entry, checks):
    """The findings in one file, empty when it is fine."""
    try:
        stamp = PASSED / hashlib.sha256(checks + preprocessed(entry)).hexdigest()
    except subprocess.CalledProcessError as wrong:
        return f"{entry['file']}: does not compile:\n{wrong.stderr.decode(errors='replace')}"
    if stamp.exists():
        return ""
    done = subprocess.run([TIDY, "-p", str(BUILD), "--quiet", entry["file"]], capture_output=True, text=True)
    if done.returncode == 0:
        stamp.touch()
        return ""
    return done.stdout or done.stderr


def main():
    PASSED.mkdir(parents=True, exist_ok=True)
    version = subprocess.run([TIDY, "--version"], capture_output=True, check=True).stdout
    checks = (ROOT / ".clang-tidy").read_bytes() + version
    entries = json.loads((BUILD / "compile_commands.json").read_text())
    entries = [entry for entry in entries if pathlib.Path(entry["file"]).is_relative_to(ROOT / "src")]
    jobs = int(sys.argv[1]) if len(sys.argv) > 1 else 1
    bad, shown = 0, set()
    with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
        for findings in pool.map(lambda entry: look_at(entry, checks), entries):
            # A finding in a header comes with each file that includes it: once is enough.
            if findings and findings not in shown:
                print(findings, flush=True)
            shown.add(findings)
            bad += bool(findings)
    print(f"clang-tidy: {len(entries) - bad} of {len(entries)} files are fine")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
