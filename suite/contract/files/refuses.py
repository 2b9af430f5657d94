"""A check for the contract tests whose constructor rejects its configuration."""

from datadog_checks.base import AgentCheck, ConfigurationError


class RefusesCheck(AgentCheck):
    def __init__(self, name, init_config, instances):
        super().__init__(name, init_config, instances)
        raise ConfigurationError('planted refusal')

    def check(self, _instance):
        pass
