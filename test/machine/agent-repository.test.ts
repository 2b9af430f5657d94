import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import { imagePath, readManifest } from '../../scripts/lib/bake/manifest.ts'
import { overlayPath } from '../../scripts/lib/cache/store.ts'
import { type AgentBox, type AgentServer, type Answers, agentProject, serveAgent, text, world } from './_agent-world.ts'
import type { TinyProject } from './_project.ts'
import { bake, type Ended } from './_run.ts'
import { tracesOf } from './_traces.ts'

interface Baked {
  readonly server: AgentServer
  readonly project: TinyProject
  readonly ended: Ended
}

const bakeFrom = async (t: ExecutionContext, answers: Answers, box: Partial<AgentBox> = {}): Promise<Baked> => {
  const server = await serveAgent(t, answers)
  const [packages, keyFolder] = [`${server.url}/repository/apt/`, `${server.url}/repository/keys`]
  const project = await agentProject(t, `${server.url}/distribution`, { packages, keyFolder, ...box })
  const ended = await bake(project, 'one', [], { BOXHOUND_APT_TIMEOUT: '1' })
  t.deepEqual(tracesOf(project), [])
  return { server, project, ended }
}

/** The error of a bake that must fail, as the user reads it. */
const failure = async (t: ExecutionContext, answers: Answers, box: Partial<AgentBox> = {}): Promise<string> => {
  const { ended, project } = await bakeFrom(t, answers, box)
  t.is(ended.code, 1, ended.stdout)
  t.is(await readManifest('one', project), undefined)
  return ended.stderr
}

/** One request to debugfs on the file system of a baked image. */
const ask = (image: string, request: string): Buffer => {
  const script =
    'qemu-img convert -O raw -- "$1" "$2" && debugfs -R "$3" "$2?offset=1048576" 2>/dev/null; rm -f -- "$2"'
  return spawnSync('bash', ['-c', script, 'bash', image, `${image}.raw`, request], { maxBuffer: 1 << 26 }).stdout
}

const lists = 'repository/apt/dists/stable/7/binary-amd64'
const deb = 'repository/apt/pool/7/datadog-agent_7.83.0-1_amd64.deb'

test.serial(
  'the Agent comes from a mirror, checked by its key; the image keeps the canonical source, the keyring and no id',
  async (t) => {
    const { server, project, ended } = await bakeFrom(t, () => undefined)
    t.is(ended.code, 0, ended.stdout + ended.stderr)
    const image = imagePath('one', project)
    const read = (path: string): string => ask(image, `cat ${path}`).toString()
    const rights = (path: string): string[] =>
      /Mode: +(\d+)[\s\S]*User: +(\d+) +Group: +(\d+)/.exec(ask(image, `stat ${path}`).toString())?.slice(1) ?? []
    t.deepEqual(read('/etc/apt/sources.list.d/datadog.list').trimEnd().split('\n').slice(1), [
      'deb [signed-by=/usr/share/keyrings/datadog-archive-keyring.gpg] https://apt.example.invalid/ stable 7',
    ])
    const keyring = '/usr/share/keyrings/datadog-archive-keyring.gpg'
    t.deepEqual(rights(keyring), ['0644', '0', '0'])
    const exported = spawnSync('gpg', ['--dearmor'], { input: text('repository/keys/DATADOG_APT_KEY_CURRENT.public') })
    t.deepEqual(ask(image, `cat ${keyring}`), exported.stdout)
    t.regex(read('/etc/datadog-agent/install_info'), /^ {2}tool: boxhound$/m)
    t.deepEqual(rights('/etc/datadog-agent/install_info'), ['0644', '900', '900'])
    t.is(read('/etc/datadog-agent/install.json'), '', 'the package found an install_info and wrote no id')
    t.deepEqual(rights('/etc/datadog-agent/datadog.yaml'), ['0640', '900', '900'])
    t.regex(
      read('/var/lib/dpkg/status'),
      /Package: datadog-agent\nStatus: hold ok installed\n[\s\S]*?Version: 1:7\.83\.0-1\n/,
    )
    t.regex(ask(image, 'ls /etc/systemd/system/multi-user.target.wants').toString(), /datadog-agent\.service/)
    // The layer above asked its distribution and nobody else: the canonical address leads nowhere.
    const last = server.requests.lastIndexOf(deb)
    t.true(server.requests.slice(last).some((path) => path.endsWith('/other.deb')))
    t.false(server.requests.slice(last + 1).some((path) => path.startsWith('repository/')))
    t.regex(read('/var/lib/dpkg/status'), /Package: other\n/)
    for (const name of ['boxhound-bake', 'repository-0', '127.0.0.1'])
      t.false(ask(image, 'ls /etc/apt/sources.list.d').toString().includes(name), name)
  },
)

