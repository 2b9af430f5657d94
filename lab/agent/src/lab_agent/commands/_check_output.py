"""How `check` prints what a check sent."""

import json
from typing import Any

from lab_agent import bridge
from lab_agent.runner import Runner

_TITLES = {'metrics': 'Series', 'service_checks': 'Service Checks', 'events': 'Events'}


def result(runner: Runner, sent: dict[str, list[dict[str, Any]]]) -> dict[str, Any]:
    """One element of the JSON array, not scrubbed, as in the real Agent; kinds of data that weren't sent are absent."""
    return {
        'aggregator': {kind: entries for kind, entries in sent.items() if entries},
        'inventories': bridge.current.metadata.get(runner.id, {}),
        'runner': runner.as_json(),
    }


def summary(runner: dict[str, Any]) -> str:
    """One instance, as `check` and `status` show it."""
    lines = [
        f'    {runner["CheckName"]} ({runner["CheckVersion"]})',
        f'    {"-" * (len(runner["CheckName"]) + len(runner["CheckVersion"]) + 3)}',
        f'      Instance ID: {runner["CheckID"]} [{"ERROR" if runner["LastError"] else "OK"}]',
        f'      Configuration Source: {runner["CheckConfigSource"]}',
        f'      Total Runs: {runner["TotalRuns"]}',
        f'      Metric Samples: Last Run: {runner["MetricSamples"]}, Total: {runner["TotalMetricSamples"]}',
        f'      Service Checks: Last Run: {runner["ServiceChecks"]}, Total: {runner["TotalServiceChecks"]}',
        f'      Average Execution Time : {runner["AverageExecutionTime"]}ms',
    ]
    for error in json.loads(runner['LastError'] or '[]'):
        lines += [f'      Error: {error["message"]}', *(f'        {line}' for line in error['traceback'].splitlines())]
    lines += [f'      Warning: {warning}' for warning in runner['LastWarnings']]
    return '\n'.join(lines)


def text(results: list[dict[str, Any]]) -> str:
    """The text output."""
    parts: list[str] = []
    for one in results:
        for kind, title in _TITLES.items():
            if kind in one['aggregator']:
                parts.append(f'=== {title} ===\n{json.dumps(one["aggregator"][kind], indent=2)}')
        parts.append(
            f'=========\nCollector\n=========\n\n  Running Checks\n  ==============\n\n{summary(one["runner"])}'
        )
    parts.append(
        'Check has run only once, if some metrics are missing you can try again with --check-rate to see any other '
        'metric if available.'
        if all(one['runner']['TotalRuns'] == 1 for one in results)
        else ''
    )
    return '\n'.join(part for part in parts if part)


def table(results: list[dict[str, Any]]) -> str:
    """Metrics in columns."""
    rows = [('METRIC', 'TYPE', 'TIMESTAMP', 'VALUE', 'TAGS')]
    for one in results:
        for metric in one['aggregator'].get('metrics', []):
            at, value = metric['points'][-1]
            rows.append((metric['metric'], metric['type'], str(at), f'{value:g}', ', '.join(metric['tags'])))
    widths = [max(len(row[column]) for row in rows) for column in range(4)]
    body = '\n'.join(
        '  '.join([*(cell.ljust(width) for cell, width in zip(row, widths, strict=False)), row[4]]) for row in rows
    )
    return '\n'.join([body, *(summary(one['runner']) for one in results)])
