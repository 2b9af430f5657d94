import { execFile } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import { onNpmsLine } from '../../scripts/_npm.mjs'
import type { Command } from '../../scripts/lib/_helpers/cli.ts'
import { BoxhoundError } from '../../scripts/lib/_helpers/errors.ts'
import { assertNotTaken } from '../../scripts/lib/_helpers/npm-options.ts'
import { temporaryFolder } from '../render/_render.ts'

const command: Command = {
  verb: 'observe',
  summary: 'The account.',
  positional: { name: 'ACTION', help: 'what', multiple: true },
  options: {
    lab: { type: 'boolean', help: 'in the lab' },
    json: { type: 'boolean', help: 'a document' },
    'dry-run': { type: 'boolean', help: 'nothing' },
    'no-verify': { type: 'boolean', help: 'not verified' },
    out: { type: 'string', value: 'FILE', help: 'where to' },
    port: { type: 'string', value: 'N', help: 'which port' },
    plan: { type: 'boolean', help: 'shows the order' },
    days: { type: 'string', value: 'N', help: 'how old' },
  },
  examples: [],
}

/** The environment that npm gives, and nothing of this test's own. */
const environment = (own: NodeJS.ProcessEnv): NodeJS.ProcessEnv => ({
  npm_config_user_agent: 'npm/11.19.1 node/v20.20.2 linux x64',
  npm_lifecycle_event: 'observe',
  ...own,
})

const refused = (t: ExecutionContext, argv: readonly string[], own: NodeJS.ProcessEnv): BoxhoundError => {
  const error = t.throws(() => assertNotTaken(argv, command, environment(own)), { instanceOf: BoxhoundError })
  t.is(error.exitCode, 2)
  return error
}

const lines: readonly (readonly [title: string, argv: string[], own: NodeJS.ProcessEnv, next: string])[] = [
  ['a switch', ['apply', 'lab'], { npm_config_lab: 'true' }, 'write npm run observe -- apply lab --lab'],
  ["npm's own name", ['plan'], { npm_config_json: 'true' }, 'write npm run observe -- plan --json'],
  ['a name of two words', ['update'], { npm_config_dry_run: 'true' }, 'write npm run observe -- update --dry-run'],
  ['a negated switch', [], { npm_config_verify: '' }, 'write npm run observe -- --no-verify'],
  ['a value', ['show'], { npm_config_out: 'a b' }, "write npm run observe -- show --out 'a b'"],
  ['a value among the words', ['show', 'x'], { npm_config_out: 'true' }, 'write npm run observe -- show --out x'],
  [
    'a name that npm reads letter by letter',
    ['show'],
    { npm_config_all: 'true', npm_config_long: 'true', npm_config_parseable: 'true', npm_config_yes: '' },
    'write npm run observe -- show --plan',
  ],
  [
    'a value behind such a name',
    ['prune', '3'],
    { npm_config_all: 'true', npm_config_yes: 'true', npm_config_loglevel: 'silent' },
    'write npm run observe -- prune --days 3',
  ],
  [
    'two values among the words',
    ['show', 'x', '1'],
    { npm_config_out: 'true', npm_config_port: 'true' },
    'write npm run observe -- show --out FILE --port N',
  ],
]

for (const [title, argv, own, next] of lines)
  test(`${title} that npm took is refused with the line to write`, (t) => {
    const error = refused(t, argv, own)
    t.regex(error.message, /^--.* w(as|ere) taken by npm$/)
    t.is(error.details.next, next)
  })

test('what is on the line already, turned off, of another verb or started otherwise is no mistake', (t) => {
  const judge = (argv: readonly string[], own: NodeJS.ProcessEnv) =>
    t.notThrows(() => assertNotTaken(argv, command, environment(own)))
  judge(['plan', '--json'], { npm_config_json: 'true' })
  judge(['plan'], { npm_config_json: '', npm_config_lab: '' })
  judge(['plan'], { npm_config_lab: 'true', npm_lifecycle_event: 'test' })
  judge(['plan'], { npm_config_lab: 'true', npm_config_user_agent: 'pnpm/9.0.0 npm/? node/v20' })
  judge(['plan'], { npm_config_loglevel: 'silent', npm_execpath: process.env.npm_execpath })
})

test('what an .npmrc or the environment of npm sets is not on its line', async (t) => {
  const rc = join(temporaryFolder(t), 'npmrc')
  await writeFile(rc, '; mine\njson = true\ndry_run=true\nca[]=x\n')
  const own = environment({
    npm_config_userconfig: rc,
    npm_config_json: 'true',
    npm_config_dry_run: 'true',
    npm_config_ca: 'x',
    npm_config_yes: 'true',
    npm_config_lab: 'true',
    npm_config_cache: '/x',
  })
  t.deepEqual([...onNpmsLine(own, () => ['yes'])], [['lab', 'true']])
})

/** A verb through the npm of this machine, with an .npmrc of its own. */
const npm = (rc: string, own: NodeJS.ProcessEnv, ...words: string[]): Promise<{ code: number; text: string }> =>
  new Promise((done) => {
    const clean = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^npm_/i.test(name)))
    const env = { ...clean, ...own, NPM_CONFIG_USERCONFIG: rc, HTTPS_PROXY: 'http://127.0.0.1:9' }
    execFile('npm', ['run', ...words], { env }, (error, stdout, stderr) =>
      done({ code: error === null ? 0 : Number(error.code), text: stdout + stderr }),
    )
  })

test('the npm of this machine leaves what is looked for, and nothing where the line is right', async (t) => {
  const rc = join(temporaryFolder(t), 'npmrc')
  await writeFile(rc, 'all=true\n')
  const taken = await npm(rc, {}, 'observe', 'apply', 'lab', '--lab')
  t.is(taken.code, 2, taken.text)
  t.regex(taken.text, /--lab was taken by npm[\s\S]*npm run observe -- apply lab --lab/)
  const own = await npm(rc, {}, 'bake', 'no-such-box', '--json')
  t.regex(own.text, /npm run bake -- no-such-box --json/)
  const misspelt = await npm(rc, {}, 'bake', 'no-such-box', '--draftt')
  t.regex(misspelt.text, /--draftt was taken by npm[\s\S]*it has no --draftt/)
  const right = await npm(rc, { npm_config_json: 'true' }, '--silent', 'bake', '--', 'no-such-box')
  t.regex(right.text, /no box named "no-such-box"/)
})
