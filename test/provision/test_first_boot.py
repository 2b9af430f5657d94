"""The runner of the first boot: provision/10-base/root/usr/lib/boxhound/first-boot."""

import stat
from datetime import datetime


def test_runs_the_steps_of_both_phases_in_order_of_their_names(bare):
    for name in ('main/50-b', 'early/20-b', 'early/10-a', 'main/30-a'):
        bare.step(name, '')
    assert bare.boot() == 0
    assert bare.ran() == ['early/10-a', 'early/20-b', 'main/30-a', 'main/50-b']
    assert list(bare.status()) == bare.ran()


def test_the_record_holds_what_a_reader_relies_on(bare):
    bare.step('early/10-a', 'echo first; echo "this is the message"')
    assert bare.boot() == 0
    record = bare.record()
    assert (record['schema'], record['box'], record['version'], record['state']) == (1, 'lab', '1.0.0', 'done')
    assert datetime.fromisoformat(record['started']) <= datetime.fromisoformat(record['finished'])
    assert datetime.fromisoformat(record['booted']) <= datetime.fromisoformat(record['started'])
    assert len(record['bootId']) == 36
    assert record['steps'][0]['message'] == 'this is the message'
    assert record['steps'][0]['seconds'] >= 0
    path = bare.path('var/lib/boxhound/first-boot.json')
    assert stat.S_IMODE(path.stat().st_mode) == 0o644
    assert [entry.name for entry in path.parent.iterdir()] == ['first-boot.json']


def test_between_the_phases_the_state_is_running(bare):
    bare.step('early/10-a', '')
    assert bare.run('first-boot', 'early').returncode == 0
    assert (bare.record()['state'], bare.record()['finished']) == ('running', None)
    assert not bare.console.exists()


def test_the_console_tells_that_it_is_done_at_every_boot(bare):
    bare.step('main/10-a', '')
    bare.boot()
    bare.boot()
    assert bare.console.read_text().splitlines().count('boxhound: first-boot done') == 2


def test_a_failed_step_skips_those_that_follow_and_fails_the_unit(bare):
    bare.step('main/10-a', '')
    bare.step('main/20-b', 'echo "the disk is not there"; exit 3')
    bare.step('main/30-c', '')
    assert bare.boot() == 1
    assert bare.status() == {'main/10-a': 'done', 'main/20-b': 'failed', 'main/30-c': 'skipped'}
    assert bare.message('main/20-b') == 'the disk is not there'
    assert bare.record()['state'] == 'failed'
    assert 'boxhound: first-boot failed main/20-b' in bare.console.read_text().splitlines()


def test_a_failed_early_step_keeps_the_main_phase_from_running(bare):
    bare.step('early/10-a', 'exit 1')
    bare.step('main/10-b', '')
    assert bare.boot() == 1
    assert bare.ran() == ['early/10-a']
    assert bare.status() == {'early/10-a': 'failed', 'main/10-b': 'skipped'}
    assert bare.message('early/10-a') == 'exit status 1'


def test_an_instance_that_is_done_is_left_alone(bare):
    bare.step('early/10-a', '')
    bare.step('main/10-b', '')
    bare.boot()
    before = bare.read('var/lib/boxhound/first-boot.json')
    bare.step('main/20-came-later', '')
    assert bare.boot() == 0
    assert bare.ran() == ['early/10-a', 'main/10-b']
    assert bare.read('var/lib/boxhound/first-boot.json') == before


def test_after_a_failure_the_next_boot_takes_up_at_the_failed_step(bare):
    bare.step('main/10-a', '')
    bare.step('main/20-b', f'[ -e {bare.root}/mended ]')
    bare.step('main/30-c', '')
    assert bare.boot() == 1
    bare.write('mended', '')
    assert bare.boot() == 0
    assert bare.ran() == ['main/10-a', 'main/20-b', 'main/20-b', 'main/30-c']
    assert set(bare.status().values()) == {'done'}


def test_a_step_that_hangs_is_ended_and_told(bare):
    bare.step('main/10-a', 'exec sleep 30')
    assert bare.boot(BOXHOUND_STEP_TIMEOUT='0.3') == 1
    assert bare.message('main/10-a') == 'not done after 0.3 seconds'


