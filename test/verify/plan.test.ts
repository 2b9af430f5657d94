import test from 'ava'
import { allIds, planChecks } from '../../scripts/lib/verify/plan.ts'
import { lab } from './_expectations.ts'

test('a box with everything has every id of the design, in order', (t) => {
  t.deepEqual(allIds(lab), [
    'first-boot',
    'agent.running',
    'agent.version',
    'agent.tags',
    'agent.unkeyed',
    'check.my_metric',
    'check.my_metric.interval',
    'database.running',
    'database.grants',
    'database.logs',
    'app.routes',
    'app.traces',
    'app.logs',
    'image.identity',
    'image.secrets',
    'image.users',
    'image.units',
    'image.kernel',
  ])
})

test('what a box does not have is not planned', (t) => {
  const ids = allIds({ ...lab, database: null, app: null, checks: [] })
  t.false(ids.some((id) => /^(database|app|check)\./.test(id)))
  t.is(ids.length, 10)
})

test('a box that configures its Agent has the checks of that, after the Agent’s own', (t) => {
  const ids = allIds({ ...lab, agent: { ...lab.agent, config: { log_level: 'debug' } } })
  t.deepEqual(ids.slice(4, 7), ['agent.unkeyed', 'agent.config', 'check.my_metric'])
})

test('chosen ids run in the order of the plan', (t) => {
  t.deepEqual(
    planChecks(lab, ['image.units', 'first-boot']).map(({ id }) => id),
    ['first-boot', 'image.units'],
  )
})

test('an id that the box does not have is refused', (t) => {
  t.throws(() => planChecks(lab, ['check.other']), { code: 'E_UNKNOWN_CHECK', message: /check\.other/ })
})
