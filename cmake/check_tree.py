# SPDX-License-Identifier: MIT
"""Compares the tree with the house's picture: formatting, include arrows, a README per folder, licence lines.

Usage: check_tree.py [--report FILE]. Prints what is wrong; FILE gets a line `ok NAME` or `NAME: …` per rule. Exits 1 on a finding.
"""
import pathlib
import re
import subprocess
import sys

import threats

# room -> what it may include: rooms, or single files of one. A room may always include itself. README.md draws the same picture.
OIDC = ["oidc", "oidc/protocol", "oidc/jose"]
OIDC_WHOLE = [*OIDC, "oidc/endpoints"]
STORAGE = ["storage", "storage/sql"]
ARROWS = {
    "idp/base": [],
    "idp/web": ["idp/base"],
    "storage/sql": ["idp/base"],
    "storage": ["idp/base", "storage/sql"],
    "oidc/jose": ["idp/base"],
    "oidc/protocol": ["idp/base", "oidc/jose"],
    "oidc": ["idp/base", *STORAGE, "oidc/jose", "oidc/protocol"],
    "oidc/grants": ["idp/base", *STORAGE, *OIDC],
    "oidc/endpoints": ["idp/base", *STORAGE, *OIDC, "oidc/grants"],
    "saml/xml": ["idp/base", "saml/reason.hpp"],
    "saml/protocol": ["idp/base", "saml/reason.hpp", "saml/xml"],
    "saml": ["idp/base", "saml/protocol", "saml/xml"],
    "plugins/api": ["idp/base", "storage/sql"],
    "plugins/host": ["plugins/api", "idp/base", "storage/sql"],
    "plugins/suomifi": ["plugins/api", "idp/base", "storage/sql", "saml", "saml/protocol", "saml/xml"],
    "plugins/organisation": ["plugins/suomifi", "plugins/api", "idp/base", "storage/sql", "saml", "saml/protocol", "saml/xml"],
    "plugins": ["plugins/api", "idp/base", "storage/sql"],
    "idp/login": ["idp/base", *OIDC_WHOLE, "plugins/host", "plugins/api", *STORAGE],
    "idp/cli": ["idp", "idp/base", "idp/web", "idp/login", *STORAGE, *OIDC_WHOLE, "plugins/host", "plugins/api"],
    "idp": ["idp/base", "idp/web", "idp/login", "idp/cli", *OIDC_WHOLE, *STORAGE, "plugins/host", "plugins/api"],
}
# Libraries that one folder alone may include.
ONLY_IN = [
    (re.compile(r"^boost/(asio|beast)"), ["idp/web"]),
    (re.compile(r"^(libxml|xmlsec)/"), ["saml/xml"]),
    (re.compile(r"^(sqlite3|mysql)"), ["storage/sql"]),
    (re.compile(r"^curl/"), ["idp/base"]),
    (re.compile(r"^tao/pegtl"), ["plugins/profile/graphql"]),
]


def room_of(path):
    folder = pathlib.PurePosixPath(path).parent
    while str(folder) != ".":
        if str(folder) in ARROWS:
            return str(folder)
        if str(folder).startswith("plugins/"):
            parts = folder.parts
            return "/".join(parts[:2])
        folder = folder.parent
    return None


def tracked(*patterns):
    listed = subprocess.run(["git", "ls-files", *patterns], capture_output=True, text=True, check=True).stdout
    return [line for line in listed.splitlines() if pathlib.Path(line).exists()]


def check_includes():
    findings = []
    for path in tracked("*.cpp", "*.hpp"):
        room = room_of(path)
        if room is None or path.startswith("tests/") or path.endswith("_test.cpp"):
            continue
        allowed = ARROWS.get(room, ARROWS["plugins"])
        text = pathlib.Path(path).read_text()
        for number, line in enumerate(text.splitlines(), 1):
            match = re.match(r'\s*#\s*include\s*(["<])([^">]+)[">]', line)
            if not match:
                continue
            target = match.group(2)
            if match.group(1) == '"':
                other = room_of(target)
                if other is None:
                    findings.append(f"{path}:{number}: \"{target}\" is not written from the repository root")
                elif other != room and other not in allowed and target not in allowed:
                    findings.append(f"{path}:{number}: {room} may not include {other}")
            else:
                for pattern, rooms in ONLY_IN:
                    if pattern.match(target) and not any(path.startswith(one + "/") for one in rooms):
                        findings.append(f"{path}:{number}: <{target}> belongs to {' and '.join(rooms)} alone")
    return findings


def check_format():
    sources = tracked("*.cpp", "*.hpp")
    result = subprocess.run(["clang-format", "--dry-run", "-Werror", *sources], capture_output=True, text=True)
    return [line for line in result.stderr.splitlines() if "error:" in line][:20] if result.returncode else []


def check_readmes():
    folders = {str(pathlib.PurePosixPath(p).parent) for p in tracked("idp/*", "oidc/*", "saml/*", "storage/*", "plugins/*", "tests/*")
               if p.endswith((".cpp", ".hpp", ".mjs"))}
    mirrored = {f for f in folders if f.startswith("tests/") and pathlib.Path(f[len("tests/"):]).is_dir()}
    return [f"{folder}: no README.md" for folder in sorted(folders - mirrored)
            if not (pathlib.Path(folder) / "README.md").exists()]


def check_licence_lines():
    return [f"{path}: no SPDX line" for path in tracked("*.cpp", "*.hpp", "*.mjs", "*.py", "*.cmake", "*.sql")
            if "SPDX-License-Identifier: MIT" not in pathlib.Path(path).read_text()[:300]]


def main():
    report = []
    failed = False
    for name, check in [("includes follow the arrows", check_includes), ("formatting", check_format),
                        ("a README per folder", check_readmes), ("licence lines", check_licence_lines),
                        ("a test per threat", threats.check)]:
        findings = check()
        failed = failed or bool(findings)
        for finding in findings:
            print(finding)
        report.append(f"{name}: {len(findings)} findings" if findings else f"ok {name}")
    if "--report" in sys.argv:
        pathlib.Path(sys.argv[sys.argv.index("--report") + 1]).write_text("\n".join(report) + "\n")
    sys.exit(1 if failed else 0)


main()
