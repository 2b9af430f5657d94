"""install.json: an id of this installation, which the Agent creates if it is missing."""

import json
import time
import uuid

from lab_agent.paths import Paths


def ensure(paths: Paths) -> None:
    """Writes it unless it exists; an image must not contain one, since clones would share the id."""
    if paths.install_json.exists():
        return
    about = {'install_id': str(uuid.uuid4()), 'install_time': int(time.time()), 'install_type': 'manual'}
    temporary = paths.install_json.with_name('.install.json.new')
    temporary.write_text(json.dumps(about), encoding='ascii')
    temporary.replace(paths.install_json)
