"""The text output of `status`."""

from typing import Any

from lab_agent.commands._check_output import summary


def _section(title: str, lines: list[str]) -> list[str]:
    return ['=' * len(title), title, '=' * len(title), *(f'  {line}' for line in lines), '']


def _apm(stats: dict[str, Any]) -> list[str]:
    if 'error' in stats:
        return [f'Status: Not running or unreachable on localhost:{stats["port"]}', f'Error: {stats["error"]}']
    received = [
        f'From {one["Lang"]} {one["LangVersion"]} ({one["Interpreter"]}), client {one["TracerVersion"]}: '
        f'{one["TracesReceived"]} traces, {one["SpansReceived"]} spans in the last minute'
        for one in stats.get('receiver', [])
    ]
    return ['Status: Running', *(received or ['No traces received in the previous minute.'])]


def _place(configuration: dict[str, Any]) -> str:
    return str(configuration.get('Path') or configuration.get('Port') or 'journal')


def _logs(stats: dict[str, Any]) -> list[str]:
    if not stats['is_running']:
        return ['Logs Agent is not running']
    return [
        f'{integration["name"]}: {_place(source["configuration"])}: {source["status"]}'
        for integration in stats['integrations']
        for source in integration['sources']
    ]


def text(document: dict[str, Any]) -> str:
    """A page with the same sections as the real one."""
    host = {**document['metadata']['meta'], **document['hostnameStats']}
    lines = _section(f'Agent (v{document["version"]})', [document['notice'], f'Pid: {document["pid"]}'])
    lines += _section('Hostname', [f'{host["hostname"]} (provider: {host["provider"]})'])
    lines += _section('Host Tags', document['hostTags'] or ['none'])
    lines += ['=========', 'Collector', '=========', '']
    for checks in document['runnerStats']['Checks'].values():
        lines += [summary(one) + '\n' for one in checks.values()]
    errors = [
        f'{name}: {reason}'
        for name, reasons in document['checkSchedulerStats']['LoaderErrors'].items()
        for reason in reasons.values()
    ]
    errors += [f'{name}: {reason}' for name, reason in document['autoConfigStats']['ConfigErrors'].items()]
    if errors:
        lines += _section('Loading Errors', errors)
    keys = {**document['forwarderStats']['APIKeyStatus'], **document['forwarderStats']['APIKeyFailure']}
    lines += _section('Forwarder', [f'{key}: {word}' for key, word in keys.items()] or ['no API key'])
    lines += _section('Logs Agent', _logs(document['logsStats']))
    lines += _section('APM Agent', _apm(document['apmStats']) if document['apmStats'] else ['Status: disabled'])
    return '\n'.join(lines)
