import test from 'ava'
import { projectAt } from '../../scripts/lib/_helpers/paths.ts'
import { boxNames } from '../../scripts/lib/box/folders.ts'
import { loadBox } from '../../scripts/lib/box/load.ts'
import { renderBox } from '../../scripts/lib/render/render.ts'
import { formatControl, formatControls, formatMatrix } from '../../scripts/lib/report/matrix.ts'
import {
  type Control,
  controlsFor,
  isRight,
  judgeControl,
  parseControl,
  readControls,
  uncontrolled,
} from '../../scripts/lib/verify/control.ts'
import { allIds } from '../../scripts/lib/verify/plan.ts'
import type { CheckResult } from '../../scripts/lib/verify/results.ts'
import { lab } from './_expectations.ts'

const project = projectAt(process.cwd(), {})

for (const name of boxNames(project)) {
  test(`fault 44: every check of ${name} has a control that turns it red`, async (t) => {
    const box = await loadBox(name, project)
    const { expectations } = await renderBox(box, project)
    t.deepEqual(uncontrolled(await readControls(box, project), expectations), [])
  })

  test(`every control of ${name} names ids that exist, and breaks something of the box`, async (t) => {
    const box = await loadBox(name, project)
    const { expectations } = await renderBox(box, project)
    const controls = await readControls(box, project)
    t.true(controls.length >= 15)
    for (const { name: control, red } of controlsFor(controls, expectations))
      for (const id of red) t.true(allIds(expectations).includes(id), `${control}: ${id}`)
    t.is(new Set(controls.map((one) => one.name)).size, controls.length)
  })
}

test('a control for each check stands there once for each of them', async (t) => {
  const controls = await readControls(await loadBox('lab', project), project)
  const names = controls.map(({ name }) => name)
  for (const name of ['check-interval-changed-mysql', 'check-interval-changed-my_metric', 'check-missing-my_metric'])
    t.true(names.includes(name), name)
  t.false(names.includes('check-missing-mysql'))
})

test('every check of a box with integrations has a control, also those that are off', async (t) => {
  const box = await loadBox('test/engine/integrations.yaml', project)
  const { expectations } = await renderBox(box, project)
  const controls = await readControls(box, project)
  const ofChecks = uncontrolled(controls, expectations).filter((id) => id.startsWith('check.'))
  t.deepEqual(ofChecks, [])
  const names = controls.map(({ name }) => name)
  for (const name of ['integration-missing-nginx', 'integration-missing-disk', 'default-check-on-uptime'])
    t.true(names.includes(name), name)
})

test('a check without a control is told', (t) => {
  t.deepEqual(
    uncontrolled([], { ...lab, checks: [], database: null, app: null }),
    allIds({ ...lab, checks: [], database: null, app: null }),
  )
})

const assertion = {
  name: 'site',
  title: 'tcp port 80 listens',
  within: 30,
  expected: { kind: 'port', port: 80, protocol: 'tcp', listening: true },
} as const

test('an assertion of the user’s needs no control, and one that names it applies to its box only', (t) => {
  const box = { ...lab, expect: [assertion] }
  t.false(uncontrolled([], box).includes('expect.site'))
  const control = parseControl('x', text.replace('database app', 'expect.site'), '', 'x.sh')
  t.is(controlsFor([control], box).length, 1)
  t.is(controlsFor([control], lab).length, 0)
})

test('what an assertion sees of a control of boxhound’s is no surprise; one of its own is exact', (t) => {
  const result = (id: string): CheckResult => {
    return { id, title: id, status: 'failed', seconds: 0, expected: '', observed: '' }
  }
  const seen = ['agent.tags', 'expect.site', 'expect.other'].map(result)
  const ours = parseControl('x', text.replace(' image.users', ''), '', 'x.sh')
  t.deepEqual(judgeControl(ours, seen, 1).unexpected, [])
  const own = parseControl('x', text.replace('agent.tags image.users', 'expect.site'), '', 'x.sh')
  t.deepEqual(judgeControl(own, seen, 1).unexpected, ['agent.tags', 'expect.other'])
})

const text = '#!/usr/bin/env bash\n# Breaks: It breaks.\n# Red: agent.tags image.users\n# Needs: database app\necho\n'

test('a control’s header is read, and its library stands in front', (t) => {
  const control = parseControl('x', text, 'library', 'x.sh')
  t.like(control, { name: 'x', breaks: 'It breaks.', red: ['agent.tags', 'image.users'], needs: ['database', 'app'] })
  t.true(control.script.startsWith('library\n'))
})

