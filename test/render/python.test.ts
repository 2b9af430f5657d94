import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import { BoxhoundError } from '../../scripts/lib/_helpers/errors.ts'
import { copiedProject, renderNamed } from './_project.ts'
import { has } from './_render.ts'

const file = 'provision/50-checks/my_metric/my_metric.py'
const own = has('python3') ? test : test.skip

const rendered = async (t: ExecutionContext, text: string | Buffer): Promise<BoxhoundError | undefined> => {
  const project = copiedProject(t)
  writeFileSync(join(project.tool, file), text)
  try {
    await renderNamed('full', project)
    return undefined
  } catch (error) {
    t.true(error instanceof BoxhoundError, String(error))
    return error instanceof BoxhoundError ? error : undefined
  }
}

const base = 'from datadog_checks.base import AgentCheck\n'
const check = (name: string, parent = 'AgentCheck') =>
  `class ${name}(${parent}):\n    def check(self, _):\n        pass\n`

const broken: readonly (readonly [title: string, text: string | Buffer, line: number, next: RegExp])[] = [
  ['an except of Python 2', `${base}try:\n    pass\nexcept ValueError, error:\n    pass\n`, 4, /Python 2/],
  ['a print of Python 2', `${base}print 'a'\n`, 2, /Python 2/],
  ['a missing colon', `${base}class A(AgentCheck)\n    pass\n`, 2, /correct the line/],
  ['a tab among blanks', `${base}if True:\n        a = 1\n\tb = 2\n`, 4, /correct the line/],
  ['a return outside of a function', `${base}return\n`, 2, /correct the line/],
  [
    'bytes that are no UTF-8',
    Buffer.concat([Buffer.from(`${base}a = '`), Buffer.from([0xff]), Buffer.from("'\n")]),
    2,
    /./,
  ],
]

for (const [title, text, line, next] of broken)
  own(`${title} is refused with file and line before anything is built`, async (t) => {
    const error = await rendered(t, text)
    t.is(error?.code, 'E_PYTHON')
    t.is(error?.exitCode, 2)
    t.is(error?.details.file, file)
    if (!title.startsWith('bytes')) t.is(error?.details.line, line)
    t.regex(error?.details.next ?? '', next)
  })

own('what only a newer Python takes is not refused by an older one', async (t) => {
  t.is(await rendered(t, `${base}type Number = int | float\n${check('A')}`), undefined)
  t.is(await rendered(t, `${base}${check('A')}x = {'a': 1}\ny = f'{x['a']}'\n`), undefined)
})

const ambiguous: readonly (readonly [title: string, text: string, names: RegExp])[] = [
  ['two classes', `${base}${check('Zone')}${check('Area')}`, /Area and Zone/],
  ['two classes below one base', `${base}${check('Base')}${check('B', 'Base')}${check('A', 'Base')}`, /A and B/],
  [
    'a class of an older spelling',
    `from checks import AgentCheck as Check\n${check('B', 'Check')}${check('A', 'Check')}`,
    /A and B/,
  ],
  [
    'a base that is only imported',
    `from datadog_checks.base import AgentCheck, OpenMetricsBaseCheckV2\n${check('A')}`,
    /A and OpenM/,
  ],
  ['a class in a branch', `${base}${check('B')}try:\n    pass\nfinally:\n    class A(AgentCheck): pass\n`, /A and B/],
]

for (const [title, text, names] of ambiguous)
  own(`${title} could each be the check: refused`, async (t) => {
    const error = await rendered(t, text)
    t.is(error?.code, 'E_CHECK')
    t.is(error?.exitCode, 2)
    t.regex(error?.message ?? '', names)
  })

const clear: readonly (readonly [title: string, text: string])[] = [
  ['one class', `${base}${check('A')}`],
  ['a chain', `${base}${check('Base')}${check('Leaf', 'Base')}`],
  ['helpers', `${base}class Error(Exception):\n    pass\nclass Row:\n    pass\n${check('A')}`],
  ['a class that is removed again', `${base}${check('A')}${check('B')}del B\n`],
  [
    'a base that is derived from',
    `from datadog_checks.base import OpenMetricsBaseCheckV2\n${check('A', 'OpenMetricsBaseCheckV2')}`,
  ],
  ['a base from elsewhere', `import other\n${base}${check('A')}class B(other.Thing):\n    pass\n`],
]

for (const [title, text] of clear)
  own(`${title} leaves no doubt about the check`, async (t) => {
    t.is(await rendered(t, text), undefined)
  })
