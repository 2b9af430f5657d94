"""Which field of which answer becomes which metric, and how it is sent. Fields that a server omits are skipped."""

from typing import NamedTuple

GAUGE, RATE = 'gauge', 'rate'


class Metric(NamedTuple):
    """One metric: the path of its value, and how it is submitted."""

    name: str
    path: str
    kind: str


def _table(kind: str, prefix: str, fields: str) -> list[Metric]:
    """Metrics named after their field in lower case, with the suffix `ps` for rates, or as given after `=`."""
    found = []
    for entry in fields.split():
        field, _, name = entry.partition('=')
        name = name or (f'{field.lower()}ps' if kind == RATE else field)
        found.append(Metric(f'mongodb.{prefix}{name}', f'{prefix}{field}', kind))
    return found


# From serverStatus.
SERVER = [
    *_table(GAUGE, '', 'uptime'),
    *_table(GAUGE, 'connections.', 'current available totalCreated'),
    *_table(GAUGE, 'mem.', 'resident virtual bits'),
    *_table(RATE, 'network.', 'bytesIn bytesOut numRequests'),
    *_table(RATE, 'opcounters.', 'insert query update delete getmore command'),
    *_table(RATE, 'asserts.', 'regular warning msg user rollovers'),
    *_table(RATE, 'extra_info.', 'page_faults'),
]

# From dbStats, for each database.
DATABASE = [
    Metric(f'mongodb.stats.{field.lower()}', field, GAUGE)
    for field in ('objects', 'collections', 'dataSize', 'indexes', 'indexSize', 'storageSize', 'avgObjSize')
]
