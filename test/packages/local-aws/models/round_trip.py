"""Each operation of the named services, with every parameter that its model has: written by botocore's own serializers, read
back by the local AWS. Prints what came out otherwise, and last the number of operations.

    python round_trip.py FOLDER SERVICE...
"""

import datetime
import sys
from urllib.parse import urlencode

sys.path.insert(0, sys.argv[1])

from botocore.serialize import create_serializer
from wire import Models, read

WHEN = datetime.datetime(2026, 1, 2, 3, 4, 5, tzinfo=datetime.timezone.utc)
SCALARS = {"integer": 7, "long": 8, "double": 1.5, "float": 2.5, "boolean": True, "timestamp": WHEN, "blob": b"\x00\xff"}


def example(shape, above=()):
    """A value with all of a shape's members; a shape within itself is left out."""
    match shape.type_name:
        case "structure" if getattr(shape, "is_document_type", False):
            return {"a": 1}
        case "structure":
            inner = (*above, shape.name)
            members = {name: member for name, member in shape.members.items() if not recurs(member, inner)}
            if shape.is_tagged_union:
                members = dict(list(members.items())[:1])
            return {name: example(member, inner) for name, member in members.items()}
        case "list":
            return [example(shape.member, above), example(shape.member, above)]
        case "map":
            return {"k": example(shape.value, above)}
        case kind:
            return SCALARS.get(kind, "a")


def recurs(shape, above):
    while shape.type_name in ("list", "map"):
        shape = shape.member if shape.type_name == "list" else shape.value
    return shape.name in above


def sent(service, operation, params):
    """Method, URL, headers and body, as they go over the wire."""
    protocol = service.metadata["protocol"]
    serializer = create_serializer("json" if protocol == "smithy-rpc-v2-cbor" else protocol, include_validation=False)
    request = serializer.serialize_to_request(params, operation)
    body, query = request["body"], request["query_string"] or {}
    if isinstance(body, dict):
        body = urlencode(body)
    url = request["url_path"]
    if query:
        url += ("&" if "?" in url else "?") + urlencode(query, doseq=True)
    headers = {name.lower(): value for name, value in request["headers"].items()}
    return request["method"], url, headers, body if isinstance(body, bytes) else body.encode()


models, count = Models(), 0
for name in sys.argv[2:]:
    service = models.named(name)
    for operation in map(service.operation_model, service.operation_names):
        # A deprecated operation of S3 has the address of the one that replaced it; S3 Express lists its buckets elsewhere.
        if operation.deprecated or operation.name == "ListDirectoryBuckets":
            continue
        shape = operation.input_shape
        params = example(shape) if shape else {}
        try:
            back = read(models, service.signing_name, *sent(service, operation, params))
        except Exception as error:
            print(f"{name} {operation.name}: {error!r}")
            continue
        if (back.operation, back.unknown, back.params) != (operation.name, [], params):
            print(f"{name} {operation.name}: as {back.operation}, unknown {back.unknown}, {back.params} for {params}")
        count += 1
print(count)
