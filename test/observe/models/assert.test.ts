import test, { type ExecutionContext } from 'ava'
import { BoxhoundError } from '../../../scripts/lib/_helpers/errors.ts'
import { type ObserveFiles, readFiles } from '../../../scripts/lib/observe/files.ts'
import { assertModels } from '../../../scripts/lib/observe/models/assert.ts'
import { dashboardRuleProblems } from '../../../scripts/lib/observe/models/dashboard-rules.ts'
import { problemLine } from '../../../scripts/lib/observe/models/problems.ts'
import { wantedOf } from '../../../scripts/lib/observe/resources.ts'
import type { Part } from '../../../scripts/lib/observe/schema.ts'
import { labBox, now, project } from '../_observe.ts'

const own = 'boxes/checks/my_metric/observe.yaml.hbs'

type Widget = Part['widgets'][number]

const graph = (request: Widget): Widget => ({
  definition: { type: 'timeseries', title: 'g', requests: [request] },
})
const query = (name: string, text = 'avg:a{*}'): Widget => ({ data_source: 'metrics', name, query: text })

/** The lab box's files, with other widgets in the first check's part and other fields of the frame. */
const filesWith = async (widgets: Widget[], frame: Widget = {}): Promise<ObserveFiles> => {
  const files = readFiles(await labBox(), project)
  const [first, ...rest] = files.parts
  if (first === undefined) throw new Error('the lab box has a check')
  const part = { ...first, source: own, data: { ...first.data, widgets: [...first.data.widgets, ...widgets] } }
  return { ...files, board: { ...files.board, data: { ...files.board.data, ...frame } }, parts: [part, ...rest] }
}

const refusal = async (t: ExecutionContext, files: ObserveFiles): Promise<BoxhoundError> => {
  const { resources } = wantedOf(await labBox(), files, 'Europe/Paris', now, project)
  const error = t.throws(() => assertModels(resources), { instanceOf: BoxhoundError })
  t.is(error.code, 'E_OBSERVE_MODEL')
  t.is(error.exitCode, 2)
  return error
}

test('what boxhound brings is taken', async (t) => {
  const { resources } = wantedOf(await labBox(), await filesWith([]), 'Europe/Paris', now, project)
  t.notThrows(() => assertModels(resources))
})

const wrong: readonly [title: string, widget: Widget, found: RegExp][] = [
  [
    'an unknown field',
    { definition: { type: 'note', content: 'x', background_colour: 'red' } },
    /^widgets\[3\]\.definition\.background_colour: unknown field, did you mean background_color/,
  ],
  [
    'a formula without its query',
    graph({ response_format: 'timeseries', queries: [query('a')], formulas: [{ formula: 'a + b' }] }),
    /^widgets\[3\]\.definition\.requests\[0\]\.formulas\[0\]\.formula: there is no query b; there are a$/,
  ],
  [
    'a variable that the board lacks',
    graph({ response_format: 'timeseries', queries: [query('a', 'avg:a{$hots}')], formulas: [{ formula: 'a' }] }),
    /queries\[0\]\.query: \$hots is not among the template variables$/,
  ],
  [
    'a graph of nothing',
    { definition: { type: 'timeseries', requests: [] } },
    /^widgets\[3\]\.definition\.requests: at/,
  ],
]

for (const [title, widget, found] of wrong)
  test(`a wrong widget is told with the file of its check, and the place there: ${title}`, async (t) => {
    const { details } = await refusal(t, await filesWith([widget]))
    t.is(details.file, own)
    t.regex(details.found ?? '', found)
  })

test('what stands in the frame is told with the frame’s file', async (t) => {
  const { details } = await refusal(t, await filesWith([], { layout_tipe: 'ordered' }))
  t.is(details.file, 'observe/board.yaml.hbs')
  t.regex(details.found ?? '', /^layout_tipe: unknown field/)
})

test('a board whose widgets have places is told where one of its own has none; groups get theirs', async (t) => {
  const { reflow_type: _, ...board } = (await filesWith([])).board.data
  const free = await filesWith([])
  const without = { ...free, board: { ...free.board, data: { ...board, layout_type: 'free' } } }
  t.is((await refusal(t, without)).details.found, 'widgets[0]: a layout is required here')
  t.is(
    (await refusal(t, await filesWith([], { reflow_type: 'fixed' }))).details.found,
    'widgets[0]: a layout is required here',
  )
  const [note] = board.widgets
  const layout = { x: 0, y: 0, width: 12, height: 2 }
  const placed = {
    ...without,
    board: { ...free.board, data: { ...without.board.data, widgets: [{ ...note, layout }] } },
  }
  const { resources } = wantedOf(await labBox(), placed, 'Europe/Paris', now, project)
  t.deepEqual(assertModels(resources), [])
  // In a free board a widget of a part is still told with the part's file, at its place there.
  const dashboard = resources.find(({ kind }) => kind === 'dashboard')
  t.deepEqual(dashboard?.placeOf?.('widgets[1].definition'), { source: own, path: 'group' })
  t.deepEqual(dashboard?.placeOf?.('widgets[2].definition.title'), { source: own, path: 'widgets[0].definition.title' })
})

test('fields of a group are told as the part’s file names them', async (t) => {
  const files = await filesWith([])
  const place = wantedOf(await labBox(), files, 'UTC', now, project).resources.find(({ kind }) => kind === 'dashboard')
  const first = files.board.data.widgets.length
  const paths = ['definition.title', 'definition.background_color', 'definition.widgets[2].definition.title']
  t.deepEqual(
    paths.map((path) => place?.placeOf?.(`widgets[${first}].${path}`)),
    ['group', 'color', 'widgets[2].definition.title'].map((path) => ({ source: own, path })),
  )
  t.deepEqual(place?.placeOf?.('widgets[0].definition'), {
    source: 'observe/board.yaml.hbs',
    path: 'widgets[0].definition',
  })
})

test('names of queries are told from functions, arguments, numbers and texts', (t) => {
  const problems = (formula: string): string[] =>
    dashboardRuleProblems({ title: 't', widgets: [graph({ queries: [query('a')], formulas: [{ formula }] })] }).map(
      problemLine,
    )
  for (const good of [
    'a',
    'a / 1e3 + 0.5',
    "anomalies(a, 'basic', 2)",
    "forecast(a, 'linear', 1, interval='60m', model=\"default\")",
    'per_second (a)*-a',
  ])
    t.deepEqual(problems(good), [], good)
  t.is(problems('100 * errors / (errors + a)').length, 1)
})
