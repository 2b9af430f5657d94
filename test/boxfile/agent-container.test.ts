import test from 'ava'
import fc from 'fast-check'
import { agentImageName } from '../../scripts/lib/box/agent-image.ts'
import { addressesIn, defaultSubnet, subnetProblem } from '../../scripts/lib/box/subnet.ts'
import { loadText, refused } from './_files.ts'

const digest = 'a'.repeat(64)
const official = `registry.datadoghq.com/agent@sha256:${digest}`

const boxWith = (agent: string): string => `box: x\nversion: 1.0.0\nbase: { lab: trixie }\nagent: { ${agent} }\n`

test('an Agent is a package unless the box file says otherwise', async (t) => {
  const { agent } = await loadText(t, boxWith('version: 7.83.0'))
  t.like(agent, { run: 'package', image: null, subnet: defaultSubnet })
})

test('an Agent in a container keeps its image as written, and its subnet', async (t) => {
  const { agent } = await loadText(
    t,
    boxWith(`run: container, image: "${official}", version: 7.83.0, subnet: 172.30.5.0/28`),
  )
  t.like(agent, { run: 'container', image: official, subnet: '172.30.5.0/28' })
  const lab = await loadText(t, boxWith('run: container, image: lab, version: 7.83.0+lab'))
  t.like(lab.agent, { run: 'container', image: 'lab' })
})

const wrong: readonly [title: string, agent: string, said: RegExp][] = [
  ['another way to run', 'version: 7.83.0, run: docker', /package or container/],
  [
    'a container without an image',
    'version: 7.83.0, run: container',
    /the image that run: container starts.*add image/s,
  ],
  ['a lab container without an image', 'version: 7.83.0+lab, run: container', /add image: lab/],
  ['an image by tag', 'version: 7.83.0, run: container, image: "registry.datadoghq.com/agent:7"', /a tag can be moved/],
  ['a digest that is too short', 'version: 7.83.0, run: container, image: "docker.io/a@sha256:00"', /only sha256/],
  [
    'an image with a password',
    `version: 7.83.0, run: container, image: "me:hunter2@docker.io/a@sha256:${digest}"`,
    /without user and password/,
  ],
  ['an empty image', 'version: 7.83.0, run: container, image: ""', /REGISTRY\/NAME/],
  ['a number for an image', 'version: 7.83.0, run: container, image: 7', /REGISTRY\/NAME/],
  ['an image for a package', `version: 7.83.0, image: "${official}"`, /no image, or run: container/],
  ['a subnet for a package', 'version: 7.83.0, subnet: 10.1.0.0/24', /no subnet, or run: container/],
  ['a repository for a container', 'version: 7.83.0+lab, run: container, image: lab, repository: lab', /no repository/],
  [
    'a store of secrets for a container',
    'version: 7.83.0+lab, run: container, image: lab, secrets: { backend: file.text, handle: key, config: { secrets_path: /etc/x } }',
    /no secrets: the container/,
  ],
  ['the lab’s image with a real version', 'version: 7.83.0, run: container, image: lab', /ends in \+lab/],
  ['a real image with the lab’s version', `version: 7.83.0+lab, run: container, image: "${official}"`, /without \+lab/],
  ['host bits', 'version: 7.83.0+lab, run: container, image: lab, subnet: 10.1.0.5/24', /write 10\.1\.0\.0\/24/],
  ['a public subnet', 'version: 7.83.0+lab, run: container, image: lab, subnet: 8.8.8.0/24', /private IPv4 subnet/],
  ['a subnet without room', 'version: 7.83.0+lab, run: container, image: lab, subnet: 10.1.0.0/29', /from 16 to 28/],
  ['a name near a known one', 'version: 7.83.0, runs: container', /did you mean "?run"?/],
]

for (const [title, agent, said] of wrong)
  test(`refused: ${title}`, async (t) => {
    const error = await refused(t, boxWith(agent))
    const { expected = '', next = '' } = error.details
    t.regex(`${error.message}\n${expected}\n${next}`, said)
    t.notRegex(`${error.message}\n${expected}\n${next}`, /hunter2/)
  })

test('a database whose engine does not admit a container is refused by name', async (t) => {
  const text = `${boxWith('run: container, image: lab, version: 7.83.0+lab')}database: { engine: mysql }\n`
  const error = await refused(t, text)
  t.regex(error.message, /does not admit an Agent in a container/)
  t.regex(error.details.next ?? '', /run: package/)
})

test('the name of an image in the box carries the Agent’s version as a valid tag', (t) => {
  t.is(agentImageName({ image: 'lab', version: '7.83.0+lab' }), 'localhost/lab/agent:7.83.0-lab')
  t.is(agentImageName({ image: official, version: '7.83.0' }), 'registry.datadoghq.com/agent:7.83.0')
  t.is(
    agentImageName({ image: `reg.example:5000/a/b:7@sha256:${digest}`, version: '7.1.2' }),
    'reg.example:5000/a/b:7.1.2',
  )
})

test('host, Agent and app have the first three addresses of the subnet', (t) => {
  t.deepEqual(addressesIn('10.94.0.0/24'), {
    subnet: '10.94.0.0/24',
    gateway: '10.94.0.1',
    agent: '10.94.0.2',
    app: '10.94.0.3',
  })
  t.is(addressesIn('192.168.255.240/28').app, '192.168.255.243')
})

test('subnets that cannot be used', (t) => {
  for (const text of [
    '',
    '10.0.0.0',
    '10.0.0.0/33',
    '10.0.0.256/24',
    '010.0.0.0/24',
    '10.0.0.0/024',
    'fd00::/64',
    '10.0.0.0/8',
  ])
    t.truthy(subnetProblem(text), text)
  for (const text of [defaultSubnet, '10.0.0.0/16', '172.31.255.240/28', '192.168.0.0/16', '100.64.0.0/20'])
    t.is(subnetProblem(text), undefined, text)
  t.truthy(subnetProblem('172.32.0.0/24'))
  t.truthy(subnetProblem('100.128.0.0/24'))
})

test('every aligned subnet of 10.0.0.0/8 is taken, and none that is not aligned', (t) => {
  fc.assert(
    fc.property(fc.integer({ min: 16, max: 28 }), fc.integer({ min: 0, max: 2 ** 24 - 1 }), (bits, offset) => {
      const size = 2 ** (32 - bits)
      const dotted = (address: number) => `10.${address >> 16}.${(address >> 8) & 255}.${address & 255}/${bits}`
      const first = offset - (offset % size)
      const odd = first === offset ? first + 1 : offset
      return subnetProblem(dotted(first)) === undefined && subnetProblem(dotted(odd)) !== undefined
    }),
  )
  t.pass()
})
