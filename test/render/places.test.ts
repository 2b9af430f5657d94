// Every text of a box file, whatever it holds, is refused or stays one value in every file that it gets into.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import test, { type ExecutionContext } from 'ava'
import fc from 'fast-check'
import { parse, stringify } from 'yaml'
import { BoxhoundError } from '../../scripts/lib/_helpers/errors.ts'
import { projectAt } from '../../scripts/lib/_helpers/paths.ts'
import { loadBox } from '../../scripts/lib/box/load.ts'
import { renderBox } from '../../scripts/lib/render/render.ts'
import type { RenderedFile } from '../../scripts/lib/render/rendered-box.ts'
import { has, nasty, output, temporaryFolder } from './_render.ts'

const project = projectAt(fileURLToPath(new URL('../..', import.meta.url)), {})

/** A box that says everything. */
const everything = {
  box: 'places',
  version: '1.0.0',
  base: { lab: 'cloud' },
  agent: {
    version: '7.83.0+lab',
    repository: 'lab',
    site: 'datadoghq.com',
    tags: ['env:trial', 'role:database'],
    logs: true,
  },
  database: { engine: 'mysql', tags: ['role:database'], logs: true },
  checks: { electricity: { interval: 300, options: { url: 'https://example.com/production.xml' } } },
  app: { port: 5050, service: 'trial-app', env: 'trial', version: '1.0.0' },
  mirrors: {
    apt: 'https://mirror.example/debian',
    agent: 'https://mirror.example/agent',
    pypi: 'https://mirror.example/simple',
    proxy: 'http://proxy.example:3128',
    keep: true,
  },
}

type Path = readonly (string | number)[]

const textsOf = (value: unknown, path: Path = []): Path[] => {
  if (typeof value === 'string') return [path]
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, item]) =>
    textsOf(item, [...path, Array.isArray(value) ? Number(key) : key]),
  )
}

const withText = (value: unknown, [first, ...rest]: Path, text: string): unknown => {
  if (first === undefined) return text
  if (Array.isArray(value)) return value.map((item, index) => (index === first ? withText(item, rest, text) : item))
  const entries = Object.entries(typeof value === 'object' && value !== null ? value : {})
  return Object.fromEntries(entries.map(([key, item]) => [key, key === first ? withText(item, rest, text) : item]))
}

/** Rendered files by tree and path; undefined when the box file or a value in it is refused, with exit code 2. */
const filesOf = async (
  t: ExecutionContext,
  file: string,
  box: unknown,
): Promise<Map<string, RenderedFile> | undefined> => {
  writeFileSync(file, stringify(box))
  try {
    const { layers } = await renderBox(await loadBox(file, project), project)
    return new Map(
      layers.flatMap(({ name, files, scripts, data }) =>
        Object.entries({ files, scripts, data }).flatMap(([tree, all]) =>
          all.map((one) => [`${name}/${tree}/${one.path}`, one] as const),
        ),
      ),
    )
  } catch (error) {
    if (!(error instanceof BoxhoundError)) throw error
    t.is(error.exitCode, 2, error.message)
    return undefined
  }
}

/** The same value with every text taken out: what is left is its structure. */
const shapeOf = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(shapeOf)
  if (typeof value !== 'object' || value === null) return typeof value
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, shapeOf(item)]))
}

const lines = (text: string): string[] => text.split('\n')

/** By a file: what Node hands over on standard input is a socket, which nobody can open by its path. */
const settingsOfApt = (text: string): unknown => {
  const folder = mkdtempSync(join(tmpdir(), 'boxhound-test-'))
  try {
    writeFileSync(join(folder, 'apt.conf'), text)
    const dump = output('apt-config', ['-c', join(folder, 'apt.conf'), 'dump'], '').toString()
    return lines(dump).map((line) => line.split(' ', 1)[0])
  } finally {
    rmSync(folder, { recursive: true })
  }
}

const readIni = `
import configparser, json, sys
parser = configparser.RawConfigParser(strict=True)
parser.read_string(sys.stdin.read())
print(json.dumps({name: list(parser[name]) for name in parser.sections()}))`

