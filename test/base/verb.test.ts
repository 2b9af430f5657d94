import { execFile } from 'node:child_process'
import { cpSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import test, { type ExecutionContext } from 'ava'
import { imageName, type Published, publish } from '../fetch/_publisher.ts'
import { scriptWords } from '../helpers/_child.ts'
import { temporaryFolder } from '../helpers/_folder.ts'

const [old, fresh] = ['1a'.repeat(32), '2b'.repeat(32)]
const listOf = (digest: string): string => `${digest} *${imageName}\n`

interface Trial {
  readonly published: Published
  readonly file: string
  readonly text: string
  readonly run: (...words: string[]) => Promise<{ code: number; stdout: string; stderr: string }>
}

const boxText = (releases: string, more = ''): string => `# Mine.
box: mine
version: 1.0.0
base:
  image: "${releases}release-20260725/${imageName}" # the first one
  sha256: ${old}
  system: ubuntu-24.04
agent: { version: 7.83.0 }   # no check
${more}`

/** A project with one box on the first release of a publisher on loopback; \`more\` is added to the box file. */
const trial = async (t: ExecutionContext, more: (published: Published) => string = () => ''): Promise<Trial> => {
  const published = await publish(t)
  const { publisher, fingerprint } = published
  published.release('release-20260725', listOf(old))
  const root = await temporaryFolder(t)
  for (const folder of ['boxes', 'provision']) mkdirSync(join(root, folder))
  cpSync(publisher.keyring, join(root, 'provision/publisher.gpg'))
  const system = { id: 'ubuntu', versionId: '24.04', python: '3.12' }
  const signer = { releases: publisher.releases, image: imageName, keyring: 'provision/publisher.gpg', fingerprint }
  const systems = {
    'ubuntu-24.04': { ...system, publisher: signer },
    'debian-13': { ...system, id: 'debian', versionId: '13' },
  }
  writeFileSync(join(root, 'provision/systems.yaml'), JSON.stringify(systems))
  const file = join(root, 'boxes/mine.yaml')
  const text = boxText(publisher.releases, more(published))
  writeFileSync(file, text, { mode: 0o600 })
  const environment = { PATH: process.env.PATH, HOME: root }
  const run: Trial['run'] = (...words) =>
    new Promise((resolve) => {
      const all = [...scriptWords(new URL('./_verb.ts', import.meta.url)), root, ...words]
      const cwd = fileURLToPath(new URL('../..', import.meta.url))
      const child = execFile(process.execPath, all, { env: environment, cwd }, (_, stdout, stderr) =>
        resolve({ code: child.exitCode ?? -1, stdout, stderr }),
      )
    })
  return { published, file, text, run }
}

test('update writes address and digest of the newest release, and nothing else', async (t) => {
  const { published, file, text, run } = await trial(t)
  published.release('release-20260801', listOf(fresh))
  const { code, stdout, stderr } = await run('update', 'mine')
  t.is(code, 0, stderr)
  t.regex(stdout, /release-20260725 → release-20260801/)
  t.true(stdout.includes(old) && stdout.includes(fresh))
  t.regex(stdout, /written to boxes\/mine\.yaml; next: npm run bake -- mine/)
  t.is(readFileSync(file, 'utf8'), text.replace('release-20260725', 'release-20260801').replace(old, fresh))
  t.is(statSync(file).mode & 0o7777, 0o600)
})

test('update with nothing to change says so and leaves the file alone', async (t) => {
  const { file, run } = await trial(t)
  const { ino, mtimeMs } = statSync(file)
  const { code, stdout } = await run('update', 'mine')
  t.is(code, 0)
  t.regex(stdout, /nothing to change/)
  t.like(statSync(file), { ino, mtimeMs })
})

test('the same release with another signed digest is a change', async (t) => {
  const { published, file, text, run } = await trial(t)
  published.release('release-20260725', listOf(fresh))
  const { code, stdout } = await run('update', 'mine', '--json')
  t.is(code, 0)
  const { from, to, changed, written } = JSON.parse(stdout)
  t.deepEqual(
    [from.release, to.release, from.sha256, to.sha256, changed, written],
    ['release-20260725', 'release-20260725', old, fresh, true, true],
  )
  t.is(readFileSync(file, 'utf8'), text.replace(old, fresh))
})

test('--dry-run shows the change and writes nothing; --json is one document', async (t) => {
  const { published, file, text, run } = await trial(t)
  published.release('release-20260801', listOf(fresh))
  const shown = await run('--dry-run', 'update', 'mine')
  t.is(shown.code, 0)
  t.regex(shown.stdout, /release-20260725 → release-20260801[\s\S]*is unchanged \(--dry-run\)/)
  const { stdout } = await run('update', '--dry-run', 'mine', '--json')
  const image = `${published.publisher.releases}release-20260801/${imageName}`
  t.deepEqual(JSON.parse(stdout), {
    box: 'mine',
    file,
    from: { release: 'release-20260725', image: image.replace('20260801', '20260725'), sha256: old },
    to: { release: 'release-20260801', image, sha256: fresh },
    changed: true,
    written: false,
  })
  t.is(readFileSync(file, 'utf8'), text)
})

test('a signature that fails writes nothing and ends with 1', async (t) => {
  const { published, file, text, run } = await trial(t)
  published.release('release-20260801', listOf(fresh), { by: published.keys.make('mallory') })
  const { code, stdout, stderr } = await run('update', 'mine', '--json')
  t.is(code, 1)
  t.is(JSON.parse(stdout).error.code, 'E_SIGNATURE')
  t.regex(stderr, /SHA256SUMS: the signature of the list is not valid/)
  t.is(readFileSync(file, 'utf8'), text)
})

test('an older release is taken with --allow-older only', async (t) => {
  const { published, file, text, run } = await trial(t)
  const { files, release } = published
  files.clear()
  release('release-20260601', listOf(fresh))
  files.set('/noble/', '<a href="release-20260601/">')
  const { code, stderr } = await run('update', 'mine')
  t.is(code, 1)
  t.regex(stderr, /release-20260725 or newer[\s\S]*release-20260601 at http:[\s\S]*--allow-older/)
  t.is(readFileSync(file, 'utf8'), text)
  t.is((await run('update', 'mine', '--allow-older')).code, 0)
  t.regex(readFileSync(file, 'utf8'), /release-20260601/)
})

test('mirrors.images is asked; the address stays the publisher’s', async (t) => {
  const { published, file, text, run } = await trial(
    t,
    ({ server }) => `mirrors: { images: "${server.url}/mirror/" }\n`,
  )
  const { files, publisher } = published
  published.release('release-20260801', listOf(fresh))
  for (const [path, content] of [...files]) {
    files.set(path.replace('/noble/', '/mirror/'), content)
    files.delete(path)
  }
  const { code, stderr } = await run('update', 'mine')
  t.is(code, 0, stderr)
  t.is(readFileSync(file, 'utf8'), text.replace('release-20260725', 'release-20260801').replace(old, fresh))
  t.true(readFileSync(file, 'utf8').includes(`${publisher.releases}release-20260801/`))
})

test('a box on the mirror’s own address stays there', async (t) => {
  const { published, file, text, run } = await trial(
    t,
    ({ publisher }) => `mirrors: { images: "${publisher.releases}" }\n`,
  )
  published.release('release-20260801', listOf(fresh))
  t.is((await run('update', 'mine')).code, 0)
  t.is(readFileSync(file, 'utf8'), text.replace('release-20260725', 'release-20260801').replace(old, fresh))
})

test('a box without an image, without a publisher, and on somebody else’s image are refused with 2', async (t) => {
  const { published, file, text, run } = await trial(t)
  const cases = [
    [text.replace(/base:\n(.*\n){3}/, 'base: { lab: trixie }\n'), /has no published base image/],
    [
      text.replace('ubuntu-24.04', 'debian-13').replace('system: ubuntu-24.04', 'system: debian-13'),
      /not one of its publisher’s releases|no publisher/,
    ],
    [
      text.replace(/system: .*/, 'system: debian-13'),
      /no publisher with a signed checksum list is known for debian-13/,
    ],
    [
      text.replace(/image: .*/, 'image: https://mine.example/own.img'),
      /not one of its publisher’s releases[\s\S]*https:\/\/mine\.example\/own\.img/,
    ],
    [text.replace(/image: .*/, 'image: own.img'), /not one of its publisher’s releases/],
  ] as const
  for (const [content, message] of cases) {
    writeFileSync(file, content)
    const { code, stderr } = await run('update', 'mine')
    t.is(code, 2, stderr)
    t.regex(stderr, message)
    t.is(readFileSync(file, 'utf8'), content)
  }
  t.is(published.server.requests.length, 0)
})

test('show tells what is there without asking anybody; --help and wrong words', async (t) => {
  const { published, run } = await trial(t)
  const { code, stdout } = await run('show', 'mine')
  t.is(code, 0)
  t.regex(
    stdout,
    new RegExp(`release {2}release-20260725\n[\\s\\S]*sha256 {3}${old}\n[\\s\\S]*signed by ${published.fingerprint}`),
  )
  t.is(JSON.parse((await run('show', 'mine', '--json')).stdout).release, 'release-20260725')
  t.is(published.server.requests.length, 0)
  t.regex((await run('--help')).stdout, /npm run base -- update ubuntu/)
  for (const [words, message] of [
    [[], /needs an action/],
    [['upgrade', 'mine'], /base has no "upgrade"/],
    [['update'], /needs a box/],
    [['update', 'mine', 'yours'], /too many arguments/],
    [['update', 'mein'], /no box named "mein"[\s\S]*"mine"/],
  ] as const) {
    const wrong = await run(...words)
    t.is(wrong.code, 2, wrong.stderr)
    t.regex(wrong.stderr, message)
  }
})
