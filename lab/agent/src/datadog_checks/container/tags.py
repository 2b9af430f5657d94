"""Tags of a container, as the real Agent derives them."""

from typing import Any

# Unified service tags, as labels of a container.
_LABELS = {
    'com.datadoghq.tags.env': 'env',
    'com.datadoghq.tags.service': 'service',
    'com.datadoghq.tags.version': 'version',
}


def image_tags(image: str) -> list[str]:
    """`image_name`, `short_image` and `image_tag` of `HOST:PORT/PATH:TAG@sha256:…`."""
    name, _, _digest = image.partition('@')
    head, slash, last = name.rpartition('/')
    short, _, tag = last.partition(':')
    tags = [f'image_name:{head}{slash}{short}', f'short_image:{short}']
    return [*tags, f'image_tag:{tag}'] if tag else tags


def tags_of(container: dict[str, Any]) -> list[str]:
    """Of a container as `GET /containers/ID/json` describes it."""
    config = container.get('Config') or {}
    labels = config.get('Labels') or {}
    own = [f'{tag}:{labels[label]}' for label, tag in _LABELS.items() if labels.get(label)]
    name = container['Name'].lstrip('/')
    return [
        f'container_id:{container["Id"]}',
        f'container_name:{name}',
        *image_tags(config.get('Image') or ''),
        f'image_id:{container.get("Image") or ""}',
        'runtime:podman',
        *own,
    ]
