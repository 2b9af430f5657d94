"""`datadog-agent COMMAND`: imports only the module of that command."""

import importlib
import sys
from collections.abc import Sequence

COMMANDS = {
    'run': 'run the Agent',
    'check': 'run the specified check',
    'status': 'print the current status of the running Agent',
    'configcheck': 'print all configurations loaded and resolved of a running Agent',
    'health': "print the current Agent's health",
    'config': 'print the runtime configuration of a running agent',
    'version': 'print the version info',
    'hostname': 'print the hostname used by the Agent',
    'stream-logs': 'stream the logs being processed by a running agent',
    'trace-agent': 'receive traces (started by datadog-agent-trace.service)',
}

# The Agent exits with -1 after every failed command.
FAILURE = 255


class CommandError(Exception):
    """Exits with `Error: …` on stderr and the Agent's failure status."""


def usage() -> str:
    lines = [f'  {name:<12} {text}' for name, text in COMMANDS.items()]
    return '\n'.join(['Usage:', '  datadog-agent [command]', '', 'Available Commands:', *lines])


def main(arguments: Sequence[str]) -> int:
    """Runs one command and returns its exit status."""
    name = arguments[0] if arguments else '--help'
    if name in ('-h', '--help', 'help'):
        print(usage())
        return 0
    if name not in COMMANDS:
        print(f'Error: unknown command "{name}" for "datadog-agent"\n{usage()}', file=sys.stderr)
        return FAILURE
    module = importlib.import_module(f'lab_agent.commands.{name.replace("-", "_")}')
    try:
        return int(module.main(list(arguments[1:])))
    except SystemExit as ended:
        return FAILURE if ended.code not in (0, None) else 0
    except CommandError as error:
        print(f'Error: {error}', file=sys.stderr)
        return FAILURE
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        return FAILURE
