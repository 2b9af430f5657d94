"""The trial app inside the tracer's WSGI middleware: what a box with `trace: middleware` serves instead of app:app."""

import flask
from ddtrace import patch
from ddtrace.contrib.wsgi import DDWSGIMiddleware

# ddtrace marks what it has wrapped. Twice would make two spans of each request, one within the other.
if getattr(flask, '_datadog_patch', False):
    raise RuntimeError('ddtrace-run traces this app already: serve app:app under it, or traced:app without it')

# Trace ids on log records; of the web framework nothing is wrapped.
patch(logging=True)

from app import app as application  # noqa: E402 (the patch comes first)

app = DDWSGIMiddleware(application)
