"""How gunicorn serves the trial app."""

import runpy
from pathlib import Path

ROOT = Path(__file__).parent / 'root'


def test_gunicorn_listens_on_the_units_port_for_forwarded_ports_too(monkeypatch):
    monkeypatch.setenv('TRIAL_APP_PORT', '5051')
    settings = runpy.run_path(str(ROOT / 'opt/trial-app/gunicorn.conf.py'))
    assert settings['bind'] == '0.0.0.0:5051'
    assert settings['workers'] == 1
    assert settings['control_socket_disable'] is True
