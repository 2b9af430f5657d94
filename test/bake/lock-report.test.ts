import test from 'ava'
import { lockedText } from '../../scripts/lib/bake/lock-packages.ts'
import { readReport, resolutionError } from '../../scripts/lib/bake/lock-report.ts'
import { parseRequirements } from '../../scripts/lib/box/requirements.ts'

const digest = 'a'.repeat(64)

const report = (archive: object) =>
  JSON.stringify({
    version: '1',
    install: [
      {
        metadata: { name: 'Zope.Interface', version: '5' },
        download_info: { url: 'x', archive_info: { hashes: { sha256: digest } } },
      },
      { metadata: { name: 'alpha', version: '1.0' }, download_info: { url: 'x', archive_info: archive } },
    ],
  })

test('pip’s report is read, in either form of its digests', (t) => {
  for (const archive of [{ hashes: { sha256: digest } }, { hash: `sha256=${digest}` }])
    t.deepEqual(readReport(report(archive)), [
      { name: 'alpha', version: '1.0', hash: digest },
      { name: 'zope-interface', version: '5', hash: digest },
    ])
})

test('a package without SHA-256 and a report of another shape are refused', (t) => {
  t.regex(t.throws(() => readReport(report({ hash: 'md5=x' })))?.message ?? '', /no SHA-256 for alpha 1\.0/)
  t.regex(t.throws(() => readReport('{"version":"2"}'))?.message ?? '', /another shape/)
})

const own = new Map([['requests', '2.34.2']])
const wishes = { file: 'checks/a/requirements.in', text: '# why\nother\nRequests<2\nnone-such>=1\n' }
const error = (output: string) => resolutionError(output, wishes, '3.13', own)

test('a wish that excludes the Agent’s own version is told with both', (t) => {
  const found = error(`ERROR: Cannot install requests<2 because these package versions have conflicting dependencies.

The conflict is caused by:
    The user requested requests<2
    The user requested (constraint) requests==2.34.2

ERROR: ResolutionImpossible: for help visit …
`)
  t.is(found?.message, 'another version of the Agent’s own requests is needed')
  t.is(found?.details.found, 'requests<2')
  t.regex(found?.details.expected ?? '', /requests 2\.34\.2/)
  t.is(found?.details.line, 3)
})

test('a package without a wheel, or of no such name, is told with its line', (t) => {
  const found = error(`ERROR: Could not find a version that satisfies the requirement none-such>=1 (from versions: none)
ERROR: No matching distribution found for none-such>=1
`)
  t.is(found?.message, 'no wheel for none-such>=1')
  t.is(found?.details.line, 4)
})

test('packages that exclude one another are told as pip says it', (t) => {
  const found = error(`ERROR: Cannot install a and b because these package versions have conflicting dependencies.

The conflict is caused by:
    a 1.0 depends on c<2
    b 1.0 depends on c>=2
`)
  t.is(found?.details.found, 'a 1.0 depends on c<2; b 1.0 depends on c>=2')
})

test('any other failure is none of the resolution', (t) => {
  t.is(error('ERROR: Could not install packages due to an OSError: connection refused'), undefined)
})

test('a locked list reads back as what was resolved', (t) => {
  const packages = [{ name: 'alpha', version: '1.0', hashes: [digest, 'b'.repeat(64)] }]
  const agent = [{ name: 'requests', version: '2.34.2' }]
  const text = lockedText({ agent: { version: '7.83.0' } as never }, '3.13', Buffer.from('alpha\n'), packages, agent)
  t.deepEqual(parseRequirements(text).problems, [])
  t.deepEqual(
    parseRequirements(text).packages.map(({ offset: _, ...one }) => one),
    packages,
  )
  t.regex(text, /Of the Agent's own packages it needs: requests 2\.34\.2/)
  t.true(text.endsWith('\n'))
})
