"""Loads check classes by name, and creates check objects from configured instances."""

import importlib
import sys
import traceback
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

from lab_agent import bridge
from lab_agent.configs import InstanceConfig


class LoadError(Exception):
    """No check of that name, or one that can't be imported."""


class ConfigureError(Exception):
    """The check's constructor rejected its configuration."""

    version = 'unversioned'


class LoadedCheck(NamedTuple):
    """A check ready to run."""

    check: Any
    config: InstanceConfig
    version: str


class Loaded:
    """The loaded checks, and the two kinds of errors as `status` shows them."""

    def __init__(self) -> None:
        self.checks: list[LoadedCheck] = []
        self.loader_errors: dict[str, dict[str, str]] = {}
        # By name and version, `NAME (unversioned)`.
        self.configure_errors: dict[str, list[str]] = {}

    def refused(self, name: str, reason: str) -> None:
        """Reports all loaders, including the one for core checks."""
        loaders = {'Python Check Loader': reason, 'Core Check Loader': f'Check {name} not found in Catalog'}
        self.loader_errors.setdefault(name, {}).update(loaders)


def add_checks_d(folder: Path) -> None:
    """Makes `checks.d/NAME.py` importable, with lower priority than everything that the Agent ships."""
    if str(folder) not in sys.path:
        sys.path.append(str(folder))


def _import(name: str) -> ModuleType:
    """`datadog_checks.NAME` as shipped, else `NAME` from checks.d: the Agent's order."""
    for candidate in (f'datadog_checks.{name}', name):
        try:
            return importlib.import_module(candidate)
        except ModuleNotFoundError as error:
            if error.name != candidate:
                raise LoadError(f"unable to import module '{candidate}': {error}\n{traceback.format_exc()}") from error
        except BaseException as error:
            if isinstance(error, KeyboardInterrupt):
                raise
            raise LoadError(f"unable to import module '{candidate}': {error}\n{traceback.format_exc()}") from error
    raise LoadError(f"unable to import module '{name}': No module named '{name}'")


def find_class(name: str) -> tuple[type[Any], str]:
    """The check's class and version.

    Like the Agent, it takes the last of `dir(module)` that derives from AgentCheck and has no subclass, whether defined
    there or only imported. Older Agents take the first, so boxhound refuses a module with two of them.
    """
    from datadog_checks.base import AgentCheck

    module = _import(name)
    items = (getattr(module, item, None) for item in dir(module))
    found = [
        item
        for item in items
        if isinstance(item, type)
        and issubclass(item, AgentCheck)
        and item is not AgentCheck
        and not item.__subclasses__()
    ]
    if not found:
        raise LoadError(f"unable to find a check class in module '{name}'")
    return found[-1], str(getattr(module, '__version__', 'unversioned'))


def _construct(check_class: type[Any], config: InstanceConfig) -> Any:
    """With keyword arguments, and if that fails, again with Agent 5's `agentConfig`; never positional."""
    arguments = {'name': config.name, 'init_config': config.init_config, 'instances': [config.instance]}
    try:
        return check_class(**arguments)
    except Exception as error:
        first, trace = error, traceback.format_exc()
    try:
        return check_class(**arguments, agentConfig=dict(bridge.current.settings.raw))
    except Exception as error:
        raise ConfigureError(
            f"could not invoke '{config.name}' python check constructor. New constructor API returned:\n{trace}"
            f'Deprecated constructor API returned:\n{error}'
        ) from first


def load_check(config: InstanceConfig) -> LoadedCheck:
    """Imports and constructs; raises LoadError or ConfigureError."""
    check_class, version = find_class(config.name)
    try:
        check = _construct(check_class, config)
    except ConfigureError as refusal:
        refusal.version = version
        raise
    check.check_id = config.id
    check.provider = 'file'
    return LoadedCheck(check, config, version)


def load_checks(configs: list[InstanceConfig]) -> Loaded:
    """Loads every instance; one that can't be loaded is recorded and doesn't affect others."""
    result = Loaded()
    for config in configs:
        try:
            result.checks.append(load_check(config))
        except LoadError as error:
            result.refused(config.name, str(error))
        except ConfigureError as error:
            result.configure_errors.setdefault(f'{config.name} ({error.version})', []).append(str(error))
            result.refused(config.name, f'could not configure check instance for python check {config.name}: {error}')
    return result