test.serial('a new version changes the layers from the Agent up; what is below is not built again', async (t) => {
  const { server, project, ended } = await bakeFrom(t, () => undefined)
  t.is(ended.code, 0, ended.stderr)
  const before = (await readManifest('one', project))?.layers ?? []
  const box = readFileSync(join(project.root, 'boxes/one.yaml'), 'utf8').replace('7.83.0', '7.84.0')
  spawnSync('tee', [join(project.root, 'boxes/one.yaml')], { input: box })
  t.is((await bake(project)).code, 0)
  const after = (await readManifest('one', project))?.layers ?? []
  t.deepEqual(
    after.map(({ name, id, cached }, index) => [name, id === before[index]?.id, cached]),
    [
      ['image', true, true],
      ['base', true, true],
      ['agent', false, false],
      ['seal', false, false],
    ],
  )
  t.true(server.requests.includes(deb.replace('7.83', '7.84')))
  const tip = overlayPath(after.at(-1)?.id ?? '', project)
  t.regex(ask(tip, 'cat /var/lib/dpkg/status').toString(), /Status: hold ok installed\n[\s\S]*?Version: 1:7\.84\.0-1\n/)
})

test.serial('a key with another fingerprint than the listed one is refused before the layer is begun', async (t) => {
  const wrong = 'A'.repeat(40)
  const stderr = await failure(t, () => undefined, { keys: [wrong] })
  t.regex(stderr, /\/repository\/keys\/DATADOG_APT_KEY_CURRENT\.public has a key that this box does not list/)
  t.true(stderr.includes(`expected: one of ${wrong}`))
  t.true(stderr.includes(`found:    ${text('repository/fingerprints')}`))
  t.regex(stderr, /next: +its publisher may have rotated its key/)
})

test.serial('a key past its time is told with its date', async (t) => {
  const [fingerprint, key] = [text('expired.fingerprint'), text('expired.public')]
  const stderr = await failure(t, (path) => (path.endsWith('.public') ? key : undefined), { keys: [fingerprint] })
  t.regex(stderr, /none of the listed keys is valid any more/)
  t.true(stderr.includes(`the listed key ${fingerprint} expired on 2021-12-31`))
})

test.serial('a repository that another key signed is refused; both keys are named', async (t) => {
  const { url } = await serveAgent(t)
  const stderr = await failure(t, () => undefined, { packages: `${url}/other/apt` })
  t.true(
    stderr.includes(
      `the repository https://apt.example.invalid/ (by ${url}/other/apt/) is signed by a key that this box does not list`,
    ),
  )
  t.true(stderr.includes(`expected: a signature by ${text('repository/fingerprints')}`))
  t.regex(stderr, new RegExp(`found: +one by ([0-9A-F]{24})?${text('other/fingerprints').slice(-16)}\n`))
  t.regex(stderr, /next: +its publisher may have rotated its key/)
})

test.serial('a changed Release file is refused', async (t) => {
  const stderr = await failure(t, (path) =>
    path === 'repository/apt/dists/stable/InRelease' ? text(path).replace('Suite: stable', 'Suite: stablE') : undefined,
  )
  t.regex(stderr, /the repository https:\/\/apt\.example\.invalid\/ \(by .*\) is not what was signed/)
})

test.serial('a repository without a signature is refused', async (t) => {
  const stderr = await failure(t, (path) => (/InRelease$|Release\.gpg$/.test(path) ? 404 : undefined))
  t.regex(stderr, /the repository https:\/\/apt\.example\.invalid\/ \(by .*\) is not signed/)
})