def test_a_step_ended_by_a_signal_is_told_with_its_signal(bare):
    bare.step('main/10-a', 'kill -9 $$')
    assert bare.boot() == 1
    assert bare.message('main/10-a') == 'killed by signal 9'


def test_a_record_cut_in_half_begins_anew(bare):
    bare.step('main/10-a', '')
    bare.write('var/lib/boxhound/first-boot.json', '{"schema": 1, "state": "do')
    assert bare.boot() == 0
    assert bare.ran() == ['main/10-a']


def test_a_file_that_is_not_executable_is_no_step(bare):
    bare.step('main/10-a', '')
    bare.path('usr/lib/boxhound/first-boot.d/main/10-a').chmod(0o644)
    assert bare.boot() == 0
    assert bare.status() == {}


def test_an_unknown_phase_is_refused(bare):
    assert bare.run('first-boot', 'late').returncode == 2


def test_steps_that_name_what_they_need_run_side_by_side(bare):
    # Each waits for a mark of the other: one after another, neither could end.
    for name, other in (('20-b', '30-c'), ('30-c', '20-b')):
        there = bare.path(f'usr/lib/boxhound/first-boot.d/main/{other}.here')
        here = f'touch "{bare.path(f"usr/lib/boxhound/first-boot.d/main/{name}.here")}"'
        wait = f'n=0; until [ -e "{there}" ] || [ $n = 100 ]; do sleep 0.05; n=$((n + 1)); done; [ -e "{there}" ]'
        bare.step(f'main/{name}', f'# after:\n{here}; {wait}')
    assert bare.boot() == 0
    assert bare.status() == {'main/20-b': 'done', 'main/30-c': 'done'}


def test_a_step_waits_for_those_that_it_names(bare):
    bare.step('main/10-a', 'sleep 0.3; touch "$BOXHOUND_ROOT/made"')
    bare.step('main/20-b', '# after: 10-a\n[ -e "$BOXHOUND_ROOT/made" ]')
    bare.step('main/30-c', '# after: 15-of-a-layer-that-is-not-here\n[ ! -e "$BOXHOUND_ROOT/made" ]')
    assert bare.boot() == 0
    assert list(bare.status()) == ['main/10-a', 'main/20-b', 'main/30-c']


def test_a_step_that_says_nothing_about_it_waits_for_all_before_it(bare):
    bare.step('main/10-a', 'sleep 0.3; touch "$BOXHOUND_ROOT/a"')
    bare.step('main/20-b', '# after:\nsleep 0.2; touch "$BOXHOUND_ROOT/b"')
    bare.step('main/30-c', '[ -e "$BOXHOUND_ROOT/a" ] && [ -e "$BOXHOUND_ROOT/b" ]')
    assert bare.boot() == 0
    assert bare.ran()[-1] == 'main/30-c'


def test_what_runs_beside_a_failed_step_is_waited_for_and_recorded(bare):
    bare.step('main/10-a', 'echo "no such disk"; exit 1')
    bare.step('main/20-b', '# after:\nsleep 0.3')
    bare.step('main/30-c', '')
    assert bare.boot() == 1
    assert bare.status() == {'main/10-a': 'failed', 'main/20-b': 'done', 'main/30-c': 'skipped'}
    assert 'boxhound: first-boot failed main/10-a' in bare.console.read_text().splitlines()


def test_steps_that_wait_for_each_other_fail_and_name_one(bare):
    bare.step('main/10-a', '# after: 20-b')
    bare.step('main/20-b', '# after: 10-a')
    assert bare.boot() == 1
    assert bare.status() == {'main/10-a': 'failed', 'main/20-b': 'skipped'}
    assert bare.message('main/10-a') == 'waits for steps that wait for it'


def test_a_step_that_closes_its_output_early_and_says_much_is_heard(bare):
    say = 'i=0; while [ $i -lt 3000 ]; do echo "a long line of output, number $i"; i=$((i + 1)); done'
    bare.step('main/10-a', f'{say}; exec >&-; sleep 0.1')
    assert bare.boot() == 0
    assert bare.message('main/10-a') == 'a long line of output, number 2999'


def test_a_message_may_hold_what_json_has_to_escape(bare):
    bare.step('main/10-a', r"""printf 'a "b" \\ \011 \303\244 \377\n'""")
    assert bare.boot() == 0
    assert bare.message('main/10-a') == 'a "b" \\ \t ä \ufffd'
