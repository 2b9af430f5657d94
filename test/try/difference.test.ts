import test from 'ava'
import { difference } from '../../scripts/lib/try/difference.ts'
import type { TryState } from '../../scripts/lib/try/state.ts'

const state: TryState = {
  below: [
    ['image', 'a'],
    ['base', 'b'],
    ['app', 'c'],
  ],
  fixed: 'f',
  files: { 'etc/datadog-agent/checks.d/one.py': '1', 'etc/datadog-agent/conf.d/one.d/conf.yaml': '2' },
  expectations: { one: 'x', mysql: 'y' },
  ids: ['check.one'],
}

test('the same state has no difference', (t) => {
  t.deepEqual(difference(state, { ...state, ids: [] }), { kind: 'same', checks: [] })
})

test('a changed file of a check goes into the running machine', (t) => {
  const files = { ...state.files, 'etc/datadog-agent/checks.d/one.py': '3' }
  t.deepEqual(difference(state, { ...state, files }), { kind: 'live', checks: ['one'], removed: [] })
})

test('a changed configuration belongs to its check', (t) => {
  const files = { ...state.files, 'etc/datadog-agent/conf.d/one.d/conf.yaml': '3' }
  t.deepEqual(difference(state, { ...state, files }), { kind: 'live', checks: ['one'], removed: [] })
})

test('a check that is gone has its files removed, and no id', (t) => {
  const gone = { ...state, files: {}, expectations: { mysql: 'y' } }
  t.deepEqual(difference(state, gone), {
    kind: 'live',
    checks: [],
    removed: ['etc/datadog-agent/checks.d/one.py', 'etc/datadog-agent/conf.d/one.d/conf.yaml'],
  })
})

test('a new check goes into the running machine', (t) => {
  const files = { ...state.files, 'etc/datadog-agent/checks.d/two.py': '1' }
  const expectations = { ...state.expectations, two: 'z' }
  t.deepEqual(difference(state, { ...state, files, expectations }), { kind: 'live', checks: ['two'], removed: [] })
})

test('what a check is judged by changes without its files', (t) => {
  const expectations = { ...state.expectations, mysql: 'z' }
  t.deepEqual(difference(state, { ...state, expectations }), { kind: 'same', checks: ['mysql'] })
})

test('the lowest layer that changed is named, and gets a new machine', (t) => {
  const below: TryState['below'] = [
    ['image', 'a'],
    ['base', 'n'],
    ['app', 'm'],
  ]
  t.deepEqual(difference(state, { ...state, below }), { kind: 'new', layers: ['base'] })
})

test('a layer that is gone gets a new machine', (t) => {
  t.is(difference(state, { ...state, below: state.below.slice(0, 2) }).kind, 'new')
})

test('packages, wheels, units and scripts of the checks’ layer get a new machine', (t) => {
  t.deepEqual(difference(state, { ...state, fixed: 'g' }), { kind: 'new', layers: ['checks'] })
})
