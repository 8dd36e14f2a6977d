"""Lints policy documents by AWS's actions, resources and condition keys, as parliament has them.

Standard input: a JSON object, documents by name. Standard output: what was found, by name.
"""

import json
import sys
import warnings

# parliament asks setuptools where its data is, and setuptools says with every call that this is an old way to ask.
warnings.simplefilter("ignore")

from parliament import analyze_policy_string

print(
    json.dumps(
        {
            name: [
                f"{finding.issue} {json.dumps(finding.detail)}"
                for finding in analyze_policy_string(json.dumps(document), ignore_private_auditors=True).findings
            ]
            for name, document in json.load(sys.stdin).items()
        }
    )
)
