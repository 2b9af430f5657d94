"""Sends one random whole number per run, so that a person sees values arrive in a graph."""

import difflib
import random
from collections.abc import Iterable
from typing import Any

from datadog_checks.base import AgentCheck, ConfigurationError

__version__ = '1.0.0'

DEFAULTS = {'min': 0, 'max': 1000}

# What every instance of every check may carry; the Agent or the base class reads these, not this file.
COMMON = {
    'disable_generic_tags',
    'empty_default_hostname',
    'enable_legacy_tags_normalization',
    'loader',
    'metric_patterns',
    'min_collection_interval',
    'name',
    'namespace',
    'no_index',
    'service',
    'tags',
}


def refuse_unknown(found: Iterable[str], known: Iterable[str], where: str) -> None:
    """Raise ConfigurationError for the first unknown key of `found`, naming the nearest known one.

    The Agent passes unknown keys on in silence: a misspelt option would mean the default for ever.
    """
    allowed = sorted(known)
    for key in found:
        if key in allowed:
            continue
        near = difflib.get_close_matches(str(key), allowed, n=1)
        hint = f'did you mean `{near[0]}`?' if near else f'known here: {", ".join(allowed)}'
        raise ConfigurationError(f'unknown option `{key}` in {where}; {hint}')


class MyMetricCheck(AgentCheck):
    """Gauge `my_metric`: a random whole number from `min` to `max`, both included."""

    def __init__(self, name: str, init_config: dict[str, Any], instances: list[dict[str, Any]]) -> None:
        super().__init__(name, init_config, instances)
        self.low = DEFAULTS['min']
        self.high = DEFAULTS['max']
        # Not here in the constructor: an error raised later stands in the result of each run with its message,
        # while one raised here leaves only "no valid check found".
        self.check_initializations.append(self.configure)

    def configure(self) -> None:
        """Read the instance's options; raises ConfigurationError with what was expected and what was found."""
        misplaced = sorted(set(self.init_config) & set(DEFAULTS))
        if misplaced:
            raise ConfigurationError(f'`{misplaced[0]}` stands in init_config; move it to the instance')
        refuse_unknown(self.init_config, {'service'}, 'init_config')
        refuse_unknown(self.instance, COMMON | set(DEFAULTS), 'the instance')
        self.low = self.bound('min')
        self.high = self.bound('max')
        if self.low >= self.high:
            raise ConfigurationError(f'`min` must be smaller than `max`, found min {self.low} and max {self.high}')

    def bound(self, option: str) -> int:
        """One bound as a whole number. bool is an int to Python, and not to the reader of a YAML file."""
        value = self.instance.get(option, DEFAULTS[option])
        if isinstance(value, bool) or not isinstance(value, int):
            raise ConfigurationError(f'`{option}` must be a whole number, found {value!r} ({type(value).__name__})')
        return value

    def check(self, _: dict[str, Any]) -> None:
        self.gauge('my_metric', random.randint(self.low, self.high), tags=self.instance.get('tags') or [])