test('a control without a header is refused', (t) => {
  t.throws(() => parseControl('x', text.replace('# Red', '# Rot'), '', 'x.sh'), { code: 'E_CONTROL' })
})

test('an id with a question mark turns red only on a box that has it', (t) => {
  const control = parseControl('x', text.replace('agent.tags image.users', 'agent.tags database.access?'), '', 'x.sh')
  t.deepEqual(controlsFor([control], lab)[0]?.red, ['agent.tags'])
  const container = { name: 'datadog-agent' } as NonNullable<typeof lab.container>
  t.deepEqual(controlsFor([control], { ...lab, container })[0]?.red, ['agent.tags', 'database.access'])
})

test('a control of the Agent’s package is none of its container, and the other way round', (t) => {
  const container = { name: 'datadog-agent' } as NonNullable<typeof lab.container>
  const needing = (word: string) => parseControl('x', text.replace('database app', word), '', 'x.sh')
  const boxes = [lab, { ...lab, container }]
  t.deepEqual(
    boxes.map((box) => controlsFor([needing('package')], box).length),
    [1, 0],
  )
  t.deepEqual(
    boxes.map((box) => controlsFor([needing('container')], box).length),
    [0, 1],
  )
})

test('controls that a box has no use for are left out', (t) => {
  const control = parseControl('x', text, '', 'x.sh')
  t.is(controlsFor([control], lab).length, 1)
  t.is(controlsFor([control], { ...lab, app: null }).length, 0)
})

test('a control is for a database with Database Monitoring, or for one without', (t) => {
  const names = (dbm: boolean): string[] => {
    if (lab.database === null) return t.fail()
    const controls = ['monitoring', 'no-monitoring'].map((need) => ({ ...control, name: need, needs: [need] }))
    return controlsFor(controls, { ...lab, database: { ...lab.database, dbm } }).map(({ name }) => name)
  }
  t.deepEqual(names(true), ['monitoring'])
  t.deepEqual(names(false), ['no-monitoring'])
  t.deepEqual(controlsFor([{ ...control, needs: ['no-monitoring'] }], { ...lab, database: null }), [])
})

const control: Control = { name: 'tags', breaks: '', red: ['agent.tags'], needs: [], script: '' }
const check = (id: string, status: CheckResult['status']): CheckResult => ({
  id,
  status,
  title: id,
  seconds: 1,
  expected: '',
  observed: 'seen',
})

test('a control is right when exactly its checks turn red', (t) => {
  t.true(isRight(judgeControl(control, [check('agent.tags', 'failed'), check('first-boot', 'passed')], 1)))
})

test('a check that stays green makes its control wrong', (t) => {
  const result = judgeControl(control, [check('agent.tags', 'passed')], 1)
  t.false(isRight(result))
  t.regex(formatControl(result), /✗ tags.*nothing[\s\S]*stayed green: agent\.tags/)
})

test('a check that turns red too makes the control wrong, and is told with what it saw', (t) => {
  const result = judgeControl(control, [check('agent.tags', 'failed'), check('first-boot', 'failed')], 1)
  t.false(isRight(result))
  t.regex(formatControl(result), /also red: first-boot: seen/)
})

test('a control that could not be carried out is wrong', (t) => {
  t.false(isRight({ ...judgeControl(control, [check('agent.tags', 'failed')], 1), error: 'no' }))
})

test('the matrix has a row per control and a numbered column per check', (t) => {
  const right = judgeControl(control, [check('agent.tags', 'failed')], 1)
  const wrong = { ...judgeControl({ ...control, name: 'other' }, [check('first-boot', 'failed')], 1) }
  t.deepEqual(formatMatrix([right, wrong], ['first-boot', 'agent.tags']).split('\n'), [
    '        1  2',
    'tags    ·  ●',
    'other   ✗  ○',
    '',
    '  1  first-boot',
    '  2  agent.tags',
  ])
})

test('a run ends in its matrix, what was wrong once more, and the count', (t) => {
  const ids = ['first-boot', 'agent.tags']
  const right = judgeControl(control, [check('agent.tags', 'failed')], 1)
  const wrong = judgeControl({ ...control, name: 'other' }, [check('first-boot', 'failed')], 1)
  t.is(formatControls([right], ids), `${formatMatrix([right], ids)}\n\n1 passed, 0 failed`)
  const told = formatControls([right, wrong], ids)
  t.regex(told, /✗ other[\s\S]*also red: first-boot: seen\n\n1 passed, 1 failed$/)
  t.notRegex(told, /✓/)
})
