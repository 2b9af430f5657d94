"""Stands in for packages that ddapm-test-agent imports for OTLP over gRPC, which is not served here.

The real one is 19 MB and a tenth of the receiver's import time.
"""

import sys
from types import ModuleType

_NAMES = (
    'grpc',
    'grpc.aio',
    'opentelemetry.proto.collector.logs.v1.logs_service_pb2_grpc',
    'opentelemetry.proto.collector.metrics.v1.metrics_service_pb2_grpc',
    'opentelemetry.proto.collector.trace.v1.trace_service_pb2_grpc',
)


class _Absent(ModuleType):
    def __getattr__(self, name: str) -> type:
        if name.startswith('__'):
            raise AttributeError(name)
        return type(name, (), {})


def install() -> None:
    """Call this before the first import of ddapm_test_agent."""
    for name in _NAMES:
        sys.modules.setdefault(name, _Absent(name))
    # `from grpc import aio` needs the submodule as an attribute.
    vars(sys.modules['grpc'])['aio'] = sys.modules['grpc.aio']
