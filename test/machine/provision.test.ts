import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, readdirSync, readFileSync } from 'node:fs'
import { constants } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import test, { type ExecutionContext } from 'ava'
import { type TinyProject, tinyProject, write } from './_project.ts'
import { randomFrom } from './_random.ts'
import { type Ended, startVerb } from './_run.ts'
import { tracesOf } from './_traces.ts'

const repository = fileURLToPath(new URL('../..', import.meta.url))

/** A tiny project whose lowest layer has so many folders that staging them takes a while. */
const provisionable = async (t: ExecutionContext): Promise<TinyProject> => {
  const project = await tinyProject(t)
  cpSync(join(repository, 'provision/_stock'), join(project.tool, 'provision/_stock'), { recursive: true })
  for (let index = 0; index < 1000; index++) write(`provision/10-base/root/usr/share/many/${index}/file`, 'x', project)
  return project
}

const provision = (project: TinyProject): Promise<Ended> => startVerb(project, ['provision', 'one']).ended

/** What stands at the script's name is whole: it parses, and its payload has the digest in its text. */
const assertWhole = (t: ExecutionContext, { out }: TinyProject, where = ''): void => {
  const all = readFileSync(join(out, 'one/provision.sh'))
  const mark = '\n__PAYLOAD__\n'
  const end = all.indexOf(mark) + mark.length
  const text = all.toString('utf8', 0, end)
  t.is(spawnSync('bash', ['-n'], { input: text }).status, 0, where)
  const { stdout } = spawnSync('sha256sum', { input: all.subarray(end), encoding: 'utf8' })
  t.is(/^readonly payload_sha256='([0-9a-f]+)'/m.exec(text)?.[1], stdout.slice(0, 64), where)
}

test('one script is written from a box file alone, and stays while nothing has changed', async (t) => {
  const project = await provisionable(t)
  const first = await provision(project)
  t.is(first.code, 0, first.stderr)
  t.regex(first.stdout, /^out\/one\/provision\.sh +[\d.]+ \w+ +2 layers\n$/)
  assertWhole(t, project)
  t.regex((await provision(project)).stdout, /provision\.sh is up to date/)
  write('provision/20-agent/provision.sh', 'true\n', project)
  t.notRegex((await provision(project)).stdout, /up to date/)
  assertWhole(t, project)
  t.deepEqual(readdirSync(join(project.out, 'one')), ['provision.sh'])
  t.deepEqual(tracesOf(project), [])
})

const kills = 16

test(`faults 25, 26: writing that script is killed at any of ${kills} moments: it is whole, and no folder is left beside it`, async (t) => {
  const seed = Number(process.env.BOXHOUND_SEED ?? Date.now() % 1_000_000)
  t.log(`seed ${seed}: BOXHOUND_SEED=${seed} repeats these moments`)
  const random = randomFrom(seed)
  const project = await provisionable(t)
  const begin = performance.now()
  t.is((await provision(project)).code, 0)
  const length = performance.now() - begin
  let interrupted = 0
  for (let round = 0; round < kills; round++) {
    write('provision/10-base/root/etc/round', `${round}\n`, project)
    const signal = (['SIGINT', 'SIGTERM', 'SIGINT', 'SIGKILL'] as const)[round % 4] ?? 'SIGINT'
    // The first third is the start of the program.
    const after = length * (0.3 + 0.7 * random())
    const where = `seed ${seed}, round ${round}, ${signal} after ${after.toFixed(0)} of ${length.toFixed(0)} ms`
    const { child, ended } = startVerb(project, ['provision', 'one'])
    await Promise.race([ended, delay(after)])
    child.kill(signal)
    const { code, stderr } = await ended
    t.true(code === 0 || code === 128 + constants.signals[signal], `${where}: ended with ${code}\n${stderr}`)
    if (code !== 0) interrupted += 1
    if (signal === 'SIGKILL') t.is((await provision(project)).code, 0, where)
    t.deepEqual(tracesOf(project), [], `${where}\n${stderr}`)
    assertWhole(t, project, where)
  }
  t.log(`${interrupted} of ${kills} runs were ended in the middle`)
  t.true(interrupted > 0)
  t.false(existsSync(join(project.root, 'out/one/one.qcow2')))
})
