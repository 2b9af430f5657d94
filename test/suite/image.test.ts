import test from 'ava'
import { judgeFirstBoot } from '../../suite/box/checks/first-boot.ts'
import { judgeIdentity } from '../../suite/box/checks/image-identity.ts'
import { judgeKernel } from '../../suite/box/checks/image-kernel.ts'
import { judgeUnits, parseUnits, wantedUnits } from '../../suite/box/checks/image-units.ts'
import { judgeUsers } from '../../suite/box/checks/image-users.ts'

const step = { name: 'early/10-machine-id', status: 'done', seconds: 0.1, message: 'made' }
const record = {
  schema: 1,
  box: 'lab',
  version: '1.0.0',
  state: 'done',
  started: '2026-11-20T10:00:00Z',
  finished: '2026-11-20T10:00:09Z',
  bootId: '8f8c1f0e-5a06-4b0c-8d6e-0f5d7f6b8a11',
  steps: [step],
}
const firstBoot = (over: object = {}) => judgeFirstBoot(JSON.stringify({ ...record, ...over }), 'lab', '1.0.0')

/** Debian’s. */
const updaters = ['apt-daily.timer', 'apt-daily-upgrade.timer']

test('first boot passes when it and each step are done', (t) => {
  t.true(firstBoot().passed)
})

test('first boot fails by its state, a step, no steps or another box', (t) => {
  t.false(firstBoot({ state: 'running' }).passed)
  t.regex(
    firstBoot({ steps: [{ ...step, status: 'failed', message: 'no key' }] }).observed,
    /machine-id failed: no key/,
  )
  t.false(firstBoot({ steps: [{ ...step, status: 'skipped' }] }).passed)
  t.false(firstBoot({ steps: [] }).passed)
  t.false(firstBoot({ version: '2.0.0' }).passed)
})

const identity = { missing: [], old: {}, files: ['/etc/machine-id'], machineId: true, dbus: true, named: false }

test('identity fails by a file that is missing, older than the instance, or misshapen', (t) => {
  t.true(judgeIdentity(identity, 'os').passed)
  t.false(judgeIdentity({ ...identity, missing: ['/etc/ssh/ssh_host_*_key'] }, 'os').passed)
  t.regex(judgeIdentity({ ...identity, old: { '/etc/machine-id': 60 } }, 'os').observed, /60 s older/)
  t.false(judgeIdentity({ ...identity, machineId: false }, 'os').passed)
  t.false(judgeIdentity({ ...identity, dbus: false }, 'os').passed)
})

test('a configured host name is red unless this instance was given it, for all clones would report as one host', (t) => {
  const red = judgeIdentity(identity, 'configuration')
  t.false(red.passed)
  t.regex(red.observed, /this instance was given no DD_HOSTNAME/)
  t.true(red.final, 'no waiting changes it')
  t.true(judgeIdentity({ ...identity, named: true }, 'configuration').passed)
  for (const provider of ['os', 'fqdn', 'aws', 'gce', 'azure', 'container'])
    t.true(judgeIdentity(identity, provider).passed, provider)
  const silent = judgeIdentity(identity, undefined)
  t.false(silent.passed)
  t.not(silent.final, true, 'an Agent that starts tells it later')
})

const users = {
  login: ['root'],
  people: [],
  zero: ['root'],
  passwords: {},
  admins: [],
  sudoers: [],
  vagrantRules: [],
  cloud: [],
  keys: { root: ['AAAAmine'] },
}

test('root alone, by the caller’s key alone, passes', (t) => {
  t.true(judgeUsers(users, { key: 'AAAAmine' }).passed)
})

test('fault 24: a user, a password, a sudo rule or a key too many fails', (t) => {
  t.regex(judgeUsers({ ...users, login: ['root', 'packer'] }, { key: 'AAAAmine' }).observed, /can log in: packer/)
  t.false(judgeUsers({ ...users, people: ['packer'] }, { key: 'AAAAmine' }).passed)
  t.false(judgeUsers({ ...users, zero: ['root', 'toor'] }, { key: 'AAAAmine' }).passed)
  t.false(judgeUsers({ ...users, admins: ['packer'] }, { key: 'AAAAmine' }).passed)
  t.false(judgeUsers({ ...users, sudoers: ['90-packer'] }, { key: 'AAAAmine' }).passed)
  t.regex(
    judgeUsers({ ...users, passwords: { root: 'has a password' } }, { key: 'AAAAmine' }).observed,
    /root has a password/,
  )
  t.false(judgeUsers({ ...users, keys: { root: ['AAAAmine', 'AAAAother'] } }, { key: 'AAAAmine' }).passed)
})

const cloudy = {
  ...users,
  login: ['root', 'debian'],
  people: ['debian'],
  admins: ['debian'],
  sudoers: ['90-cloud-init-users'],
  cloud: ['debian'],
  keys: { root: ['AAAAmine'], debian: ['AAAAmine'] },
}

test('on a cloud the user that cloud-init has made on this instance may enter, by the caller’s key', (t) => {
  t.true(judgeUsers(cloudy, { key: 'AAAAmine', cloud: true }).passed)
  t.false(judgeUsers({ ...cloudy, keys: { debian: ['AAAAother'] } }, { key: 'AAAAmine', cloud: true }).passed)
  t.false(judgeUsers({ ...cloudy, people: ['debian', 'packer'] }, { key: 'AAAAmine', cloud: true }).passed)
  t.false(judgeUsers({ ...cloudy, zero: ['root', 'debian'] }, { key: 'AAAAmine', cloud: true }).passed)
  t.false(
    judgeUsers({ ...cloudy, sudoers: ['90-cloud-init-users', '90-packer'] }, { key: 'AAAAmine', cloud: true }).passed,
  )
})

