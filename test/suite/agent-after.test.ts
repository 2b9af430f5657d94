import test from 'ava'
import { unitsIn } from '../../suite/box/checks/agent-after.ts'

test('names that systemd quotes are read as they are', (t) => {
  t.deepEqual(unitsIn('network.target -.mount "dev-disk-by\\\\x2dlabel-data.device" x.service\n'), [
    'network.target',
    '-.mount',
    'dev-disk-by\\x2dlabel-data.device',
    'x.service',
  ])
  t.deepEqual(unitsIn(''), [])
})
