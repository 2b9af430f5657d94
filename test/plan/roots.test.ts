import { cpSync, mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import test, { type ExecutionContext } from 'ava'
import { type Project, projectAt } from '../../scripts/lib/_helpers/paths.ts'
import { loadBox } from '../../scripts/lib/box/load.ts'
import { planBox } from '../../scripts/lib/plan/plan.ts'
import { renderBox } from '../../scripts/lib/render/render.ts'
import { layerData } from '../../scripts/lib/render/write.ts'
import { temporaryFolder } from '../helpers/_folder.ts'

const checkout = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '')

const own: Readonly<Record<string, string>> = {
  'check.yaml': 'title: Mine\nexpect: { metrics: [mine.up] }\n',
  'conf.yaml.hbs': 'instances:\n  - min_collection_interval: {{check.interval}}\n',
  'mine.py':
    'from datadog_checks.base import AgentCheck\n\n\nclass Mine(AgentCheck):\n    def check(self, _):\n        self.gauge("mine.up", 1)\n',
}

/** A user's repository with boxhound in `tool`, a box with every part, and a check of its own. */
const repository = async (t: ExecutionContext, name: string, tool: string): Promise<Project> => {
  const root = join(await temporaryFolder(t), name)
  const project = projectAt(root, {}, join(root, tool))
  for (const folder of ['provision', 'lab', 'disk'])
    cpSync(join(checkout, folder), join(project.tool, folder), { recursive: true })
  for (const [path, text] of Object.entries(own)) {
    const file = join(root, 'boxes/checks/mine', path)
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, text)
  }
  writeFileSync(
    join(root, 'boxes/web.yaml'),
    `box: web
version: 1.0.0
base: { lab: trixie }
agent: { version: 7.83.0+lab, repository: lab }
database: { engine: mariadb }
checks: { mine: {}, my_metric: {} }
app: { port: 5050, service: trial-app, env: trial, version: 1.0.0 }
`,
  )
  return project
}

const planOf = async (project: Project) => {
  const plan = await planBox(await renderBox(await loadBox('web', project), project), { now: 0 }, project)
  return {
    ids: plan.layers.map(({ name, id }) => [name, id]),
    texts: plan.layers.flatMap(({ rendered }) => (rendered === null ? [] : [JSON.stringify(layerData(rendered))])),
  }
}

test('a layer’s id depends neither on where boxhound is installed nor on the name of the user’s folder', async (t) => {
  const inside = await planOf(await repository(t, 'mine', 'node_modules/boxhound'))
  const together = await planOf(await repository(t, 'another', '.'))
  const beside = await planOf(await repository(t, 'third', '../lib/boxhound'))
  t.deepEqual(together.ids, inside.ids)
  t.deepEqual(beside.ids, inside.ids)
})

test('no layer names a file of boxhound as if it were in the user’s folder', async (t) => {
  const { texts } = await planOf(await repository(t, 'mine', 'node_modules/boxhound'))
  t.regex(texts.join('\n'), /"node_modules\/boxhound\/provision\/30-database\/mariadb\//)
  t.regex(texts.join('\n'), /"boxes\/checks\/mine\/mine\.py"/)
  t.notRegex(texts.join('\n'), /"(?:provision|lab)\/(?!agent")/)
})
