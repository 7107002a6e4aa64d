"""Answers of the VK peer against the published schema of the API (VKCOM/vk-api-schema 5.199), where the measuring data has it."""

from __future__ import annotations

import json
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

from jsonschema import Draft7Validator
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT7

BASE = "http://vk/"
PLAIN_FILES = frozenset({"package.json", "composer.json"})


class Schema:
    """The schema files of one folder; validators are built when first needed."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._validators: dict[tuple[str, str], Draft7Validator] = {}

    @cached_property
    def registry(self) -> Registry[Any]:
        """All files by their address inside the folder."""
        found = []
        for path in self.folder.rglob("*.json"):
            if path.name not in PLAIN_FILES:
                contents = _lifted(json.loads(path.read_text()))
                contents.pop("$schema", None)
                address = BASE + path.relative_to(self.folder).as_posix()
                found.append((address, Resource(contents=contents, specification=DRAFT7)))
        return Registry().with_resources(found)

    @cached_property
    def methods(self) -> dict[str, tuple[str, dict[str, Any]]]:
        """Description of each method with the file it stands in."""
        return {
            method["name"]: (path.relative_to(self.folder).as_posix(), method)
            for path in self.folder.rglob("methods.json")
            for method in json.loads(path.read_text())["methods"]
        }

    @cached_property
    def descriptions(self) -> dict[int, str]:
        """Text of each error code."""
        errors = json.loads((self.folder / "errors.json").read_text())["errors"]
        return {e["code"]: e["description"] for e in errors.values()}

    def tokens(self, method: str) -> frozenset[str]:
        """Kinds of keys that may call a method: user, service, group."""
        return frozenset(self.methods[method][1].get("access_token_type", ()))

    def faults(self, method: str, answer: Any, *, extended: bool = False) -> list[str]:
        """Return what in an answer breaks the schema, as "path: why"."""
        kinds = self.methods[method][1]["responses"]
        kind = "extendedResponse" if extended and "extendedResponse" in kinds else "response"
        key = (method, kind)
        if key not in self._validators:
            place = urljoin(BASE + self.methods[method][0], kinds[kind]["$ref"])
            self._validators[key] = Draft7Validator({"$ref": place}, registry=self.registry)
        found = self._validators[key].iter_errors({"response": answer})
        return [f"{e.json_path}: {e.message[:120]}" for e in found]


def _lifted(value: Any) -> Any:
    """The files say draft-07 but write draft-03's `required: true` inside properties: lift it to the object's list."""
    if isinstance(value, list):
        return [_lifted(v) for v in value]
    if not isinstance(value, dict):
        return value
    properties = value.get("properties")
    needed = []
    if isinstance(properties, dict):
        needed = [k for k, v in properties.items() if isinstance(v, dict) and v.get("required") is True]
    out = {k: _lifted(v) for k, v in value.items() if not (k == "required" and isinstance(v, bool))}
    if needed:
        out["required"] = sorted({*needed, *(out.get("required") or [])})
    return out
