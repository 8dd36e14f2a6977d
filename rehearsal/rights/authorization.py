"""What AWS authorizes actions by: its service authorization reference, as parliament has it.

Standard input: a JSON list of actions. Standard output: a JSON object by action; null for one that AWS does not have.
"""

import json
import sys
from importlib.util import find_spec
from pathlib import Path

REFERENCE = Path(find_spec("parliament").submodule_search_locations[0]) / "iam_definition.json"
OWNED, ASKED = "aws:ResourceTag/${TagKey}", "aws:RequestTag/${TagKey}"


def described(service: dict, privilege: dict) -> dict:
    known = {resource["resource"]: resource for resource in service["resources"]}
    rows = privilege["resource_types"]
    resources = {}
    for row in rows:
        name = row["resource_type"].rstrip("*")
        if name in known:
            keys = row["condition_keys"]
            resources[name] = {
                "arn": known[name]["arn"],
                "required": row["resource_type"].endswith("*"),
                "owned": OWNED in keys or OWNED in known[name]["condition_keys"],
                "made": ASKED in keys,
            }
    return {
        "level": privilege["access_level"],
        "taggedAtOnce": any(ASKED in row["condition_keys"] for row in rows),
        "resources": resources,
    }


def main() -> None:
    wanted = json.load(sys.stdin)
    prefixes = {action.split(":")[0] for action in wanted}
    # A service may stand there more than once.
    known = {
        f"{service['prefix']}:{privilege['privilege']}": described(service, privilege)
        for service in json.loads(REFERENCE.read_text())
        if service["prefix"] in prefixes
        for privilege in service["privileges"]
    }
    print(json.dumps({action: known.get(action) for action in wanted}))


main()
