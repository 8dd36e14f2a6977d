"""Judges requests by AWS's service models: one a line on standard input, as JSON, and its verdict a line on standard output.

It ends when its standard input does.
"""

import base64
import json
import signal
import sys
import traceback

from constraints import Constraints
from wire import Models, UnknownOperation, Unreadable, read
from verdicts import Verdict, refusal, unknown_operation, unreadable


class Judge:
    def __init__(self):
        self.models = Models()
        self.constraints = Constraints()

    def judge(
        self, scope: str, method: str, url: str, headers: dict[str, str], body: bytes
    ) -> tuple[Verdict | None, str | None]:
        """The verdict, None where AWS's model allows the request, and the operation as `service:Operation`, None where it has none."""
        protocol, service = self.spoken(scope, headers)
        try:
            request = read(self.models, scope, method, url, headers, body)
        except UnknownOperation as error:
            return unknown_operation(protocol, service, str(error)), None
        except Unreadable as error:
            return unreadable(protocol, str(error)), None
        faults = self.constraints.faults(request.params, request.shape) if request.shape else []
        verdict = refusal(request.protocol, request.service, request.unknown, faults)
        return verdict, f"{request.service}:{request.operation}"

    def spoken(self, scope: str, headers: dict[str, str]) -> tuple[str, str]:
        """The protocol that the caller hears, and the service's name; for a service that AWS does not have, the Query one."""
        services = self.models.signed_as(scope)
        name = services[0].service_name if services else scope
        if "x-amz-target" in headers:
            return "json", name
        protocol = services[0].metadata["protocol"] if services else "query"
        return protocol if protocol in ("ec2", "rest-xml") else "query", name


def main() -> None:
    # Ctrl-C reaches the whole process group; the parent alone decides when this ends.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    judge = Judge()
    for line in sys.stdin:
        request = json.loads(line)
        body = base64.b64decode(request["body"])
        try:
            verdict, operation = judge.judge(
                request["service"], request["method"], request["url"], request["headers"], body
            )
        except Exception:
            # A fault of this program's own fails one call, and loudly.
            traceback.print_exc()
            verdict = Verdict("InternalFailure", "The request could not be held against AWS's model; see the log.", 500)
            operation = None
        refused = verdict and {**verdict._asdict(), "protocol": judge.spoken(request["service"], request["headers"])[0]}
        print(json.dumps({"refused": refused, "operation": operation}), flush=True)


if __name__ == "__main__":
    main()
