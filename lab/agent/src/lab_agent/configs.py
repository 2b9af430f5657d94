"""Reads conf.d: instances of checks, and log files to tail."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from lab_agent import yaml_io
from lab_agent.check_id import check_id

DEFAULT_INTERVAL = 15


class InstanceConfig(NamedTuple):
    """One instance of one check."""

    name: str
    instance: dict[str, Any]
    init_config: dict[str, Any]
    source: str
    id: str
    interval: float


class LogConfig(NamedTuple):
    """One entry of a `logs:` list."""

    name: str
    values: dict[str, Any]
    source: str


class Configs:
    """Everything found. A broken file is an error under its own name and doesn't affect others."""

    def __init__(self) -> None:
        self.instances: list[InstanceConfig] = []
        self.logs: list[LogConfig] = []
        self.errors: dict[str, str] = {}


def interval_of(instance: dict[str, Any]) -> float:
    """`min_collection_interval` in seconds, which takes effect only on an instance."""
    value = instance.get('min_collection_interval', DEFAULT_INTERVAL)
    if isinstance(value, bool) or not isinstance(value, int | float) or value < 0:
        raise ValueError(f'min_collection_interval must be a number of seconds, got {value!r}')
    return float(value or DEFAULT_INTERVAL)


def _read(name: str, path: Path, found: Configs, resolve: Callable[[Any], Any]) -> None:
    document = resolve(yaml_io.load_file(path))
    if not isinstance(document, dict):
        raise ValueError('expected a mapping with `instances` or `logs`')
    instances = document.get('instances') or []
    logs = document.get('logs') or []
    if not isinstance(instances, list) or not isinstance(logs, list):
        raise ValueError('`instances` and `logs` must be lists')
    if not instances and not logs:
        raise ValueError('Configuration file contains no valid instances')
    instances = [item or {} for item in instances]
    init_config = document.get('init_config')
    for index, instance in enumerate(instances):
        if not isinstance(instance, dict):
            raise ValueError(f'instance #{index + 1} must be a mapping')
        found.instances.append(
            InstanceConfig(
                name=name,
                instance=instance,
                init_config=init_config or {},
                source=f'file:{path}',
                id=check_id(name, instance, init_config, instances),
                interval=interval_of(instance),
            )
        )
    for entry in logs:
        if not isinstance(entry, dict):
            raise ValueError('an entry of `logs` must be a mapping')
        found.logs.append(LogConfig(name, entry, f'file:{path}'))


DEFAULT = '.default'


def _is_config(path: Path) -> bool:
    return path.name.removesuffix(DEFAULT).endswith(('.yaml', '.yml'))


def _files(conf_d: Path) -> list[tuple[str, Path]]:
    """Names and files, defaults last."""
    found: list[tuple[str, Path]] = []
    for entry in sorted(conf_d.iterdir()):
        if entry.is_dir() and entry.suffix == '.d':
            found += [(entry.stem, path) for path in sorted(entry.iterdir()) if _is_config(path)]
        elif not entry.is_dir() and _is_config(entry):
            found.append((Path(entry.name.removesuffix(DEFAULT)).stem, entry))
    return sorted(found, key=lambda one: one[1].name.endswith(DEFAULT))


def load_configs(conf_d: Path, resolve: Callable[[Any], Any] = lambda document: document) -> Configs:
    """Reads `NAME.d/*.yaml` and `NAME.yaml` below `conf_d`; `resolve` replaces handles of secrets, or raises.

    As in the real Agent, a file `….yaml.default` counts only if no other gives the check an instance.
    """
    found = Configs()
    try:
        files = _files(conf_d)
    except OSError as error:
        found.errors['conf.d'] = f'could not read {conf_d}: {error.strerror}'
        return found
    for name, path in files:
        if path.name.endswith(DEFAULT) and any(one.name == name for one in found.instances):
            continue
        try:
            _read(name, path, found, resolve)
        except Exception as error:
            found.errors[name] = f'{path}: {error}'
    return found
