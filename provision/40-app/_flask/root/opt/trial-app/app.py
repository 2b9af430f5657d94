"""The trial app: three routes to trace, and one log record per request that carries the trace's id.

Traced from outside: nothing here imports the tracer, so that it can't be traced twice.
"""

import logging
import os
import time
from collections.abc import Callable

from flask import Flask, Response, g, jsonify, request
from json_log import json_handler
from werkzeug.exceptions import HTTPException


def create_app(log_file: str | None = None) -> Flask:
    """The WSGI application; its records go to `log_file`, or to stderr without one."""
    app = Flask('trial_app')
    app.logger.handlers = [json_handler(log_file)]
    app.logger.setLevel(logging.INFO)
    app.logger.propagate = False

    # The tracer names a request's resource by method and route, and a span inside it by the function.
    @app.get('/')
    def entrypoint() -> Response:
        return plain('Entrypoint to the Application')

    @app.get('/api/apm')
    def apm() -> Response:
        return plain('Getting APM Started')

    @app.get('/api/trace')
    def trace() -> Response:
        return plain('Posting Traces')

    app.before_request(start_clock)
    app.after_request(log_request(app.logger))
    app.register_error_handler(HTTPException, answer_error)
    return app


def plain(body: str) -> Response:
    return Response(body, mimetype='text/plain')


def start_clock() -> None:
    g.started = time.perf_counter_ns()


def log_request(logger: logging.Logger) -> Callable[[Response], Response]:
    """The hook that writes one record per request, inside the request's own span."""

    def write(response: Response) -> Response:
        # The path only: a query may carry what must not stand in a log. Names are Datadog's standard attributes;
        # a bare `status` would be taken for the record's own level.
        logger.info(
            '%s %s %d',
            request.method,
            request.path,
            response.status_code,
            extra={
                'fields': {
                    'http.method': request.method,
                    'http.url_details.path': request.path,
                    'http.status_code': response.status_code,
                    'duration': time.perf_counter_ns() - g.started,
                }
            },
        )
        return response

    return write


def answer_error(error: HTTPException) -> tuple[Response, int]:
    """404 and its kind as JSON; Flask turns an unexpected exception into a 500 first and logs its traceback."""
    return jsonify(error=error.name, path=request.path), error.code or 500


app = create_app(os.environ.get('TRIAL_APP_LOG'))
