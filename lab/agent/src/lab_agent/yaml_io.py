"""YAML with libyaml: the pure Python loader is ten times slower, and ten times more on an emulated processor."""

from pathlib import Path
from typing import Any

import yaml


def load(text: str) -> Any:
    """Parses one document; raises `yaml.YAMLError` with line and column."""
    return yaml.load(text, Loader=yaml.CSafeLoader)


def load_file(path: Path) -> Any:
    return load(path.read_text(encoding='utf-8'))


def dump(value: Any) -> str:
    """Block style with sorted keys, as the Agent's own YAML writer prints a check's configuration."""
    options = {'default_flow_style': False, 'allow_unicode': True, 'width': 1 << 20}
    return str(yaml.dump(value, Dumper=yaml.CSafeDumper, **options))
