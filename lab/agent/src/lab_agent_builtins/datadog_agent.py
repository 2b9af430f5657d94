"""The module `datadog_agent` that an Agent provides to its checks."""

import json
import logging
import re
import time
from typing import Any

from lab_agent import VERSION, bridge

_STARTED = time.time()
_UNSAFE = re.compile(r'[^A-Za-z0-9._-]')


def get_hostname() -> str:
    return bridge.current.hostname


def get_version() -> str:
    return VERSION


def get_config(key: str) -> Any:
    return bridge.current.config(key)


def get_host_tags() -> str:
    return json.dumps({'system': bridge.current.settings.host_tags})


def get_clustername() -> str:
    return ''


def get_process_start_time() -> float:
    return _STARTED


def headers(**_options: Any) -> dict[str, str]:
    return {'User-Agent': f'Datadog Agent/{VERSION}', 'Content-Type': 'application/json'}


def log(message: str, level: int) -> None:
    # TRACE (7) is below DEBUG in the checks' own scale.
    logging.getLogger('lab_agent.checks').log(max(level, logging.DEBUG), '%s', message)


def set_check_metadata(check_id: str, name: str, value: str) -> None:
    bridge.current.metadata.setdefault(check_id, {})[name] = value


def set_external_tags(_tags: Any) -> None:
    """Tags for other hosts: there are none in the lab."""


def send_log(_line: str, _check_id: str) -> None:
    bridge.current.sent_logs += 1


def emit_agent_telemetry(*_args: Any) -> None:
    """Internal telemetry isn't kept."""


def report_issue(*_args: Any) -> None:
    """Health issues of the platform aren't kept."""


def resolve_issue(*_args: Any) -> None:
    """See report_issue."""


def tracemalloc_enabled() -> bool:
    return False


def obfuscate_sql(query: str, _options: str | None = None) -> str:
    """Literals become `?`; the real obfuscator does more."""
    return re.sub(r"'(?:[^'\\]|\\.)*'|\b\d+(?:\.\d+)?\b", '?', query)


def obfuscate_sql_exec_plan(plan: str, _normalize: bool = False) -> str:
    return plan


def read_persistent_cache(key: str) -> str:
    try:
        return (bridge.current.run_path / _UNSAFE.sub('_', key)).read_text(encoding='utf-8')
    except OSError:
        return ''


def write_persistent_cache(key: str, value: str) -> None:
    path = bridge.current.run_path / _UNSAFE.sub('_', key)
    temporary = path.with_name(f'{path.name}.tmp')
    temporary.write_text(value, encoding='utf-8')
    temporary.replace(path)
