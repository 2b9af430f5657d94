import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import { BoxhoundError } from '../../scripts/lib/_helpers/errors.ts'
import { sha256 } from '../../scripts/lib/_helpers/hash.ts'
import { loadBox } from '../../scripts/lib/box/load.ts'
import { agentPackages, agentPython } from '../../scripts/lib/render/agent-python.ts'
import { packagesOf, wishLine } from '../../scripts/lib/render/packages.ts'
import { bare, fixture, temporaryFile } from '../boxfile/_files.ts'

const [one, two] = ['a', 'b'].map((digit) => digit.repeat(64)) as [string, string]

/** A box whose checks have these files in their folders. */
const boxWith = async (t: ExecutionContext, checks: Readonly<Record<string, Readonly<Record<string, string>>>>) => {
  const names = Object.keys(checks)
  const file = temporaryFile(t, `${bare}checks:\n${names.map((name) => `  ${name}: {}\n`).join('')}`)
  for (const [name, files] of Object.entries(checks))
    for (const [path, content] of Object.entries({ 'check.yaml': 'title: t\nexpect: {}\n', ...files })) {
      const target = join(dirname(file), 'checks', name, path)
      mkdirSync(dirname(target), { recursive: true })
      writeFileSync(target, content)
    }
  return loadBox(file, fixture)
}

const merged = async (t: ExecutionContext, checks: Parameters<typeof boxWith>[1]) =>
  packagesOf(await boxWith(t, checks), fixture)

const refused = async (t: ExecutionContext, checks: Parameters<typeof boxWith>[1]): Promise<BoxhoundError> => {
  const box = await boxWith(t, checks)
  const error = t.throws(() => packagesOf(box, fixture), { instanceOf: BoxhoundError })
  t.is(error.code, 'E_PACKAGES')
  t.is(error.exitCode, 2)
  t.truthy(error.details.next)
  return error
}

test('checks without packages have no list', async (t) => {
  t.is(await merged(t, { plain: {} }), undefined)
  t.is(await merged(t, { plain: { 'requirements.txt': '# nothing left to install\n' } }), undefined)
})

test('the lists of all checks become one, sorted, each package once with every digest', async (t) => {
  const list = await merged(t, {
    first: { 'requirements.txt': `zeta==1 --hash=sha256:${two}\nAlpha_x==2.0 --hash=sha256:${one}\n` },
    second: { 'requirements.txt': `alpha.x==2.0 --hash=sha256:${two}\n` },
    third: {},
  })
  t.is(list?.list, `alpha-x==2.0 --hash=sha256:${one} --hash=sha256:${two}\nzeta==1 --hash=sha256:${two}\n`)
  t.is(list?.requirements, 'checks/first/requirements.txt')
  t.deepEqual(list?.origins, {
    'alpha-x': 'checks/second/requirements.txt:1',
    zeta: 'checks/first/requirements.txt:1',
  })
})

test('two checks that lock one package in two versions are told with both files and lines', async (t) => {
  const error = await refused(t, {
    first: { 'requirements.txt': `# head\nalpha==1 --hash=sha256:${one}\n` },
    second: { 'requirements.txt': `Alpha==2 --hash=sha256:${two}\n` },
  })
  t.is(error.message, 'the checks "first" and "second" need alpha in two versions')
  t.is(error.details.found, '1 in checks/first/requirements.txt:2, 2 in checks/second/requirements.txt:1')
  t.is(error.details.line, 1)
  t.is(error.details.file, 'checks/second/requirements.txt')
})

test('one of the Agent’s own packages is refused in another version, with both, and left out in the same', async (t) => {
  const error = await refused(t, {
    first: { 'requirements.txt': `ok==1 --hash=sha256:${one}\nRequests==2.0.1 --hash=sha256:${one}\n` },
  })
  t.regex(error.message, /^requests 2\.0\.1 would replace the Agent’s own requests \d+\.\d+/)
  t.is(error.details.line, 2)
  const held = agentPackages({ agent: (await boxWith(t, {})).agent }, fixture).get('requests')
  const list = await merged(t, {
    first: { 'requirements.txt': `ok==1 --hash=sha256:${one}\nrequests==${held} --hash=sha256:${one}\n` },
  })
  t.is(list?.list, `ok==1 --hash=sha256:${one}\n`)
})

test('wishes that nobody has locked, or that have changed since, are refused', async (t) => {
  const wishes = 'alpha\n'
  const absent = await refused(t, { first: { 'requirements.in': wishes } })
  t.regex(absent.message, /are not locked/)
  t.is(absent.details.next, 'npm run lock -- BOX first')
  const text = `${wishLine(Buffer.from(wishes))}\nalpha==1 --hash=sha256:${one}\n`
  t.truthy(await merged(t, { first: { 'requirements.in': wishes, 'requirements.txt': text } }))
  const stale = await refused(t, { first: { 'requirements.in': 'alpha>1\n', 'requirements.txt': text } })
  t.regex(stale.message, /has changed since it was locked/)
  t.is(stale.details.file, 'checks/first/requirements.in')
  t.true(text.includes(sha256(wishes)))
})

test('a list of another tool has no digest of its wishes, and is taken', async (t) => {
  const text = `# made by uv\nalpha==1 --hash=sha256:${one}\n`
  t.truthy(await merged(t, { first: { 'requirements.in': 'alpha\n', 'requirements.txt': text } }))
})

test('a package with the name of a check is refused: the Agent would import it in place of the check', async (t) => {
  const error = await refused(t, { my_check: { 'requirements.txt': `My.Check==1 --hash=sha256:${one}\n` } })
  t.is(error.message, 'the package my-check has the name of the check "my_check"')
})

test('what is wrong in a list is told with its line', async (t) => {
  const error = await refused(t, { first: { 'requirements.txt': 'alpha==1\n' } })
  t.is(error.message, 'alpha has no hash')
  t.is(error.details.line, 1)
  t.is(error.details.file, 'checks/first/requirements.txt')
})

test('the Python of checks is the Agent’s, and the system’s with the lab Agent', (t) => {
  const base = {
    kind: 'lab',
    release: 'trixie',
    system: { name: 'debian-13', id: 'debian', versionId: '13', python: '3.13' },
  } as const
  const python = (version: string) => agentPython({ agent: { version } as never, base })
  t.is(python('7.83.0'), '3.13')
  t.is(python('7.63.1'), '3.12')
  t.is(python('7.10.0+lab'), '3.13')
})