test.serial(
  'a version that is not there is refused before anything is downloaded; the newest there are is told',
  async (t) => {
    const server = await serveAgent(t)
    const stderr = await failure(t, () => undefined, { version: '7.99.0', packages: `${server.url}/repository/apt/` })
    t.regex(stderr, /layer "agent" failed: no source has datadog-agent 1:7\.99\.0-1\n/)
    t.regex(stderr, /expected: datadog-agent=1:7\.99\.0-1\n/)
    t.regex(stderr, /found: +the newest there are: 1:7\.84\.0-1 1:7\.83\.0-1\n/)
    t.regex(stderr, /next: +.*agent\.version/)
    t.false(server.requests.some((path) => path.endsWith('.deb')))
  },
)

test.serial('fault 35: lists that do not fit the signed Release are fetched anew once, then an error', async (t) => {
  const fetched: string[] = []
  const stderr = await failure(t, (path) => {
    if (!path.startsWith(lists)) return undefined
    fetched.push(path)
    return path.endsWith('.gz') || path.includes('by-hash') ? 'Package: forged\n' : undefined
  })
  t.regex(
    stderr,
    /the lists of the repository https:\/\/apt\.example\.invalid\/ \(by .*\) do not fit its signed Release file/,
  )
  t.regex(stderr, /found: +Failed to fetch http.*(unexpected size|Hash Sum mismatch)/)
  t.regex(stderr, /next: +a mirror in the middle of its update/)
  t.is(new Set(fetched).size * 2, fetched.length, fetched.join(' '))
})

test.serial(
  'fault 35: a package with another content is fetched once more with new lists, then an error with both digests',
  async (t) => {
    const whole = readFileSync(join(world(), deb))
    const forged = Buffer.from(whole)
    forged[100] = (forged[100] ?? 0) ^ 1
    let fetched = 0
    const stderr = await failure(t, (path) => {
      if (path !== deb) return undefined
      fetched += 1
      return forged
    })
    t.true(stderr.includes(`/${deb} could not be downloaded\n`), stderr)
    t.regex(stderr, new RegExp(`expected: ${whole.length} bytes, SHA256:[0-9a-f]{64}, as the signed lists say`))
    t.regex(stderr, /found: +other content, SHA256:[0-9a-f]{64}\n/)
    t.is(fetched, 2)
  },
)

test.serial('fault 35: a package that was there a moment later is used', async (t) => {
  const { ended } = await bakeFrom(t, (path, turn) => (path === deb && turn === 1 ? 404 : undefined))
  t.is(ended.code, 0, ended.stderr)
})

test.serial('a package that is not there is named with its address', async (t) => {
  const stderr = await failure(t, (path) => (path === deb ? 404 : undefined))
  t.true(stderr.includes(`/${deb} could not be downloaded\n`), stderr)
  t.regex(stderr, /found: +no such file there\n/)
  t.regex(stderr, /next: +mirrors\.agent is http:.* has the requested file/)
})

test.serial('nothing where the repository should be', async (t) => {
  const server = await serveAgent(t)
  const stderr = await failure(t, () => undefined, { packages: `${server.url}/elsewhere` })
  t.true(stderr.includes(`no lists of the repository https://apt.example.invalid/ (by ${server.url}/elsewhere/)`))
  t.true(stderr.includes(`expected: suite stable, component 7 at ${server.url}/elsewhere/`))
  t.regex(stderr, /found: +.*does not have a Release file/)
})

test.serial('fault 36: a mirror that hangs is given up after its deadline, which is told', async (t) => {
  const stderr = await failure(t, (path) => (path.startsWith('repository/apt') ? 'hang' : undefined))
  t.regex(
    stderr,
    /no lists of the repository https:\/\/apt\.example\.invalid\/ \(by http:\/\/127\.0\.0\.1:\d+\/repository\/apt\/\)/,
  )
  t.regex(stderr, /each had 1 s per answer and was asked three times, twice over/)
})

test.serial('a certificate that nobody trusts is named, with where to name its authority', async (t) => {
  const secure = await serveAgent(t, () => undefined, true)
  const stderr = await failure(t, () => undefined, { packages: `${secure.url}/repository/apt/` })
  t.true(stderr.includes(`(by ${secure.url}/repository/apt/)`), stderr)
  t.regex(stderr, /found: +.*certificate/i)
  t.regex(stderr, /next: +.*caBundle/)
  t.deepEqual(secure.requests, [])
})
