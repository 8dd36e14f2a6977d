"""Reads a request off the wire into its operation and parameters, as AWS's service models describe them.

A value that is not what the model wants stays as it came, for `constraints` to refuse. What the model does not have at all
is gathered in `unknown`.
"""

import base64
import binascii
import json
import re
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, unquote, urlsplit
from xml.etree import ElementTree

from botocore.loaders import Loader
from botocore.model import OperationModel, ServiceModel, Shape
from botocore.utils import parse_timestamp

# Services that sign by another name than botocore has for them; Elastic Load Balancing's two are told by their version.
SIGNED_AS = {"elasticloadbalancing": ["elbv2", "elb"], "monitoring": ["cloudwatch"]}

# Of a form that are no parameters: the call itself.
CALL = {"Action", "Version"}

# An SDK for JavaScript names the operation in the query, and AWS ignores it.
IGNORED_QUERY = {"x-id"}


class UnknownOperation(Exception):
    """No service, version or operation of that name."""


class Unreadable(Exception):
    """No form, no JSON object, no XML."""


@dataclass
class Request:
    protocol: str
    service: str
    operation: str
    shape: Shape | None
    params: dict
    # Paths of what the model does not have.
    unknown: list[str] = field(default_factory=list)


class Models:
    """AWS's service models, each loaded at its first use."""

    def __init__(self):
        self.loader = Loader()
        self.known = self.loader.list_available_services("service-2")
        self.loaded: dict[str, ServiceModel] = {}

    def named(self, name: str) -> ServiceModel:
        if name not in self.loaded:
            self.loaded[name] = ServiceModel(self.loader.load_service_model(name, "service-2"), name)
        return self.loaded[name]

    def signed_as(self, scope: str) -> list[ServiceModel]:
        """The services that a request signed for `scope` may be for."""
        names = SIGNED_AS.get(scope, [scope])
        return [self.named(name) for name in names if name in self.known]


def read(models: Models, scope: str, method: str, url: str, headers: dict[str, str], body: bytes) -> Request:
    """
    :param scope: the service of the credential scope
    :param headers: by their names in small letters
    :raises UnknownOperation: the models have no such operation
    :raises Unreadable: the body is not what its protocol wants
    """
    services = models.signed_as(scope)
    if not services:
        raise UnknownOperation(f"AWS has no service that signs as {scope}")
    if services[0].metadata["protocol"] == "rest-xml":
        return read_rest(services[0], method, url, headers, body)
    if "x-amz-target" in headers:
        return read_json(services[0], headers["x-amz-target"], body)
    return read_form(services, body)


def operation_of(service: ServiceModel, name: str) -> OperationModel:
    if name not in service.operation_names:
        raise UnknownOperation(f"Could not find operation {name} for version {service.api_version}")
    return service.operation_model(name)


def read_form(services: list[ServiceModel], body: bytes) -> Request:
    pairs = parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True)
    form = dict(pairs)
    action, version = form.get("Action", ""), form.get("Version")
    fitting = [service for service in services if service.api_version == version]
    if not fitting:
        raise UnknownOperation(f"Could not find operation {action} for version {version}")
    service = fitting[0]
    operation = operation_of(service, action)
    protocol = "ec2" if service.metadata["protocol"] == "ec2" else "query"
    tree: dict = {}
    for name, value in pairs:
        if name in CALL:
            continue
        *parents, last = name.split(".")
        place = tree
        for parent in parents:
            inner = place.get(parent)
            place[parent] = place = inner if isinstance(inner, dict) else {}
        place[last] = value
    reader = Ec2Reader() if protocol == "ec2" else FormReader()
    return request(protocol, service, operation, reader, tree)


def read_json(service: ServiceModel, target: str, body: bytes) -> Request:
    prefix, _, name = target.rpartition(".")
    if prefix != service.metadata["targetPrefix"]:
        raise UnknownOperation(f"{target} is no target of {service.service_name}")
    operation = operation_of(service, name)
    try:
        given = json.loads(body or b"{}")
    except ValueError as error:
        raise Unreadable("The body is no JSON.") from error
    if not isinstance(given, dict):
        raise Unreadable("Start of structure or map found where not expected.")
    return request("json", service, operation, JsonReader(), given)


def request(protocol: str, service: ServiceModel, operation: OperationModel, reader: "Reader", given) -> Request:
    shape = operation.input_shape
    params = reader.read(shape, given, "") if shape else {}
    if shape is None and given:
        reader.unknown.extend(given)
    return Request(protocol, service.service_name, operation.name, shape, params, reader.unknown)


