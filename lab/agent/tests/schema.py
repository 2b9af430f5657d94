"""The published payload schemas, decoded by Google's own library as a second opinion on the bytes."""

from typing import Any

from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

_KINDS = {'double': 1, 'int64': 3, 'uint64': 4, 'int32': 5, 'bool': 8, 'string': 9}

_MESSAGES = {
    'Resource': 'string type=1; string name=2',
    'MetricPoint': 'double value=1; int64 timestamp=2',
    'MetricSeries': 'Resource* resources=1; string metric=2; string* tags=3; MetricPoint* points=4; int32 type=5; '
    'string unit=6; string source_type_name=7; int64 interval=8',
    'MetricPayload': 'MetricSeries* series=1',
    'TextEntry': 'string key=1; string value=2',
    'NumberEntry': 'string key=1; double value=2',
    'Span': 'string service=1; string name=2; string resource=3; uint64 traceID=4; uint64 spanID=5; '
    'uint64 parentID=6; int64 start=7; int64 duration=8; int32 error=9; TextEntry* meta=10; NumberEntry* metrics=11; '
    'string type=12',
    'TraceChunk': 'int32 priority=1; string origin=2; Span* spans=3; TextEntry* tags=4; bool droppedTrace=5',
    'TracerPayload': 'string containerID=1; string languageName=2; string languageVersion=3; string tracerVersion=4; '
    'string runtimeID=5; TraceChunk* chunks=6; TextEntry* tags=7; string env=8; string hostname=9; '
    'string appVersion=10',
    'AgentPayload': 'string hostName=1; string env=2; TracerPayload* tracerPayloads=5; TextEntry* tags=6; '
    'string agentVersion=7',
}


def _file() -> descriptor_pb2.FileDescriptorProto:
    file = descriptor_pb2.FileDescriptorProto(name='lab.proto', package='lab', syntax='proto3')
    for name, fields in _MESSAGES.items():
        entry = file.message_type.add(name=name)
        for field in fields.split('; '):
            kind, _, rest = field.partition(' ')
            label, number = rest.split('=')
            added = entry.field.add(name=label, number=int(number), label=3 if kind.endswith('*') else 1)
            kind = kind.rstrip('*')
            if kind in _KINDS:
                added.type = _KINDS[kind]
            else:
                added.type, added.type_name = 11, f'.lab.{kind}'
    return file


_POOL = descriptor_pool.DescriptorPool()
_POOL.Add(_file())


def decode(name: str, body: bytes) -> Any:
    """Raises if BODY isn't such a message, or has a field that the schema lacks."""
    found = message_factory.GetMessageClass(_POOL.FindMessageTypeByName(f'lab.{name}')).FromString(body)
    size = found.ByteSize()
    found.DiscardUnknownFields()
    assert found.ByteSize() == size, 'there are fields that the schema lacks'
    return found


def entries(repeated: Any) -> dict[str, Any]:
    """Converts a map from its wire format."""
    return {one.key: one.value for one in repeated}
