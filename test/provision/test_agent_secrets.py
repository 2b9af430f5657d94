"""The Agent's key from a secret store, tried at first boot."""

import json

import pytest
from machine import KEY, Machine

STEP = 'main/55-agent-secrets'
PROGRAM = 'usr/lib/boxhound/secret-backend'
NO_KEY = 'k in the secret store is not an API key: 32 lower-case hexadecimal digits'
CONNECTOR = 'opt/datadog-agent/embedded/bin/secret-generic-connector'


@pytest.fixture
def machine(tmp_path):
    machine = Machine(tmp_path, ['10-base', '20-agent', '20-agent/secrets'])
    ask(machine)
    return machine


def ask(machine, **over):
    question = {
        'handle': 'k',
        'backend': None,
        'config': {},
        'command': f'/{PROGRAM}',
        'arguments': ['-v'],
        'timeout': 5,
        'trim': False,
    }
    machine.write('usr/lib/boxhound/agent-secrets.json', json.dumps(question | over))


def answering(machine, answer, mode=0o500):
    text = answer if isinstance(answer, str) else json.dumps(answer)
    asked = machine.root / 'asked'
    machine.write(PROGRAM, f"#!/bin/sh\ncat >{asked}\necho $1 >>{asked}\ncat <<'END'\n{text}\nEND\n", mode)


def boot(machine):
    return machine.boot(BOXHOUND_SECRETS_PATIENCE='0')


def test_a_store_that_has_the_key_is_asked_as_the_agent_asks(machine):
    answering(machine, {'k': {'value': KEY, 'error': None}})
    assert boot(machine) == 0
    assert machine.message(STEP) == 'the secret store has the key of the Agent as k'
    assert machine.message('main/50-agent-environment') == 'no key given: it comes from the secret store'
    assert machine.read('asked') == '{"version": "1.0", "secrets": ["k"]}-v\n'
    assert KEY not in machine.everything_said()


def test_a_key_given_at_first_boot_wins_and_the_store_is_not_asked(machine):
    machine.credential('dd_api_key', KEY)
    assert boot(machine) == 0
    assert machine.message(STEP) == 'a key was given at first boot: the secret store is not asked'
    assert not machine.path('asked').exists()


@pytest.mark.parametrize(
    ('answer', 'reason'),
    [
        ({}, 'the answer of the secret backend lacks k'),
        ('[]', 'the answer of the secret backend is not a JSON object'),
        (f'{KEY}', 'the answer of the secret backend is not a JSON object'),
        ({'k': KEY}, 'the answer of the secret backend lacks k'),
        ({'k': {'value': '', 'error': None}}, 'the answer of the secret backend for k is empty'),
        ({'k': {'value': None, 'error': f'denied for {KEY}'}}, 'the secret backend has no k: denied for [...]'),
        ({'k': {'value': KEY.upper()}}, NO_KEY),
        ({'k': {'value': KEY + '\n'}}, NO_KEY),
    ],
)
def test_a_store_without_a_key_fails_first_boot_and_nothing_of_its_answer_is_told(machine, answer, reason):
    answering(machine, answer)
    assert boot(machine) == 1
    assert machine.message(STEP) == reason
    assert KEY not in machine.everything_said()
    assert KEY.upper() not in machine.everything_said()
    assert 'first-boot failed main/55-agent-secrets' in machine.console.read_text()


@pytest.mark.parametrize(
    ('script', 'reason'),
    [
        (f'echo {KEY} >&2; exit 3', 'the secret backend failed with exit status 3'),
        ('exec sleep 20', 'the secret backend did not answer within 1 seconds'),
    ],
)
def test_a_program_that_fails_or_hangs_fails_first_boot(machine, script, reason):
    ask(machine, timeout=1)
    machine.write(PROGRAM, f'#!/bin/sh\n{script}\n', 0o500)
    assert boot(machine) == 1
    assert machine.message(STEP) == reason
    assert KEY not in machine.everything_said()


@pytest.mark.parametrize('mode', [0o755, 0o750, 0o501, 0o400])
def test_a_program_that_the_agent_would_not_start_fails_first_boot(machine, mode):
    answering(machine, {'k': {'value': KEY}}, mode)
    assert boot(machine) == 1
    assert 'the Agent wants 0500 or 0700' in machine.message(STEP)


def test_a_failed_store_is_asked_again_at_the_next_boot(machine):
    answering(machine, {})
    assert boot(machine) == 1
    machine.path(PROGRAM).unlink()
    answering(machine, {'k': {'value': KEY}})
    assert boot(machine) == 0


def test_a_store_that_comes_late_is_waited_for(machine):
    late = machine.root / 'late'
    answer = json.dumps({'k': {'value': KEY}})
    machine.write(PROGRAM, f"#!/bin/sh\n[ -e {late} ] || {{ touch {late}; exit 1; }}\necho '{answer}'\n", 0o500)
    assert machine.boot(BOXHOUND_SECRETS_PATIENCE='15') == 0


def test_a_backend_is_asked_by_the_agents_own_connector(machine):
    ask(machine, command=None, backend='file.text', config={'secrets_path': '/x'}, trim=True)
    assert boot(machine) == 0
    assert machine.message(STEP).startswith('not tried: this Agent has no')
    answer = json.dumps({'k': {'value': f'{KEY}\n', 'error': None}})
    machine.write(CONNECTOR, f"#!/bin/sh\ncat >{machine.root}/asked\ncat <<'END'\n{answer}\nEND\n", 0o755)
    machine.path('var/lib/boxhound/first-boot.json').unlink()
    assert boot(machine) == 0
    assert json.loads(machine.read('asked')) == {
        'version': '1.1',
        'secrets': ['k'],
        'type': 'file.text',
        'config': {'secrets_path': '/x'},
    }
