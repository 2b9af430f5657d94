import { constants } from 'node:os'
import { setTimeout as delay } from 'node:timers/promises'
import test, { type ExecutionContext } from 'ava'
import { sha256File } from '../../scripts/lib/_helpers/hash.ts'
import { imagePath } from '../../scripts/lib/bake/manifest.ts'
import { assertWhole, isFileSystemClean, manifestDigest, readGuest } from './_image.ts'
import { newEdition, type TinyProject, tinyProject } from './_project.ts'
import { randomFrom } from './_random.ts'
import { bake, type Ended, startVerb } from './_run.ts'
import { tracesOf } from './_traces.ts'

const polite = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
const runs = 22

const seed = Number(process.env.BOXHOUND_SEED ?? Date.now() % 1_000_000)

/** A bake that gets a signal some milliseconds after its start, unless it has ended by then. */
const bakeAndKill = async (project: TinyProject, signal: NodeJS.Signals, after: number): Promise<Ended> => {
  const { child, ended } = startVerb(project, ['bake', 'one', '--no-verify'])
  await Promise.race([ended, delay(after)])
  child.kill(signal)
  return ended
}

/** The file at the final name is a whole image: the old one, or a new one whose manifest may be a moment late. */
const assertPublished = async (
  t: ExecutionContext,
  project: TinyProject,
  old: string,
  where: string,
): Promise<void> => {
  const digest = await sha256File(imagePath('one', project))
  if (digest !== old && digest !== manifestDigest('one', project))
    t.true(isFileSystemClean(imagePath('one', project)), `a whole image, ${where}`)
  else t.pass()
}

test(`faults 25, 26: a bake that is killed at any of ${runs} moments leaves nothing, or the next run clears it and says so`, async (t) => {
  t.log(`seed ${seed}: BOXHOUND_SEED=${seed} repeats these moments`)
  const random = randomFrom(seed)
  const project = await tinyProject(t)
  let [old, length, interrupted, told] = ['', 0, 0, 0]
  const bakeWhole = async (where: string): Promise<Ended> => {
    const begin = performance.now()
    const ended = await bake(project)
    t.is(ended.code, 0, `${where}: the next bake\n${ended.stderr}`)
    t.deepEqual(tracesOf(project), [], `${where}: after the next bake`)
    // Of the last one: how long a bake takes changes with what else the machine does.
    length = performance.now() - begin
    old = (await assertWhole(t, 'one', project))?.image.sha256 ?? ''
    return ended
  }
  await bakeWhole('first')
  for (let edition = 1; edition <= runs; edition++) {
    newEdition(edition, project)
    const signal = edition % 2 === 0 ? 'SIGKILL' : (polite[(edition >> 1) % polite.length] ?? 'SIGINT')
    const after = random() * length
    const { code, stderr } = await bakeAndKill(project, signal, after)
    const where = `seed ${seed}, edition ${edition}, ${signal} after ${after.toFixed(0)} of ${length.toFixed(0)} ms`
    t.true(code === 0 || code === 128 + constants.signals[signal], `${where}: ended with ${code}\n${stderr}`)
    if (code !== 0) interrupted += 1
    await assertPublished(t, project, old, where)
    if (signal !== 'SIGKILL') {
      t.deepEqual(tracesOf(project), [], where)
      continue
    }
    const left = tracesOf(project).some((line) => line.startsWith('work folder') || line.startsWith('lock'))
    const next = await bakeWhole(where)
    if (left) {
      told += 1
      t.regex(next.stderr, /which was killed|which died/, where)
    }
  }
  t.regex(readGuest(imagePath('one', project), '/etc/box.json') ?? '', /"box": "one"/)
  t.log(
    `${interrupted} of ${runs} runs were ended in the middle; ${told} left something that the next run told of and cleared`,
  )
  t.true(interrupted >= runs / 2, 'most signals came while the bake ran')
})
