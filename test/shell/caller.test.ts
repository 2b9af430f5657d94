// Scripts that somebody may start by hand do the same in every shell: whatever BASH_ENV, exported functions, CDPATH and IFS say.
import { spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import test, { type ExecutionContext } from 'ava'
import { temporaryFolder } from '../render/_render.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const guard = '[[ $- == *p* ]] || exec bash -p -- "$0" "$@"'

const scripts = spawnSync(
  'git',
  [
    'ls-files',
    '.ci',
    'lab',
    'disk',
    'packer',
    'container',
    'test',
    // What runs in a guest or in a container, not on the caller's machine.
    ':!test/engine/*/*',
    ':!lab/images/*/root/*',
    ':!test/rendered',
    ':!test/fixtures',
    ':!*.hbs',
  ],
  { cwd: root, encoding: 'utf8' },
)
  .stdout.split('\n')
  .filter(
    (file) => file !== '' && /^#!.*\bbash$/.test(readFileSync(join(root, file), 'latin1').split('\n', 1)[0] ?? ''),
  )

test('each script of the builder’s begins anew without what its caller’s shell has set; sourced ones are in there already', (t) => {
  t.true(scripts.length > 30)
  for (const file of scripts) {
    const lines = readFileSync(join(root, file), 'utf8').split('\n')
    if (lines.slice(0, 6).some((line) => /sourced/i.test(line))) continue
    t.is(lines[lines.indexOf('set -Eeuo pipefail') + 2], guard, file)
  }
})

/** An environment that would lead every script astray. */
const astray = (t: ExecutionContext): NodeJS.ProcessEnv => {
  const folder = temporaryFolder(t)
  for (const name of ['test/python', 'test/shell', 'packer/chroot', 'disk', 'lab/base', 'lab/cloud', 'lab/agent'])
    mkdirSync(join(folder, name), { recursive: true })
  const file = join(folder, 'env.sh')
  writeFileSync(
    file,
    'cd() { echo ASTRAY; exit 99; }\ndirname() { echo /ASTRAY; }\nreadlink() { echo /ASTRAY; }\nset -f\nshopt -s nullglob\n',
  )
  return {
    PATH: process.env.PATH,
    HOME: folder,
    BASH_ENV: file,
    ENV: file,
    CDPATH: folder,
    IFS: '/',
    'BASH_FUNC_main%%': '() { echo ASTRAY; }',
    SHELLOPTS: 'noglob',
  }
}

for (const [file, words, code, said] of [
  ['disk/layout.sh', [], 2, /^usage: layout\.sh/],
  ['disk/grow.sh', [], 2, /^usage: grow\.sh/],
  ['disk/import.sh', [], 2, /^usage: import\.sh/],
  ['packer/chroot/shell.sh', [], 2, /^usage: shell\.sh/],
  ['disk/layout.sh', ['/dev/null'], 1, /no partition table/],
  ['test/python/run.sh', ['--help'], 0, /^usage: test\/python\/run\.sh/],
] as const)
  test(`${file} ${words.join(' ')}: the same in every shell`, (t) => {
    const tell = (env: NodeJS.ProcessEnv) => {
      const { status, stdout, stderr } = spawnSync('bash', [file, ...words], {
        cwd: root,
        env,
        encoding: 'utf8',
        timeout: 60_000,
      })
      return { status, told: `${stdout}${stderr}` }
    }
    const astrayed = tell(astray(t))
    t.is(astrayed.status, code, astrayed.told)
    t.regex(astrayed.told, said)
    t.notRegex(astrayed.told, /ASTRAY/)
    t.deepEqual(astrayed, tell({ PATH: process.env.PATH, HOME: '/nonexistent' }))
  })
