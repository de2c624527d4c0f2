# SPDX-License-Identifier: MIT
"""Adds up what the test programs reported and prints the line `N passed, N failed, N skipped`.

Usage: tally.py REPORTS FAILED. REPORTS holds GoogleTest's JSON files, ctest.xml (JUnit), tree.txt and any *.tap as far as they
exist; FAILED is 1 when a runner said that something failed. Exits 1 when anything failed or nothing ran.
"""
import json
import pathlib
import re
import sys
import xml.etree.ElementTree as ElementTree

reports = pathlib.Path(sys.argv[1])
passed = failed = skipped = 0
counted_programs = set()

for path in sorted(reports.glob("*.json")):
    counted_programs.add(path.stem)
    for suite in json.loads(path.read_text())["testsuites"]:
        for case in suite["testsuite"]:
            if case.get("failures"):
                failed += 1
                print(f"failed: {path.stem} {suite['name']}.{case['name']}")
            elif case["result"] == "SKIPPED" or case["status"] == "NOTRUN":
                skipped += 1
            else:
                passed += 1

# Programs that wrote no report of their own: replays of fuzz corpora, and those that died.
if (reports / "ctest.xml").exists():
    for case in ElementTree.parse(reports / "ctest.xml").getroot().iter("testcase"):
        died = case.get("status") == "fail"
        if case.get("name") not in counted_programs:
            if died:
                failed += 1
                print(f"failed: {case.get('name')}")
            elif case.get("status") == "run":
                passed += 1
            else:
                skipped += 1

if (reports / "tree.txt").exists():
    for line in (reports / "tree.txt").read_text().splitlines():
        if line.startswith("ok"):
            passed += 1
        else:
            failed += 1
            print("failed: " + line)

for path in sorted(reports.glob("*.tap")):
    totals = dict(re.findall(r"^# (pass|fail|skipped|cancelled) (\d+)$", path.read_text(), re.MULTILINE))
    passed += int(totals.get("pass", 0))
    failed += int(totals.get("fail", 0)) + int(totals.get("cancelled", 0))
    skipped += int(totals.get("skipped", 0))

if sys.argv[2] == "1" and failed == 0:
    failed = 1
print(f"{passed} passed, {failed} failed, {skipped} skipped")
sys.exit(1 if failed or not passed else 0)
