"""Commands that report the server's state."""

import os
import platform
import time
from typing import Any

from lab_mongodb import VERSION, scram
from lab_mongodb.bson import Date, Int64
from lab_mongodb.commands.operations import current_operations
from lab_mongodb.context import Context, Handler, Request
from lab_mongodb.counters import processes
from lab_mongodb.errors import CommandError


async def _server_status(context: Context, request: Request) -> dict[str, Any]:
    state, now = context.state, time.time()
    found = await context.session.link.command({'serverStatus': 1, '$db': 'admin'})
    for name in ('ok', 'freeMonitoring'):
        found.pop(name, None)
    uptime = now - state.counters.started
    found |= {
        'host': state.host,
        'version': VERSION,
        'process': 'mongod',
        'service': ['shard'],
        'pid': Int64(os.getpid()),
        'uptime': float(int(uptime)),
        'uptimeMillis': Int64(uptime * 1000),
        'uptimeEstimate': Int64(uptime),
        'localTime': Date.of(now),
        **state.counters.sections(state.config.most_connections),
        **processes(os.getpid(), state.backend.identifier),
        'storageEngine': {
            'name': 'ferretdb',
            'supportsCommittedReads': False,
            'supportsPendingDrops': False,
            'persistent': True,
        },
        'lab': True,
    }
    if state.replica.name is not None:
        hello = state.replica.hello()
        hello.pop('isreplicaset', None)
        found['repl'] = {'isWritablePrimary': state.replica.is_primary, **hello}
    # Requests can exclude sections by name.
    return {name: value for name, value in found.items() if request.message.body.get(name, 1) not in (0, False)}


async def _host_info(context: Context, request: Request) -> dict[str, Any]:
    memory = os.sysconf('SC_PHYS_PAGES') * os.sysconf('SC_PAGE_SIZE') // 2**20
    release = platform.freedesktop_os_release()
    cores = os.cpu_count() or 1
    return {
        'system': {
            'currentTime': Date.of(time.time()),
            'hostname': context.state.host,
            'cpuAddrSize': 64,
            'memSizeMB': Int64(memory),
            'memLimitMB': Int64(memory),
            'numCores': cores,
            'numCoresAvailableToProcess': cores,
            'numPhysicalCores': cores,
            'numCpuSockets': 1,
            'cpuArch': platform.machine(),
            'numaEnabled': False,
            'numNumaNodes': 1,
        },
        'os': {'type': 'Linux', 'name': release.get('NAME', 'Linux'), 'version': release.get('VERSION_ID', '')},
        'extra': {'kernelVersion': platform.release(), 'pageSize': Int64(os.sysconf('SC_PAGE_SIZE'))},
    }


async def _top(context: Context, request: Request) -> dict[str, Any]:
    return {'totals': context.state.counters.top()}


async def _current_op(context: Context, request: Request) -> dict[str, Any]:
    everybody, idle = request.get('$ownOps') is not True, bool(request.get('$all'))
    return {'inprog': current_operations(context, everybody=everybody, idle=idle)}


async def _get_log(context: Context, request: Request) -> dict[str, Any]:
    if request.subject == '*':
        return {'names': ['global', 'startupWarnings']}
    if request.subject not in ('global', 'startupWarnings'):
        raise CommandError(96, f'No log named {request.subject!r}')
    lines = list(context.state.log.recent) if request.subject == 'global' else []
    return {'totalLinesWritten': len(lines), 'log': lines}


async def _get_command_line(context: Context, request: Request) -> dict[str, Any]:
    return {'argv': context.state.argv, 'parsed': context.state.config.parsed}


async def _get_parameter(context: Context, request: Request) -> dict[str, Any]:
    config = context.state.config
    known = {
        'authenticationMechanisms': [scram.MECHANISM],
        'enableLocalhostAuthBypass': config.localhost_exception,
        'featureCompatibilityVersion': {'version': VERSION.rpartition('.')[0]},
        'logLevel': 0,
        'processUmask': f'{config.umask:03o}',
        'quiet': False,
        'scramSHA256IterationCount': scram.ITERATIONS,
    }
    asked = request.get('getParameter')
    if asked == '*' or (isinstance(asked, dict) and asked.get('allParameters') is True):
        return known
    found = {name: known[name] for name in request.message.body if name in known}
    if not found:
        raise CommandError(72, 'no option found to get')
    return found


async def _pool_stats(context: Context, request: Request) -> dict[str, Any]:
    names = ('numClientConnections', 'numAScopedConnections', 'totalInUse', 'totalAvailable', 'totalLeased')
    counts = dict.fromkeys((*names, 'totalCreated', 'totalRefreshing'), 0)
    return {**counts, 'pools': {}, 'hosts': {}}


async def _rotate(context: Context, request: Request) -> dict[str, Any]:
    error = rotate(context.state.log, context.session.context)
    if error is not None:
        raise CommandError(8, error)
    return {}


def rotate(log: Any, context: str) -> str | None:
    """Rotates the log and logs this; returns an error message, if any."""
    log.write('CONTROL', 23166, context, 'Log rotation initiated', {'suffix': '', 'logType': None})
    error: str | None = log.rotate()
    if error is not None:
        log.write('CONTROL', 23168, context, 'Log rotation failed', {'reason': error}, severity='E')
    return error


async def _shutdown(context: Context, request: Request) -> dict[str, Any]:
    context.state.stop.set()
    return {}


HANDLERS: dict[str, Handler] = {
    'connPoolStats': _pool_stats,
    'currentOp': _current_op,
    'getCmdLineOpts': _get_command_line,
    'getLog': _get_log,
    'getParameter': _get_parameter,
    'hostInfo': _host_info,
    'logRotate': _rotate,
    'serverStatus': _server_status,
    'shutdown': _shutdown,
    'top': _top,
}
