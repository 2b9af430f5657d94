import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import test, { type ExecutionContext } from 'ava'
import { BoxhoundError } from '../../scripts/lib/_helpers/errors.ts'
import { projectAt } from '../../scripts/lib/_helpers/paths.ts'
import { loadBox } from '../../scripts/lib/box/load.ts'
import { planBox } from '../../scripts/lib/plan/plan.ts'
import { parseBack } from '../../scripts/lib/render/parse-back.ts'
import { renderBox } from '../../scripts/lib/render/render.ts'
import type { Rendered } from '../../scripts/lib/render/rendered-box.ts'
import { bare, temporaryFile } from '../boxfile/_files.ts'
import { layerOf } from './_project.ts'
import { temporaryFolder } from './_render.ts'

const project = projectAt(fileURLToPath(new URL('../..', import.meta.url)), {})

const rendered = async (t: ExecutionContext, mirrors: string): Promise<Rendered> =>
  renderBox(await loadBox(temporaryFile(t, `${bare}${mirrors}`), project), project)

const scripts = (all: Rendered): string[] => layerOf(all, 'seal').scripts.map(({ path }) => path)

test('mirrors stay in the image only where the box file says so', async (t) => {
  const own = 'apt: "https://mirror.example/debian", proxy: "http://proxy.example:1"'
  t.deepEqual(scripts(await rendered(t, `mirrors: { ${own} }\n`)), ['01-seal.sh'])
  t.deepEqual(scripts(await rendered(t, `mirrors: { ${own}, keep: false }\n`)), ['01-seal.sh'])
  t.deepEqual(scripts(await rendered(t, `mirrors: { ${own}, keep: true }\n`)), ['01-seal.sh', '02-mirrors.sh'])
})

test('what stays counts: another mirror that is kept is another seal, and no other layer', async (t) => {
  const ids = async (mirrors: string): Promise<string[]> =>
    (await planBox(await rendered(t, mirrors), { now: 0 }, project)).layers.map(({ id }) => id)
  const [none, one, two] = [
    await ids(''),
    await ids('mirrors: { apt: "https://one.example", keep: true }\n'),
    await ids('mirrors: { apt: "https://two.example", keep: true }\n'),
  ]
  t.is(new Set([none.at(-1), one.at(-1), two.at(-1)]).size, 3)
  for (const other of [one, two]) t.deepEqual(other.slice(0, -1), none.slice(0, -1))
})

test('kept addresses and certificates are one literal each, and the script is one that bash reads', async (t) => {
  const folder = temporaryFolder(t)
  execFileSync(
    'openssl',
    [
      'req',
      '-x509',
      '-newkey',
      'ec',
      '-pkeyopt',
      'ec_paramgen_curve:P-256',
      '-nodes',
      '-subj',
      '/CN=own',
      '-keyout',
      '/dev/null',
      '-out',
      join(folder, 'ca.pem'),
    ],
    { stdio: 'ignore' },
  )
  const all = await rendered(
    t,
    `mirrors: { apt: "https://mirror.example/debian", pypi: "https://pypi.example/it's", caBundle: ${join(folder, 'ca.pem')}, keep: true }\n`,
  )
  const { scripts: sealing, data } = layerOf(all, 'seal')
  const told = (name: string): string => data.find(({ path }) => path === name)?.content.toString('utf8') ?? 'nothing'
  t.regex(
    told('etc/apt/mirrors.tsv'),
    /^#.*\nmain https:\/\/mirror\.example\/debian\nsecurity https:\/\/mirror\.example\/debian-security\n$/,
  )
  t.regex(told('etc/pip.conf'), /\n\[global\]\nindex-url = https:\/\/pypi\.example\/it's\ncert = \S+\n$/)
  t.regex(told('authorities.pem'), /^#.*\n-----BEGIN CERTIFICATE-----\n[A-Za-z0-9+/=\n]+\n-----END CERTIFICATE-----\n$/)
  const text = sealing[1]?.content.toString('utf8') ?? ''
  t.notRegex(text, /^ {2}keep(_agent| etc\/apt\/apt\.conf)/m)
  t.notRegex(text, /example|CERTIFICATE-----\n[A-Za-z0-9]/, 'nothing of the box file is in the script')
  t.deepEqual(await parseBack(sealing), [], 'bash -n and shellcheck')
})

test('a bundle to be kept that is not there is an error of the box file', async (t) => {
  const error = await t.throwsAsync(rendered(t, 'mirrors: { caBundle: own.pem, keep: true }\n'), {
    instanceOf: BoxhoundError,
  })
  t.is(error.exitCode, 2)
  t.regex(error.details.file ?? '', /\/own\.pem$/)
})

test('the proofs of an image are told what it keeps, and of every other image nothing', async (t) => {
  const own =
    'apt: "https://mirror.example:8443/debian", pypi: "https://mirror.example:8443/simple", proxy: "http://proxy.example:1"'
  t.is((await rendered(t, `mirrors: { ${own} }\n`)).expectations.kept, undefined)
  t.deepEqual((await rendered(t, `mirrors: { ${own}, keep: true }\n`)).expectations.kept, {
    hosts: ['mirror.example:8443', 'proxy.example:1'],
    certificates: [],
  })
})

test('whatever is kept, the script passes shellcheck', async (t) => {
  const keys = [
    'apt: "https://a.example"',
    'agent: "https://b.example"',
    'pypi: "https://c.example"',
    'proxy: "http://d.example:1"',
  ]
  for (let chosen = 1; chosen < 1 << keys.length; chosen += 1) {
    const own = keys.filter((_, index) => (chosen >> index) % 2 === 1).join(', ')
    const { scripts: sealing, data } = layerOf(await rendered(t, `mirrors: { ${own}, keep: true }\n`), 'seal')
    await t.notThrowsAsync(parseBack([...sealing, ...data]), own)
  }
})
