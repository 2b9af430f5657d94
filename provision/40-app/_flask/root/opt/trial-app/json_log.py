"""Log records as JSON lines that Datadog reads without a pipeline of one's own."""

import json
import logging
import os
from datetime import UTC, datetime
from logging.handlers import WatchedFileHandler

# The tracer puts these on each record (log injection, on by default since ddtrace 3.10). The trace id is the whole
# 128-bit one in 32 hex digits; the span id is decimal. '0' is what the tracer itself writes outside of a request.
TRACE_FIELDS = {
    'dd.trace_id': '0',
    'dd.span_id': '0',
    'dd.service': os.environ.get('DD_SERVICE', ''),
    'dd.env': os.environ.get('DD_ENV', ''),
    'dd.version': os.environ.get('DD_VERSION', ''),
}


class JsonFormatter(logging.Formatter):
    """One record, one line. `extra={'fields': {…}}` adds fields of its own."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, object] = {
            'timestamp': datetime.fromtimestamp(record.created, UTC).isoformat(timespec='milliseconds'),
            'level': record.levelname,
            'logger': record.name,
            'message': record.getMessage(),
            **{name: str(getattr(record, name, None) or absent) for name, absent in TRACE_FIELDS.items()},
            **getattr(record, 'fields', {}),
        }
        if record.exc_info:
            line['error.stack'] = self.formatException(record.exc_info)
        # ASCII only: no reader of the file can trip over an encoding, and a newline in a path stays inside its string.
        return json.dumps(line, default=str)


def json_handler(path: str | None) -> logging.Handler:
    """A handler for the file at `path`, or for stderr without one.

    A watched file is opened anew after logrotate renamed it: no signal, no lost lines as with copytruncate.
    """
    handler = WatchedFileHandler(path, encoding='utf-8') if path else logging.StreamHandler()
    handler.setFormatter(JsonFormatter())
    return handler
