"""What AWS answers for a request that its model does not allow: code and message of each protocol, and of a service's own.

Codes: EC2's API reference, "Error codes"; "Common errors" of each service's API reference; CloudWatch Logs and Route 53 name
theirs in the operations' "Errors". AWS's services of the Query and the JSON protocol pass over a parameter that they don't
know; here it is refused, because it is never what the caller meant.
"""

import re
from typing import NamedTuple

from constraints import Fault


class Verdict(NamedTuple):
    code: str
    message: str
    status: int = 400


# What breaks a constraint, by service where it has a code of its own, else by protocol.
INVALID = {
    "logs": "InvalidParameterException",
    "cloudwatch": "ValidationError",
    "s3": "InvalidArgument",
    "query": "ValidationError",
    "json": "ValidationException",
    "rest-xml": "InvalidInput",
}


def code_for(codes: dict[str, str], service: str, protocol: str) -> str:
    return codes.get(service) or codes[protocol]


def unknown_operation(protocol: str, service: str, message: str) -> Verdict:
    if service == "s3":
        return Verdict("MethodNotAllowed", "The specified method is not allowed against this resource.", 405)
    return Verdict("InvalidAction" if protocol in ("query", "ec2") else "UnknownOperationException", message)


def unreadable(protocol: str, message: str) -> Verdict:
    if protocol == "json":
        return Verdict("SerializationException", message)
    return Verdict("MalformedXML", "The XML you provided was not well-formed: " + message)


def refusal(protocol: str, service: str, unknown: list[str], faults: list[Fault]) -> Verdict | None:
    """The answer to a request; None: the model allows it."""
    if protocol == "ec2":
        return ec2(unknown, faults)
    if unknown:
        names = ", ".join(unknown)
        code = "MalformedXML" if service == "s3" else code_for(INVALID, service, protocol)
        return Verdict(code, f"The API has no parameter {names}: AWS would pass over it or refuse it.")
    if not faults:
        return None
    wrong = [fault for fault in faults if fault.kind == "invalid type"]
    if wrong and protocol == "json":
        given, wanted = wrong[0].details["param"], wrong[0].details["valid_types"]
        return Verdict("SerializationException", f"{json_type(given)} can not be converted to {', '.join(wanted)}")
    count = "1 validation error" if len(faults) == 1 else f"{len(faults)} validation errors"
    return Verdict(code_for(INVALID, service, protocol), f"{count} detected: {'; '.join(map(constraint, faults))}")


def ec2(unknown: list[str], faults: list[Fault]) -> Verdict | None:
    if unknown:
        return Verdict("UnknownParameter", f"The parameter {unknown[0]} is not recognized")
    for fault in faults:
        name = place(fault, ec2=True)
        if fault.kind == "missing required field":
            return Verdict("MissingParameter", f"The request must contain the parameter {name}")
        return Verdict("InvalidParameterValue", f"Value ({shown(fault)}) for parameter {name} is invalid. {rule(fault)}")
    return None


def place(fault: Fault, ec2: bool = False) -> str:
    """`.Tags[0].Key` in AWS's words: `tags.1.member.key`; EC2: `Tags.1.Key`."""
    path = fault.path + (f".{fault.details['required_name']}" if "required_name" in fault.details else "")
    path = re.sub(r"\[(\d+)\]", lambda index: f".{int(index[1]) + 1}{'' if ec2 else '.member'}", path).strip(".")
    return path if ec2 else ".".join(part[:1].lower() + part[1:] for part in path.split("."))


def shown(fault: Fault) -> str:
    return str(fault.details.get("param", ""))


def constraint(fault: Fault) -> str:
    if fault.kind == "missing required field":
        return f"Value null at '{place(fault)}' failed to satisfy constraint: Member must not be null"
    shape = fault.details.get("shape")
    secret = shape is not None and shape.metadata.get("sensitive")
    value = "Value" if secret else f"Value '{shown(fault)}'"
    return f"{value} at '{place(fault)}' failed to satisfy constraint: {rule(fault)}"


def rule(fault: Fault) -> str:
    details = fault.details
    if "shape" in details:
        metadata = details["shape"].metadata
    match fault.kind:
        case "invalid range":
            return f"Member must have value greater than or equal to {details['min_allowed']}"
        case "invalid length":
            return f"Member must have length greater than or equal to {details['min_allowed']}"
        case "too large":
            return f"Member must have value less than or equal to {metadata['max']}"
        case "too long":
            return f"Member must have length less than or equal to {metadata['max']}"
        case "enum":
            return f"Member must satisfy enum value set: [{', '.join(metadata['enum'])}]"
        case "pattern":
            return f"Member must satisfy regular expression pattern: {metadata['pattern']}"
        case "invalid type":
            return f"Member must be of type {' or '.join(details['valid_types'])}"
        case _:
            return f"Member must have one of: {', '.join(details['members'])}"


def json_type(given) -> str:
    match given:
        case bool():
            return "TRUE_VALUE" if given else "FALSE_VALUE"
        case str():
            return "STRING_VALUE"
        case int() | float():
            return "NUMBER_VALUE"
        case list():
            return "Start of list"
        case _:
            return "Start of structure or map"
