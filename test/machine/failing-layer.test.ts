import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import test from 'ava'
import { layersFolder } from '../../scripts/lib/cache/store.ts'
import { type TinyProject, tinyProject, write } from './_project.ts'
import { bake, startVerb } from './_run.ts'
import { tracesOf } from './_traces.ts'

const failedOverlay = (project: TinyProject): string => join(layersFolder(project), '.failed-one.qcow2')

const breakAgent = (project: TinyProject): void =>
  write(
    'provision/20-agent/provision.sh',
    'echo left >/root/left\necho the database is not there >&2\nexit 9\n',
    project,
  )

test('a failing layer tells its file, its last lines and how to get a shell in it, and leaves nothing', async (t) => {
  const project = await tinyProject(t)
  breakAgent(project)
  const { code, stdout, stderr } = await bake(project)
  t.is(code, 1)
  t.regex(stdout, /^ {2}agent +failed/m)
  t.regex(stderr, /^provision\/20-agent\/provision\.sh: layer "agent" failed$/m)
  t.regex(stderr, /the end of out\/one\/logs\/agent\.log:\n(.*\n)* +\| the database is not there\n/)
  t.regex(stderr, /npm run bake -- one --on-error shell/)
  t.deepEqual(tracesOf(project), [])
  t.regex((await bake(project)).stdout, /base +cached/, 'what was finished before stays')
})

test('--on-error keep keeps the layer as it failed; shell.sh opens it; the next bake without it clears it', async (t) => {
  const project = await tinyProject(t)
  breakAgent(project)
  const { code, stderr } = await bake(project, 'one', ['--on-error', 'keep'])
  t.is(code, 1)
  const command = /next: +a shell in it: sudo (bash packer\/chroot\/shell\.sh (\S+))$/m.exec(stderr)
  t.is(command?.[2], failedOverlay(project))
  const shell = spawnSync('bash', ['-c', command?.[1] ?? 'false'], {
    cwd: project.tool,
    input: 'read -r line </root/left; echo "found $line"\necho mended >/root/mended\nexit 3\n',
    encoding: 'utf8',
  })
  t.is(shell.status, 0, shell.stderr)
  t.regex(shell.stdout, /found left/)
  t.deepEqual(
    tracesOf(project).filter((line) => !line.endsWith('.failed-one.qcow2')),
    [],
  )
  const again = spawnSync('bash', ['-c', command?.[1] ?? 'false'], {
    cwd: project.tool,
    input: 'read -r line </root/mended; echo "found $line"\n',
    encoding: 'utf8',
  })
  t.regex(again.stdout, /found mended/, 'what is changed in the shell is kept')
  t.is((await bake(project)).code, 1)
  t.false(existsSync(failedOverlay(project)))
})

test('--on-error shell without a terminal says so and goes on', async (t) => {
  const project = await tinyProject(t)
  breakAgent(project)
  const { code, stderr } = await bake(project, 'one', ['--on-error', 'shell'])
  t.is(code, 1)
  t.regex(stderr, /needs a terminal/)
  t.deepEqual(tracesOf(project), [])
})

test('fault 28: programs of a layer that ignore SIGTERM end with the bake', async (t) => {
  const project = await tinyProject(t)
  write(
    'provision/20-agent/provision.sh',
    "trap '' TERM INT HUP\nsetsid sleep 300 &\n(sleep 300 &)\necho stubborn\nwhile :; do sleep 300; done\n",
    project,
  )
  const { child, ended } = startVerb(project, ['bake', 'one', '--no-verify'])
  const log = join(project.out, 'one/logs/agent.log')
  while (!(existsSync(log) && spawnSync('grep', ['-q', 'stubborn', log]).status === 0)) await delay(10)
  child.kill('SIGTERM')
  t.is((await ended).code, 143)
  t.deepEqual(tracesOf(project), [])
})

for (const [what, script] of [
  ['no output', 'true\n'],
  ['an empty output', ': >"$1"\n'],
] as const)
  test(`fault 37: a base that is made with exit 0 and ${what} is no image`, async (t) => {
    const project = await tinyProject(t)
    write('lab/base/build.sh', script, project)
    const { code, stderr } = await bake(project)
    t.is(code, 1)
    t.regex(stderr, /layer "image" failed[\s\S]*no image at/)
    t.deepEqual(tracesOf(project), [])
  })
