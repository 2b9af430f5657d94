"""Which of the test agent's paths are served.

It can also forward what it gets, to any address: `/vcr/…` does, and `/test/settings` makes other paths do it. Nothing
may leave the machine, and what a real Agent lacks has no use here: only known paths are let through.
"""

from typing import Any

from aiohttp import web

TRACES = ('/v0.4/traces', '/v0.5/traces', '/v0.7/traces', '/v1.0/traces')

# A real Agent's, as far as the test agent has them, and its view of what came in.
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
    """404 for every other path, before anything of the test agent has seen the request."""
    if request.path not in _SERVED:
        return web.Response(status=404, text='404 page not found\n')
    answer: web.StreamResponse = await handler(request)
    return answer
