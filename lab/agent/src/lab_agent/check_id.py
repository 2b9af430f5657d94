"""The Agent's id for a configured instance (guide/agent-contract.md, "Checks"): FNV-1 over a murmur3 digest."""

from typing import Any

import mmh3

from lab_agent import yaml_io

_OFFSET = 0xCBF29CE484222325
_PRIME = 0x100000001B3
_MASK = (1 << 64) - 1


def fnv1_64(data: bytes) -> int:
    value = _OFFSET
    for byte in data:
        value = ((value * _PRIME) & _MASK) ^ byte
    return value


def config_text(value: Any) -> bytes:
    """The YAML that is hashed; empty for an absent section."""
    return b'' if value is None else yaml_io.dump(value).encode()


def config_id(identifier: str) -> str:
    """The digest of a configuration that `configcheck` prints, which is not the id in `status`."""
    name, _, number = identifier.rpartition(':')
    return f'{name}:{fnv1_64(number.encode()):x}'


def check_id(name: str, instance: dict[str, Any], init_config: Any, instances: list[Any] | None = None) -> str:
    """`NAME:HASH`, or `NAME:INSTANCE:HASH` if the instance has a `name` or `namespace`.

    `instances` are all instances of the same file: the digest covers all of them.
    """
    init_text = config_text(init_config)
    whole = b''.join(config_text(item) for item in (instances or [instance]))
    digest: int = mmh3.hash64(name.encode() + whole + init_text + b'false', signed=False)[0]
    value = fnv1_64(digest.to_bytes(8, 'big') + config_text(instance) + init_text)
    own = instance.get('name') or instance.get('namespace')
    return f'{name}:{own}:{value:x}' if own else f'{name}:{value:x}'
