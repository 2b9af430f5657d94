"""The test agent's paths that are served.

It can also forward requests to any address, by `/vcr/…` or after `/test/settings`. Nothing may leave the machine, so
only known paths are allowed.
"""

from typing import Any

from aiohttp import web

TRACES = ('/v0.4/traces', '/v0.5/traces', '/v0.7/traces', '/v1.0/traces')

# Those of a real Agent that the test agent supports, and its view of received traces.
_SERVED = frozenset(
    (
        *TRACES,
        '/info',
        '/v0.6/stats',
        '/v0.1/pipeline_stats',
        '/v0.7/config',
        '/telemetry/proxy/api/v2/apmtelemetry',
        '/profiling/v1/input',
        '/tracer_flare/v1',
        '/evp_proxy/v2/api/v2/llmobs',
        '/evp_proxy/v2/api/intake/llm-obs/v1/eval-metric',
        '/evp_proxy/v2/api/intake/llm-obs/v2/eval-metric',
        '/evp_proxy/v2/api/v2/exposures',
        '/evp_proxy/v4/api/v2/errorsintake',
        '/evp_proxy/v4/api/v2/llmobs',
        '/test/traces',
    )
)


@web.middleware
async def only_served(request: web.Request, handler: Any) -> web.StreamResponse:
    """Responds 404 to every other path, before the test agent sees the request."""
    if request.path not in _SERVED:
        return web.Response(status=404, text='404 page not found\n')
    answer: web.StreamResponse = await handler(request)
    return answer
