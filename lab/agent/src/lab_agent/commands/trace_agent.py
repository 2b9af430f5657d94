"""`datadog-agent trace-agent`: listens on the receiver's sockets, and becomes the receiver once a client sends data."""

import logging

from lab_agent.agent_log import start_logging
from lab_agent.cli import CommandError
from lab_agent.paths import default_paths
from lab_agent.receiver import sockets
from lab_agent.settings import load_settings

log = logging.getLogger('lab_agent.receiver')


def main(_arguments: list[str]) -> int:
    paths = default_paths()
    settings = load_settings(paths.config, connector=paths.connector)
    start_logging(paths, settings, 'trace-agent.log', None)
    if not settings.apm_enabled:
        log.info('apm_config.enabled is false: nothing to do')
        return 0
    if not settings.api_key:
        raise CommandError('you must specify an API Key, either via a configuration file or the DD_API_KEY env var')
    path = paths.root / settings.apm_socket.lstrip('/')
    host = '0.0.0.0' if settings.apm_non_local_traffic else '127.0.0.1'  # noqa: S104 # as configured
    try:
        held = sockets.listen(settings.apm_port, path, host)
    except OSError as error:
        raise CommandError(f'could not listen on port {settings.apm_port} and {path}: {error}') from error
    log.info('Listening on %s:%d and %s; the receiver is loaded with the first data', host, settings.apm_port, path)
    sockets.wait(held)
    from lab_agent.receiver.app import serve
    from lab_agent.receiver.writer import trace_writer

    try:
        serve(held, settings.apm_port, settings.apm_debug_port, trace_writer(settings))
    finally:
        path.unlink(missing_ok=True)
    return 0