/** What a file says but for its values, by a parser of its own language; a file of no kind that is listed here must not hold any value. */
const structures: Readonly<Record<string, (text: string) => unknown>> = {
  yaml: (text) => shapeOf(parse(text)),
  json: (text) => shapeOf(JSON.parse(text)),
  apt: (text) => lines(text).map((line) => line.split(/\s+/).length),
  ...(has('apt-config') ? { 'apt-conf': settingsOfApt } : {}),
  ini: (text) => JSON.parse(output('python3', ['-c', readIni], text).toString()),
  unit: (text) => lines(text).map((line) => (line.startsWith('[') ? line : line.split('=', 1)[0])),
}

const sameStructure = (t: ExecutionContext, name: string, before: RenderedFile, after: RenderedFile): void => {
  const structure = structures[after.language]
  if (structure === undefined) {
    t.fail(`${name}: a value of the box file in ${after.language}`)
    return
  }
  const [one, other] = [before, after].map(({ content }) => structure(content.toString('utf8')))
  t.deepEqual(other, one, `${name}:\n${after.content.toString('utf8')}`)
}

/** What has done harm in one place or another, behind what the field has anyway. */
const tails = [
  '";Dir::Bin::dpkg "/tmp/x',
  '"; APT::Update::Pre-Invoke {"id";}; //',
  "';id;'",
  '\nindex-url = http://x/',
  '$(id)',
  '`id`',
  ' #',
  // A valid address, as hardly any other of these: it must get into the files for them to be compared.
  '#$0',
  '\\',
  '%h',
  '[x]',
]

for (const path of textsOf(everything))
  test(`box file, ${path.join('.')}: one value wherever it is rendered`, async (t) => {
    const file = join(temporaryFolder(t), 'places.yaml')
    const before = await filesOf(t, file, everything)
    if (before === undefined) return t.fail('the box itself is refused')
    const own = path.reduce<unknown>((value, key) => Object(value)[key], everything)
    const texts = fc.oneof(
      nasty,
      nasty.map((text) => `${own}${text}`),
      fc.constantFrom(...tails.map((tail) => `${own}${tail}`)),
    )
    const tried = fc.asyncProperty(texts, async (text) => {
      const after = await filesOf(t, file, withText(everything, path, text))
      for (const [name, one] of after ?? []) {
        const other = before.get(name)
        if (other !== undefined && !other.content.equals(one.content)) sameStructure(t, name, other, one)
      }
      return true
    })
    await fc.assert(tried, { numRuns: 10 })
    // What is worst is always tried.
    for (const tail of tails) {
      const after = await filesOf(t, file, withText(everything, path, `${own}${tail}`))
      for (const [name, one] of after ?? []) {
        const other = before.get(name)
        if (other !== undefined && !other.content.equals(one.content)) sameStructure(t, name, other, one)
      }
    }
    t.pass()
  })

test('a quotation mark in a kept proxy’s address is refused and never becomes a setting of apt’s', async (t) => {
  const file = join(temporaryFolder(t), 'places.yaml')
  const proxy = 'http://proxy.example:1/";APT::Update::Pre-Invoke::{"id";};"'
  const box = withText(everything, ['mirrors', 'proxy'], proxy)
  t.is(await filesOf(t, file, box), undefined)
})

test('the files that such a box gives are accepted by their own languages', async (t) => {
  const all = await filesOf(t, join(temporaryFolder(t), 'places.yaml'), everything)
  const conf = all?.get('seal/data/etc/apt/apt.conf.d/90boxhound-proxy')?.content.toString('utf8') ?? ''
  t.true(
    conf.endsWith(
      'Acquire::http::Proxy "http://proxy.example:3128";\nAcquire::https::Proxy "http://proxy.example:3128";\n',
    ),
  )
  t.is(spawnSync('bash', ['-n'], { input: all?.get('seal/scripts/02-mirrors.sh')?.content }).status, 0)
})