test('that user is nobody’s where the image has no cloud-init, or where it came with the image', (t) => {
  t.false(judgeUsers(cloudy, { key: 'AAAAmine', cloud: false }).passed)
  t.false(judgeUsers({ ...cloudy, cloud: [] }, { key: 'AAAAmine', cloud: true }).passed)
})

const vagrant = {
  ...users,
  login: ['root', 'vagrant'],
  people: ['vagrant'],
  sudoers: ['vagrant'],
  vagrantRules: ['vagrant'],
  keys: { vagrant: ['AAAAown'] },
}
const everybodys = 'AAAAB3NzaC1yc2EGEgE98OHlnVYCzRdK8jlqm8tehUc9c9WhQ=='

test('on a machine of Vagrant’s its user may enter and become root, by a key of the machine’s own', (t) => {
  t.true(judgeUsers(vagrant, { vagrant: true }).passed)
  t.true(judgeUsers({ ...vagrant, passwords: { vagrant: 'has a password' } }, { vagrant: true }).passed)
  t.regex(
    judgeUsers({ ...vagrant, keys: { vagrant: [everybodys] } }, { vagrant: true }).observed,
    /insecure key lets anyone log in as vagrant/,
  )
  t.regex(judgeUsers({ ...vagrant, passwords: { root: 'has a password' } }, { vagrant: true }).observed, /root has/)
  t.false(judgeUsers({ ...vagrant, people: ['vagrant', 'packer'] }, { vagrant: true }).passed)
  t.false(judgeUsers({ ...vagrant, sudoers: ['packer', 'vagrant'] }, { vagrant: true }).passed)
  t.false(judgeUsers(vagrant, {}).passed, 'and on no other machine')
})

test('keys of a machine in use are its owner’s business', (t) => {
  t.true(judgeUsers({ ...users, keys: { root: ['AAAAother'] } }, {}).passed)
})

const timers = [
  { id: 'apt-daily.timer', file: 'masked', active: 'inactive' },
  { id: 'apt-daily-upgrade.timer', file: 'masked', active: 'inactive' },
]
const enabled = { id: 'ssh.service', file: 'enabled', active: 'active' }

test('units pass when enabled, with the timers off and nothing failed', (t) => {
  t.true(judgeUnits(['ssh.service'], updaters, [enabled, ...timers], []).passed)
})

test('a unit that is disabled or absent, a timer that is on, or a failed unit fails', (t) => {
  t.false(judgeUnits(['ssh.service'], updaters, [{ ...enabled, file: 'disabled' }, ...timers], []).passed)
  t.false(judgeUnits(['ssh.service'], updaters, timers, []).passed)
  t.false(
    judgeUnits(['ssh.service'], updaters, [enabled, { id: 'apt-daily.timer', file: 'enabled', active: 'inactive' }], [])
      .passed,
  )
  t.regex(judgeUnits(['ssh.service'], updaters, [enabled, ...timers], ['x.service']).observed, /x\.service has failed/)
})

test('blocks of systemctl belong to the names in their order, aliases too', (t) => {
  const output = 'UnitFileState=enabled\nActiveState=active\n\nUnitFileState=\nActiveState=inactive\n'
  t.deepEqual(parseUnits(['mysql.service', 'none.service'], output), [
    { id: 'mysql.service', file: 'enabled', active: 'active' },
    { id: 'none.service', file: '', active: 'inactive' },
  ])
})

test('first boot’s unit is always wanted, and names are complete', (t) => {
  t.deepEqual(wantedUnits(['ssh', 'boxhound-first-boot.service']), ['ssh.service', 'boxhound-first-boot.service'])
})

const kernelFiles = ['/boot/vmlinuz-6.1-x', '/boot/initrd.img-6.1-x', '/lib/modules/6.1-x/modules.dep']

test('image.kernel: the running kernel is on the disk, whole', (t) => {
  t.true(judgeKernel(['6.1-x', 'none', ...kernelFiles].join('\n'), true).passed)
  for (const file of kernelFiles) {
    const verdict = judgeKernel(['6.1-x', 'none', ...kernelFiles.filter((other) => other !== file)].join('\n'), true)
    t.false(verdict.passed)
    t.is(verdict.observed, `${file} is missing or empty`)
  }
})

test('image.kernel: a container has no kernel of its own', (t) => {
  t.regex(
    judgeKernel(['6.1-x', 'systemd-nspawn', ...kernelFiles].join('\n'), true).observed,
    /container \(systemd-nspawn\)/,
  )
})

test('image.kernel: of a caller’s machine that is a container it is not judged', (t) => {
  const verdict = judgeKernel(['6.1-x', 'lxc'].join('\n'), false)
  t.true(verdict.notJudged)
  t.regex(verdict.observed, /container \(lxc\)/)
})

test('without a key the trace-agent has failed, as it must; with one it may not', (t) => {
  const units = [{ id: 'boxhound-first-boot.service', file: 'enabled', active: 'active' }]
  const failed = ['datadog-agent-trace.service']
  const keyless = judgeUnits(['boxhound-first-boot.service'], updaters, units, failed, false)
  t.true(keyless.passed)
  t.regex(keyless.observed, /exits without an API key/)
  t.false(judgeUnits(['boxhound-first-boot.service'], updaters, units, failed, true).passed)
  t.false(judgeUnits(['boxhound-first-boot.service'], updaters, units, [...failed, 'x.service'], false).passed)
})
