import test from 'ava'
import fc from 'fast-check'
import { parseImageReference } from '../../scripts/lib/box/image-reference.ts'

const digest = 'ab'.repeat(32)

test('a reference is a registry, a name and a digest; a tag beside it counts for nothing', (t) => {
  const parsed = parseImageReference(`registry.datadoghq.com/agent@sha256:${digest}`)
  t.deepEqual(parsed, {
    repository: { host: 'registry.datadoghq.com', path: 'agent' },
    sha256: digest,
    text: `registry.datadoghq.com/agent@sha256:${digest}`,
  })
  t.deepEqual(parseImageReference(`registry.datadoghq.com/agent:7.83.0-jmx@sha256:${digest}`), parsed)
  const port = parseImageReference(`localhost:5000/team/agent:7@sha256:${digest}`)
  t.like(port, { repository: { host: 'localhost:5000', path: 'team/agent' } })
  t.like(parseImageReference(`[::1]:5000/agent@sha256:${digest}`), { repository: { host: '[::1]:5000' } })
})

for (const [given, expected] of [
  ['registry.datadoghq.com/agent:7', /a tag can be moved/],
  ['registry.datadoghq.com/agent', /a tag can be moved/],
  ['', /a tag can be moved/],
  [`registry.datadoghq.com/agent@sha512:${'ab'.repeat(64)}`, /only sha256/],
  [`registry.datadoghq.com/agent@sha256:${'AB'.repeat(32)}`, /only sha256/],
  [`registry.datadoghq.com/agent@sha256:${digest}0`, /only sha256/],
  [`registry.datadoghq.com/agent@sha256:${digest} `, /only sha256/],
  [`registry.datadoghq.com/agent@${digest}`, /only sha256/],
  [`datadog/agent@sha256:${digest}`, /docker\.io for Docker Hub/],
  [`agent@sha256:${digest}`, /docker\.io for Docker Hub/],
  [`ghcr.io/Team/agent@sha256:${digest}`, /lower case/],
  [`ghcr.io/../agent@sha256:${digest}`, /lower case/],
  [`docker://ghcr.io/agent@sha256:${digest}`, /without docker:\/\/ before it/],
  [`https://ghcr.io/agent@sha256:${digest}`, /without https:\/\/ before it/],
  [`robot:sesame@ghcr.io/agent@sha256:${digest}`, /use docker login/],
  ['robot:sesame@ghcr.io/agent', /use docker login/],
] as const)
  test(`refused: ${given.replaceAll(digest, '…') || 'nothing'}`, (t) => {
    const answer = parseImageReference(given)
    t.is(typeof answer, 'string')
    t.regex(String(answer), expected)
    t.notRegex(String(answer), /sesame/)
  })

test('whatever is given, what comes back reads the same again', (t) => {
  const piece = fc.constantFrom(
    'ghcr.io',
    '/',
    ':',
    '@',
    'sha256:',
    digest,
    'agent',
    'Team',
    '..',
    '7.83.0',
    'a'.repeat(300),
    '\n',
  )
  const text = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.array(piece, { maxLength: 9 }).map((all) => all.join('')),
  )
  fc.assert(
    fc.property(text, (given) => {
      const parsed = parseImageReference(given)
      if (typeof parsed !== 'string') t.deepEqual(parseImageReference(parsed.text), parsed)
    }),
    { numRuns: 2000 },
  )
  t.pass()
})
