"""Judges parameters by AWS's service models: botocore's own validator, and what it leaves to AWS: maxima, enums, patterns."""

from typing import Any, NamedTuple

import regex
from botocore.model import Shape
from botocore.validate import ParamValidator, ValidationErrors

# Java's way to say "and every character beyond the first 65,536".
SURROGATES = r"\uD800\uDC00-\uDBFF\uDFFF"


class Fault(NamedTuple):
    """What botocore calls it: `missing required field`, `invalid type`; and here: `too large`, `too long`, `enum`, `pattern`."""

    kind: str
    # As botocore writes it: `.Tags[0].Key`.
    path: str
    details: dict[str, Any]


class Constraints(ParamValidator):
    """Adds to botocore's validator the rules of the model that it leaves to the service."""

    VALIDATED_METADATA_ATTRS = {*ParamValidator.VALIDATED_METADATA_ATTRS, "max", "enum", "pattern"}

    def __init__(self):
        self.patterns: dict[str, regex.Pattern] = {}

    def faults(self, params: dict, shape: Shape) -> list[Fault]:
        return [Fault(kind, path, details) for kind, path, details in self.validate(params, shape)._errors]

    def pattern(self, text: str) -> regex.Pattern:
        if text not in self.patterns:
            self.patterns[text] = regex.compile(text.replace(SURROGATES, r"\U00010000-\U0010FFFF"))
        return self.patterns[text]

    def _validate(self, params, shape: Shape, errors: ValidationErrors, name: str):
        super()._validate(params, shape, errors, name)
        given = {"param": params, "shape": shape}
        if isinstance(params, bool):
            if shape.type_name in ("integer", "long", "double", "float"):
                errors.report(name, "invalid type", valid_types=["number"], **given)
        elif shape.type_name in ("integer", "long", "double", "float"):
            if isinstance(params, (int, float)) and params > shape.metadata.get("max", float("inf")):
                errors.report(name, "too large", **given)
        elif isinstance(params, str) and shape.type_name == "string":
            self._validate_text(params, shape, errors, name, given)
        elif isinstance(params, (list, dict)) and len(params) > shape.metadata.get("max", float("inf")):
            errors.report(name, "too long", **given)

    def _validate_text(self, text: str, shape: Shape, errors: ValidationErrors, name: str, given: dict):
        if len(text) > shape.metadata.get("max", float("inf")):
            errors.report(name, "too long", **given)
        if shape.enum and text not in shape.enum:
            errors.report(name, "enum", **given)
        pattern = shape.metadata.get("pattern")
        if pattern and not self.pattern(pattern).fullmatch(text):
            errors.report(name, "pattern", **given)
