"""JSON schemas of packs and reports."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest

from opencheck.api.json_schemas import all_schemas
from opencheck.rules.packs import yaml_source
from opencheck.rules.packs.models import PACK_FILES


def test_json_schemas_accept_the_packs_and_are_current(root: Path) -> None:
    schemas = all_schemas()
    written = {p.stem: json.loads(p.read_text(encoding="utf-8")) for p in (root / "docs" / "schema").glob("*.json")}
    assert written == schemas, "run: make docs"
    for pack in (root / "rules").iterdir():
        for file in pack.glob("*.yaml"):
            schema = file.stem if file.stem in ("pack", "score", *PACK_FILES) else "rules"
            data = yaml_source.load_yaml(file).data
            if schema != "rules":
                jsonschema.validate(data, schemas[schema])
            else:
                assert isinstance(data, list)


def test_json_schemas_refuse_unknown_keys() -> None:
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate([{"id": "X-1", "nonsense": 1}], all_schemas()["rules"])
