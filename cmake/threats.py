# SPDX-License-Identifier: MIT
"""Compares the numbered threats (tests/threats.txt) with the tests that name them and with the table of those whose feature is not
built (tests/README.md).

Usage: threats.py. Prints each number with the files of its tests, or why it has none. check_tree.py fails on what check() finds.
"""
import collections
import pathlib
import re
import subprocess

CASES = "tests/threats.txt"
TABLE = "tests/README.md"
NUMBER = r"[SOJLWMXHPF]-\d{2,3}"
# O-17, O17_, S05S06, _O14_O15, "S-54 to S-59": a name in a comment or in the name of a test.
NAMED = re.compile(r"(?<![A-Za-z0-9])(?:_?[SOJLWMXHPF]-?\d{2,3}(?!\d))+|(?<=[a-z]_)(?:_?[SOJLWMXHPF]\d{2,3}(?!\d))+")
RANGE = re.compile(r"([SOJLWMXHPF])-(\d{2,3}) to (?:[SOJLWMXHPF]-)?(\d{2,3})")


def expand(text):
    """The numbers that a text names, ranges and all."""
    numbers = {f"{letter}-{digits}" for run in NAMED.findall(text)
               for letter, digits in re.findall(r"([SOJLWMXHPF])-?(\d{2,3})", run)}
    for letter, first, last in RANGE.findall(text):
        numbers |= {f"{letter}-{number:02}" for number in range(int(first), int(last) + 1)}
    return numbers


def cases():
    lines = pathlib.Path(CASES).read_text().splitlines()
    return dict(line.split(" ", 1) for line in lines if re.match(NUMBER + " ", line))


def tests():
    files = subprocess.run(["git", "ls-files", "*_test.cpp", "*_test.mjs"], capture_output=True, text=True, check=True).stdout
    named = collections.defaultdict(list)
    for path in files.splitlines():
        if pathlib.Path(path).exists():
            for number in expand(pathlib.Path(path).read_text()):
                named[number].append(path)
    return named


def not_built():
    """Rows `| S-01, S-03 to S-05 | why |`."""
    reasons = {}
    for line in pathlib.Path(TABLE).read_text().splitlines():
        row = re.match(r"\| ([^|]*) \| ([^|]*) \|$", line)
        if row:
            reasons.update(dict.fromkeys(expand(row.group(1)), row.group(2)))
    return reasons


def check():
    named, reasons = tests(), not_built()
    findings = [f"{number} ({what}): no test names it, and {TABLE} does not say why" for number, what in cases().items()
                if number not in named and number not in reasons]
    findings += [f"{number}: {TABLE} says that it cannot be tested, but {named[number][0]} names it" for number in reasons
                 if number in named]
    return findings + [f"{number}: {TABLE} knows a number that {CASES} does not" for number in reasons if number not in cases()]


def main():
    named, reasons = tests(), not_built()
    for number, what in cases().items():
        print(f"{number:6} {what:45} {' '.join(named[number]) or 'not built: ' + reasons.get(number, 'UNKNOWN')}")
    print(f"{len(cases())} cases, {sum(number in named and bool(named[number]) for number in cases())} named by tests, {len(reasons)} not built")


if __name__ == "__main__":
    main()
