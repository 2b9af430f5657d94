import { cp, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import type { BoxhoundError } from '../../scripts/lib/_helpers/errors.ts'
import { type Project, projectAt } from '../../scripts/lib/_helpers/paths.ts'
import { apply, destroy, plan } from '../../scripts/lib/observe/actions.ts'
import { plain } from '../../scripts/lib/report/terminal.ts'
import { temporaryFolder } from '../helpers/_folder.ts'
import { labBox, now, openLab, project } from './_observe.ts'

/** The project with nights that Sunday is none of: Monday morning is not silent then. */
const projectWithGap = async (t: ExecutionContext): Promise<Project> => {
  const root = await temporaryFolder(t)
  for (const folder of ['boxes', 'observe', 'provision'])
    await cp(join(project.tool, folder), join(root, folder), { recursive: true })
  const file = join(root, 'observe/downtimes.yaml.hbs')
  const text = await readFile(file, 'utf8')
  const rules = text.replace('[sunday, monday,', '[monday,').replace(/ +# The mornings[\s\S]*?(?=\n {2}weekend:)/, '')
  await writeFile(file, rules)
  return projectAt(root)
}

const runFor = async (own: Project, flags: Record<string, boolean> = {}) => {
  const said: string[] = []
  const say = (text: string): void => void said.push(text)
  return { said, run: { box: await labBox(), project: own, flags, now, paint: plain, width: 100, say } }
}

test('plan recommends no apply that would be refused', async (t) => {
  const lab = await openLab(t)
  const { said, run } = await runFor(await projectWithGap(t))
  t.is(await lab.use((gateway) => plan(run, gateway, 'here')), 0)
  t.regex(said.at(-1) ?? '', /^next: .*observe\/downtimes\.yaml\.hbs.* apply is refused$/)
  t.false(said.join('\n').includes('-- apply'))
  const error = await t.throwsAsync<BoxhoundError>(lab.use((gateway) => apply(run, gateway, 'here')))
  t.is(error?.code, 'E_OBSERVE_GAP')
  const fine = await runFor(project, { lab: true })
  await lab.use((gateway) => plan(fine.run, gateway, 'here'))
  t.is(fine.said.at(-1), 'next: npm run observe -- apply lab --lab')
})

test('destroy says what to type, for the same account', async (t) => {
  const lab = await openLab(t)
  await lab.apply(await labBox())
  const advice = async (flags: Record<string, boolean>) => {
    const { run } = await runFor(project, flags)
    const error = await t.throwsAsync<BoxhoundError>(lab.use((gateway) => destroy(run, gateway, 'here')))
    t.is(error?.exitCode, 2)
    return [error?.message, error?.details.next]
  }
  t.deepEqual(await advice({ lab: true, json: true }), [
    'destroy cannot ask with --json',
    'npm run observe -- destroy lab --lab --yes --json',
  ])
  t.is((await advice({ json: true }))[1], 'npm run observe -- destroy lab --yes --json')
})
