import test from 'ava'
import type { ContainerExpectation } from '../../scripts/lib/render/rendered-box.ts'
import { judgeContainer } from '../../suite/box/checks/agent-container.ts'
import { judgeSeen } from '../../suite/box/checks/containers-seen.ts'
import { judgeAccess } from '../../suite/box/checks/database-access.ts'

const sha = (digit: string): string => `sha256:${digit.repeat(64)}`

const wanted: ContainerExpectation = {
  name: 'datadog-agent',
  network: 'boxhound',
  subnet: '10.94.0.0/24',
  gateway: '10.94.0.1',
  agent: '10.94.0.2',
  app: '10.94.0.3',
  image: 'localhost/lab/agent:7.83.0-lab',
  reference: 'lab',
  mounts: [
    { source: '/etc/datadog-agent', target: '/etc/datadog-agent', writable: true },
    { source: '/proc', target: '/host/proc', writable: false },
  ],
  seen: [{ name: 'datadog-agent', tags: ['container_name:datadog-agent', 'image_tag:7.83.0-lab'] }],
}

const right = {
  error: '',
  running: true,
  health: 'healthy',
  image: wanted.image,
  digest: sha('a'),
  baked: { digest: sha('a'), reference: 'lab' },
  mounts: [...wanted.mounts],
  networks: { boxhound: '10.94.0.2' },
  hostName: true,
  privileged: false,
  user: '989:0',
  restarts: 0,
  shown: [],
}

test('a container as the box file says passes, in any order of mounts', (t) => {
  t.true(judgeContainer(wanted, right).passed)
  t.true(judgeContainer(wanted, { ...right, mounts: [...right.mounts].reverse() }).passed)
})

test('an image from a registry is compared by its digest, whatever tag stands beside it', (t) => {
  const reference = `registry.example/agent:7@${sha('b')}`
  const report = { ...right, baked: { digest: sha('a'), reference: `registry.example/agent@${sha('b')}` } }
  t.true(judgeContainer({ ...wanted, reference }, report).passed)
  const other = judgeContainer({ ...wanted, reference: `registry.example/agent@${sha('c')}` }, report)
  t.regex(other.observed, /was baked in, not registry/)
})

const faults: readonly [title: string, change: Partial<typeof right>, said: RegExp][] = [
  ['that podman does not know', { error: 'no such container' }, /no such container/],
  ['that has ended', { running: false }, /does not run/],
  ['that was restarted', { restarts: 2 }, /restarted it 2 times/],
  ['of another image', { image: 'localhost/other:1' }, /it runs localhost\/other:1/],
  ['of another digest', { digest: sha('f') }, /not that of the bake/],
  ['without a digest', { digest: '' }, /\(none\)/],
  ['without a mount', { mounts: right.mounts.slice(1) }, /no mount of \/etc\/datadog-agent/],
  [
    'that may write to a mount',
    { mounts: right.mounts.map((mount) => ({ ...mount, writable: true })) },
    /mounts \/proc at \/host\/proc, not \/proc at \/host\/proc, read-only/,
  ],
  [
    'with a mount that nobody asked for',
    { mounts: [...right.mounts, { source: '/', target: '/host', writable: true }] },
    /also mounts \/ at \/host/,
  ],
  ['at another address', { networks: { boxhound: '10.94.0.9' } }, /is 10\.94\.0\.9, not 10\.94\.0\.2/],
  ['outside the box’s network', { networks: { podman: '10.88.0.2' } } as never, /also in the network podman/],
  ['with a host name of its own', { hostName: false }, /host name of its own/],
  ['that is privileged', { privileged: true }, /privileged/],
  ['that runs as root', { user: '0:0' }, /runs as root/],
  ['whose configuration shows a key', { shown: ['DD_API_KEY of /x'] } as never, /podman inspect shows DD_API_KEY/],
]

for (const [title, change, said] of faults)
  test(`a container ${title} fails`, (t) => {
    const verdict = judgeContainer(wanted, { ...right, ...change })
    t.false(verdict.passed)
    t.regex(verdict.observed, said)
  })

const output = (tags: readonly string[][], code = 0) => ({
  code,
  stdout: JSON.stringify([
    {
      aggregator: { metrics: tags.map((one) => ({ metric: 'container.uptime', points: [[1, 1]], tags: one })) },
      runner: { LastError: '' },
    },
  ]),
  stderr: code === 0 ? '' : 'Error: no valid check found',
})

test('each container must be reported under its tags', (t) => {
  const own = ['container_name:datadog-agent', 'image_tag:7.83.0-lab', 'runtime:podman']
  t.true(judgeSeen(wanted.seen, output([own, ['container_name:other']])).passed)
  t.regex(judgeSeen(wanted.seen, output([own.slice(0, 1)])).observed, /lacks the tag image_tag/)
  t.regex(judgeSeen(wanted.seen, output([['container_name:other']])).observed, /reported: container_name:other/)
  t.regex(judgeSeen(wanted.seen, output([])).observed, /reported: none/)
  t.regex(judgeSeen(wanted.seen, output([], 255)).observed, /no valid check found/)
  t.regex(judgeSeen(wanted.seen, { code: 0, stdout: 'x', stderr: '' }).observed, /not the JSON/)
})

const attempt = (from: string, wants: boolean, change: object = {}) => ({
  ...{ from, address: '10.94.0.2', wanted: wants, admitted: wants, said: 'no entry', error: '' },
  ...change,
})

test('the database admits the container alone, and an attempt that proves nothing is red', (t) => {
  const [own, stranger] = [attempt('the container', true), attempt('a stranger', false)]
  t.true(judgeAccess([own, stranger]).passed)
  t.regex(judgeAccess([{ ...own, admitted: false }, stranger]).observed, /is refused: no entry/)
  t.regex(judgeAccess([own, { ...stranger, admitted: true }]).observed, /a stranger at 10\.94\.0\.2 is admitted/)
  t.regex(judgeAccess([own, { ...stranger, error: 'nothing reaches it' }]).observed, /nothing reaches it/)
})