class Reader:
    """Goes down a model's shape and what came for it, side by side."""

    def __init__(self):
        self.unknown: list[str] = []

    def read(self, shape: Shape, given, path: str):
        return getattr(self, f"_{shape.type_name}", self._text)(shape, given, path)

    def name(self, shape: Shape, default: str) -> str:
        """A member's name on the wire."""
        return shape.serialization.get("name", default)

    def _structure(self, shape: Shape, given, path: str):
        if not isinstance(given, dict):
            return given
        if getattr(shape, "is_document_type", False):
            return given
        members = {self.name(member, name): name for name, member in shape.members.items()}
        params = {}
        for wire, value in given.items():
            name = members.get(wire)
            if name is None:
                self.unknown.append(f"{path}{wire}")
            elif value is not None:
                params[name] = self.read(shape.members[name], value, f"{path}{wire}.")
        return params

    def _text(self, _shape: Shape, given, _path: str):
        return given

    def _timestamp(self, _shape: Shape, given, _path: str):
        try:
            return parse_timestamp(given)
        except (ValueError, TypeError, OverflowError):
            return given


class JsonReader(Reader):
    def _list(self, shape: Shape, given, path: str):
        return [self.read(shape.member, item, path) for item in given] if isinstance(given, list) else given

    def _map(self, shape: Shape, given, path: str):
        if not isinstance(given, dict):
            return given
        return {key: self.read(shape.value, value, f"{path}{key}.") for key, value in given.items()}

    def _blob(self, _shape: Shape, given, _path: str):
        return from_base64(given)


class TextReader(Reader):
    """Forms, headers and XML know text alone."""

    def _integer(self, _shape: Shape, given, _path: str):
        return int(given) if isinstance(given, str) and re.fullmatch(r"[+-]?\d+", given) else given

    _long = _integer

    def _double(self, _shape: Shape, given, _path: str):
        try:
            return float(given)
        except (ValueError, TypeError):
            return given

    _float = _double

    def _boolean(self, _shape: Shape, given, _path: str):
        return {"true": True, "false": False}.get(given.lower(), given) if isinstance(given, str) else given

    def _blob(self, _shape: Shape, given, _path: str):
        return from_base64(given)


class FormReader(TextReader):
    """The Query protocol: `Tags.member.1.Key`; an empty list is `Tags=`."""

    def _list(self, shape: Shape, given, path: str):
        if given == "":
            return []
        inner = self.name(shape.member, "member")
        if shape.serialization.get("flattened"):
            return self._items(shape, given, path)
        if not isinstance(given, dict) or inner not in given:
            return given
        self.unknown.extend(f"{path}{other}" for other in given if other != inner)
        return self._items(shape, given[inner], f"{path}{inner}.")

    def _items(self, shape: Shape, given, path: str):
        if not isinstance(given, dict) or not all(key.isdigit() for key in given):
            return given
        return [self.read(shape.member, given[key], f"{path}{key}.") for key in sorted(given, key=int)]

    def _map(self, shape: Shape, given, path: str):
        if given == "":
            return {}
        entries = given if shape.serialization.get("flattened") else isinstance(given, dict) and given.get("entry")
        if not isinstance(entries, dict):
            return given
        key, value = self.name(shape.key, "key"), self.name(shape.value, "value")
        return {
            entry.get(key): self.read(shape.value, entry.get(value, ""), f"{path}{entry.get(key)}.")
            for entry in entries.values()
            if isinstance(entry, dict)
        }


class Ec2Reader(FormReader):
    """EC2's own form: capitals, and lists without an element for their members."""

    def name(self, shape: Shape, default: str) -> str:
        if "queryName" in shape.serialization:
            return shape.serialization["queryName"]
        name = shape.serialization.get("name", default)
        return name[0].upper() + name[1:]

    def _list(self, shape: Shape, given, path: str):
        return [] if given == "" else self._items(shape, given, path)


def read_rest(service: ServiceModel, method: str, url: str, headers: dict[str, str], body: bytes) -> Request:
    parts = urlsplit(url)
    query = parse_qsl(parts.query, keep_blank_values=True)
    operation, labels = routed(service, method, parts.path, dict(query), headers)
    shape, reader = operation.input_shape, XmlReader()
    if shape is None:
        return Request("rest-xml", service.service_name, operation.name, None, {})
    params, bound = {}, {*literals(operation), *IGNORED_QUERY}
    for name, member in shape.members.items():
        wire = member.serialization.get("name", name)
        location = member.serialization.get("location")
        values = [value for key, value in query if key == wire]
        if location == "uri":
            params[name] = reader.read(member, labels[wire], "")
        elif location == "querystring" and values:
            bound.add(wire)
            params[name] = reader.read(member, values if member.type_name == "list" else values[0], "")
        elif location == "header" and wire.lower() in headers:
            params[name] = reader.read(member, headers[wire.lower()], "")
        elif location == "headers":
            prefix = wire.lower()
            found = {key[len(prefix) :]: value for key, value in headers.items() if key.startswith(prefix)}
            params.update({name: found} if found else {})
    reader.unknown.extend(key for key, _ in query if key not in bound)
    params.update(read_body(shape, reader, body))
    return Request("rest-xml", service.service_name, operation.name, shape, params, reader.unknown)


