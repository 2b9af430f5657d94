import test from 'ava'
import { idsFor, tryableIds } from '../../scripts/lib/try/ids.ts'
import { lab } from '../verify/_expectations.ts'

const live = (...checks: string[]) => ({ kind: 'live', checks, removed: [] }) as const

test('a changed check runs with its interval, and nothing else', (t) => {
  t.deepEqual(idsFor(live('my_metric'), lab, [], []), ['check.my_metric', 'check.my_metric.interval'])
})

test('a first try runs everything that needs no sealed image', (t) => {
  const ids = idsFor({ kind: 'first' }, lab, [], [])
  t.deepEqual(ids, tryableIds(lab))
  t.true(ids.includes('first-boot'))
  t.false(ids.some((id) => id.startsWith('image.')))
})

test('a changed database runs what rests on it, a changed base everything', (t) => {
  const database = idsFor({ kind: 'new', layers: ['database'] }, lab, [], [])
  t.true(database.includes('database.grants'))
  t.false(database.includes('agent.tags'))
  t.deepEqual(idsFor({ kind: 'new', layers: ['base'] }, lab, [], []), tryableIds(lab))
})

test('nothing changed: the ids of the last try, or all', (t) => {
  t.deepEqual(idsFor({ kind: 'same', checks: [] }, lab, [], ['app.logs']), ['app.logs'])
  t.deepEqual(idsFor({ kind: 'same', checks: [] }, lab, [], []), tryableIds(lab))
})

test('a check that is gone leaves all others to run', (t) => {
  t.deepEqual(idsFor(live(), lab, [], []), tryableIds(lab))
})

test('ids of the caller come first', (t) => {
  t.deepEqual(idsFor(live('my_metric'), lab, ['app.routes'], []), ['app.routes'])
})

test('an id that the box lacks, or that only a sealed image can show, is refused', (t) => {
  const change = { kind: 'first' } as const
  t.like(
    t.throws(() => idsFor(change, lab, ['check.nope'], [])),
    { code: 'E_UNKNOWN_CHECK', exitCode: 2 },
  )
  t.like(
    t.throws(() => idsFor(change, lab, ['image.secrets'], [])),
    { code: 'E_UNKNOWN_CHECK', exitCode: 2 },
  )
})

test('a changed assertion runs by itself, and any assertion after a changed check’s layer', (t) => {
  const expected = { kind: 'port', port: 80, protocol: 'tcp', listening: true } as const
  const box = { ...lab, expect: [{ name: 'site', title: 'site', within: 30, expected }] }
  t.deepEqual(idsFor({ kind: 'same', checks: ['expect.site'] }, box, [], []), ['expect.site'])
  t.true(idsFor({ kind: 'new', layers: ['checks'] }, box, [], []).includes('expect.site'))
})
