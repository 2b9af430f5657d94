#!/usr/bin/env python3
"""A tiny FerretDB for tests: keeps documents in memory, without queries."""

import asyncio
import signal
import sys
from collections import defaultdict
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / 'src'))

from lab_mongodb import bson, wire  # noqa: E402

Stored = dict[tuple[str, str], list[dict[str, Any]]]


def _given(message: wire.Message, name: str) -> list[dict[str, Any]]:
    if name in message.sequences:
        return [bson.decode(item) for item in bson.documents(message.sequences[name])]
    return bson.full(message.body.get(name)) or []


async def _answer(stored: Stored, message: wire.Message) -> dict[str, Any]:
    body = message.body
    name, database = next(iter(body)), body['$db']
    collection = body[name] if isinstance(body[name], str) else ''
    documents = stored[database, collection]
    if collection == 'slow':
        await asyncio.sleep(0.15)
    if {'lsid', 'writeConcern', 'txnNumber'} & body.keys():
        return {'ok': 0.0, 'errmsg': 'a field that FerretDB does not know', 'code': 9, 'codeName': 'FailedToParse'}
    match name:
        case 'ping':
            return {'ok': 1.0}
        case 'serverStatus':
            return {'host': 'x', 'process': 'ferretdb', 'version': '7.0.77', 'catalogStats': {}, 'ok': 1.0}
        case 'insert':
            given = _given(message, 'documents')
            documents += given
            return {'n': len(given), 'ok': 1.0}
        case 'update' | 'delete':
            return {'n': 0, 'nModified': 0, 'ok': 1.0}
        case 'find':
            size = body.get('batchSize', 101)
            open_cursor = bson.Int64(7 if size < len(documents) else 0)
            batch = documents[:size]
            return {'cursor': {'firstBatch': batch, 'id': open_cursor, 'ns': f'{database}.{collection}'}, 'ok': 1.0}
        case 'getMore':
            rest = stored[database, body['collection']][1:]
            return {'cursor': {'nextBatch': rest, 'id': bson.Int64(0), 'ns': 'x.y'}, 'ok': 1.0}
        case 'listDatabases':
            names = sorted({known for known, _ in stored} - {'admin', 'config', 'local'})
            found = [{'name': known, 'sizeOnDisk': bson.Int64(4096), 'empty': False} for known in names]
            return {'databases': found, 'totalSize': bson.Int64(0), 'ok': 1.0}
        case 'listIndexes':
            index = {'v': 2, 'key': {'_id': 1}, 'name': '_id_'}
            return {'cursor': {'firstBatch': [index], 'id': bson.Int64(0), 'ns': 'x.y'}, 'ok': 1.0}
        case 'listCollections' | 'aggregate':
            return {'cursor': {'firstBatch': [], 'id': bson.Int64(0), 'ns': 'x.y'}, 'ok': 1.0}
        case 'dbStats' | 'create' | 'killCursors' | 'drop' | 'dropDatabase' | 'createIndexes' | 'collStats' | 'count':
            return {'n': 0, 'db': database, 'ok': 1.0}
    return {'ok': 0.0, 'errmsg': f'no such command: {name}', 'code': 59, 'codeName': 'CommandNotFound'}


async def _main() -> None:
    # As a Go program.
    signal.signal(signal.SIGUSR1, signal.SIG_IGN)
    path = next(word.partition('=')[2] for word in sys.argv if word.startswith('--listen-unix='))
    stored: Stored = defaultdict(list)

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while (data := await wire.read(reader)) is not None:
            message = wire.parse(data)
            writer.write(wire.reply(message, bson.encode(await _answer(stored, message))))
        writer.close()

    server = await asyncio.start_unix_server(serve, path)
    async with server:
        await server.serve_forever()


asyncio.run(_main())