def read_body(shape: Shape, reader: "XmlReader", body: bytes) -> dict:
    payload = shape.serialization.get("payload")
    if payload and shape.members[payload].type_name in ("blob", "string"):
        text = shape.members[payload].type_name == "string"
        return {payload: body.decode("utf-8", "replace") if text else body} if body else {}
    if not body:
        return {}
    try:
        root = ElementTree.fromstring(body)
    except ElementTree.ParseError as error:
        raise Unreadable(str(error)) from error
    return {payload: reader.read(shape.members[payload], root, "")} if payload else reader.read(shape, root, "")


def literals(operation: OperationModel) -> dict[str, str]:
    """What an operation's own address has in its query: `?policy`."""
    return dict(parse_qsl(operation.http["requestUri"].partition("?")[2], keep_blank_values=True))


def routed(service: ServiceModel, method: str, path: str, query: dict, headers: dict) -> tuple[OperationModel, dict]:
    """The operation of a method and a path; of several, the one that more of its query and its headers speak for."""
    best = None
    for name in service.operation_names:
        operation = service.operation_model(name)
        if operation.http.get("method", "POST") != method:
            continue
        labels = matched(operation.http["requestUri"].partition("?")[0], path)
        own = literals(operation)
        if labels is None or any(query.get(key) != value for key, value in own.items()):
            continue
        needed = needed_at(operation, "querystring", "header")
        if not needed <= query.keys() | headers.keys():
            continue
        rank = (len(own), query.get("x-id") == name, len(needed), not operation.deprecated)
        if best is None or rank > best[0]:
            best = (rank, operation, labels)
    if best is None:
        raise UnknownOperation(f"{method} {path} is no operation of {service.service_name}")
    return best[1], best[2]


def needed_at(operation: OperationModel, *locations: str) -> set[str]:
    shape = operation.input_shape
    wires = [shape.members[name].serialization for name in shape.required_members] if shape else []
    return {
        wire["name"].lower() if wire["location"] == "header" else wire["name"]
        for wire in wires
        if wire.get("location") in locations
    }


def matched(template: str, path: str) -> dict[str, str] | None:
    """The labels of a path, where it fits: `/{Bucket}/{Key+}`."""
    pattern = re.sub(r"\\{(\w+)(\\\+)?\\}", lambda m: f"(?P<{m[1]}>{'.+' if m[2] else '[^/]+'})", re.escape(template))
    found = re.fullmatch(pattern.rstrip("/") + "/?", path)
    return {name: unquote(value) for name, value in found.groupdict().items()} if found else None


class XmlReader(TextReader):
    def read(self, shape: Shape, given, path: str):
        scalar = shape.type_name not in ("structure", "list", "map")
        return super().read(shape, (given.text or "") if scalar and hasattr(given, "text") else given, path)

    def _structure(self, shape: Shape, given, path: str):
        children: dict = {wire(name): value for name, value in given.attrib.items()}
        flat = {self.name(member, name) for name, member in shape.members.items() if is_flat(member)}
        for child in given:
            tag = wire(child.tag)
            if tag in flat:
                children.setdefault(tag, []).append(child)
            else:
                children[tag] = child
        return super()._structure(shape, children, path)

    def name(self, shape: Shape, default: str) -> str:
        return super().name(shape, default).rpartition(":")[2]

    def _list(self, shape: Shape, given, path: str):
        return [self.read(shape.member, item, path) for item in self._children(shape, given, path)]

    def _children(self, shape: Shape, given, path: str):
        if isinstance(given, str):
            return [item.strip() for item in given.split(",")]
        if isinstance(given, list):
            return given
        tag = self.name(shape.member, "member")
        self.unknown.extend(f"{path}{wire(item.tag)}" for item in given if wire(item.tag) != tag)
        return [item for item in given if wire(item.tag) == tag]


def is_flat(shape: Shape) -> bool:
    return bool(shape.serialization.get("flattened"))


def wire(name: str) -> str:
    """A tag or an attribute without its namespace."""
    return name.rpartition("}")[2]


def from_base64(given):
    try:
        return base64.b64decode(given, validate=True)
    except (ValueError, TypeError, binascii.Error):
        return given
