import test, { type ExecutionContext } from 'ava'
import { isObject, type JsonObject, listOf, objectAt } from '../../scripts/lib/_helpers/json.ts'
import type { Box } from '../../scripts/lib/box/box.ts'
import { applyPlan } from '../../scripts/lib/observe/apply.ts'
import { bridgeOf } from '../../scripts/lib/observe/calendar/bridge.ts'
import { planFor } from '../../scripts/lib/observe/plan.ts'
import { judgeSilence } from '../../scripts/lib/observe/silence.ts'
import { planText } from '../../scripts/lib/observe/terminal.ts'
import { plain } from '../../scripts/lib/report/terminal.ts'
import { labBox, openLab, project } from './_observe.ts'

const clocked = async (t: ExecutionContext, start: string) => {
  let at = new Date(start)
  const lab = await openLab(t, { clock: () => at })
  const plan = (box: Box) => lab.use((gateway) => planFor(box, gateway, { now: at, destroy: false }, project))
  return {
    lab,
    plan,
    set: (text: string) => {
      at = new Date(text)
    },
    apply: (box: Box) =>
      lab.use(async (gateway) => {
        const planned = await planFor(box, gateway, { now: at, destroy: false }, project)
        const done = await applyPlan(planned, gateway, () => {})
        return done.map(({ change: { action, name } }) => `${action} ${name}`)
      }),
    judge: async (box: Box) => {
      const planned = await plan(box)
      return judgeSilence(planned.wanted, at, planned.changes)?.findings ?? []
    },
    /** Status and one-time recurrences of each downtime that is not cancelled, by its message. */
    held: () =>
      Object.values(lab.account.state().downtimes)
        .map((one): JsonObject => objectAt(one, 'attributes'))
        .filter(({ canceled }) => canceled === null)
        .map((one) => [
          String(one.message).split(':')[0],
          one.status,
          listOf(objectAt(one, 'schedule').recurrences)
            .filter(isObject)
            .filter(({ rrule }) => rrule === 'FREQ=DAILY;COUNT=1')
            .map(({ start, duration }) => `${start} ${duration}`),
        ]),
  }
}

test('who applies in the middle of a night is silent at once: a bridge reaches to its end, and is no drift later', async (t) => {
  // Wed 22:00 in Paris.
  const { apply, plan, judge, held, set } = await clocked(t, '2026-11-25T21:00:00Z')
  const box = await labBox()
  t.deepEqual(await judge(box), [])
  t.regex(
    planText(await plan(box), plain),
    /nights[\s\S]*silent +.*\n(.*\n)? +now +silent at once, until Thu 26 Nov 2026 09:00/,
  )
  await apply(box)
  t.deepEqual(held(), [
    ['Night', 'active', ['2026-11-25T22:00 660m']],
    ['Weekend', 'scheduled', []],
  ])
  t.deepEqual(await apply(box), [])
  set('2026-12-02T12:00:00Z')
  t.deepEqual(await apply(box), [])
})

test('a night that begins in a few minutes is not left out', async (t) => {
  const { apply, judge, held } = await clocked(t, '2026-11-25T17:55:00Z')
  const box = await labBox()
  t.deepEqual(await judge(box), [])
  await apply(box)
  t.deepEqual(held()[0], ['Night', 'active', ['2026-11-25T18:55 845m']])
})

test('a downtime in progress whose hours change is made anew before the old one is cancelled', async (t) => {
  const { lab, apply, plan, held, set } = await clocked(t, '2026-11-24T12:00:00Z')
  await apply(await labBox())
  set('2026-11-25T21:00:00Z')
  const other = await labBox({ downtimes: { evening: '20:00', morning: '08:00' } })
  t.regex(planText(await plan(other), plain), /± downtime {2}nights[\s\S]*in progress, so it is made anew/)
  t.deepEqual(await apply(other), ['replace nights'])
  const writes = lab.account.requests.filter(({ method }) => !['GET'].includes(method)).map(({ method }) => method)
  t.deepEqual(writes.slice(-2), ['POST', 'DELETE'])
  t.deepEqual(held(), [
    ['Weekend', 'scheduled', []],
    ['Night', 'active', ['2026-11-25T22:00 600m']],
  ])
  t.deepEqual(await apply(other), [])
})

test('an answer that is lost while it is made anew costs neither: the old one is not taken for the new', async (t) => {
  let lost = 0
  let at = new Date('2026-11-24T12:00:00Z')
  const lab = await openLab(t, {
    clock: () => at,
    fault: ({ method, path }) =>
      method === 'POST' && path === '/api/v2/downtime' && at.getUTCDate() === 25 && lost++ === 0
        ? { kind: 'lost-before' }
        : undefined,
  })
  const box = await labBox()
  await lab.apply(box)
  const [id = ''] =
    Object.entries(lab.account.state().downtimes).find(([, one]) => JSON.stringify(one).includes('Night')) ?? []
  lab.account.edit('downtimes', id, (one) => JSON.parse(JSON.stringify(one).replaceAll('14h', '13h')))
  at = new Date('2026-11-25T21:00:00Z')
  await lab.use(async (gateway) => {
    const planned = await planFor(box, gateway, { now: at, destroy: false }, project)
    await applyPlan(planned, gateway, () => {})
  })
  t.true(lost > 1)
  const alive = Object.values(lab.account.state().downtimes).filter(
    (one) => objectAt(one, 'attributes').canceled === null,
  )
  t.is(alive.length, 2)
  t.false(alive.some((one) => one.id === id))
})

test('of one in progress the scope cannot be changed either: made anew, and silent all the time', async (t) => {
  const { lab, apply, held, set } = await clocked(t, '2026-11-24T12:00:00Z')
  const box = await labBox()
  await apply(box)
  set('2026-11-25T21:00:00Z')
  const [id = ''] =
    Object.entries(lab.account.state().downtimes).find(([, one]) => JSON.stringify(one).includes('Night')) ?? []
  const edit = (scope: string, message: string): void =>
    lab.account.edit('downtimes', id, (one) => ({
      ...one,
      attributes: { ...objectAt(one, 'attributes'), scope, message },
    }))
  const message = String(objectAt(lab.account.state().downtimes[id], 'attributes').message)
  edit('*', message.replace('Night', 'My night'))
  t.deepEqual(await apply(box), ['change nights'])
  edit('env:other', message)
  t.deepEqual(await apply(box), ['replace nights'])
  t.deepEqual(held()[1], ['Night', 'active', ['2026-11-25T22:00 660m']])
})

test('a downtime in progress whose new hours are over by now ends now', async (t) => {
  const { apply, held, set } = await clocked(t, '2026-11-24T12:00:00Z')
  await apply(await labBox())
  set('2026-11-26T07:30:00Z')
  const other = await labBox({ downtimes: { evening: '20:00', morning: '08:00' } })
  t.deepEqual(await apply(other), ['replace nights'])
  t.deepEqual(held()[1], ['Night', 'scheduled', []])
})

test('one that waits keeps its id', async (t) => {
  const { apply, set } = await clocked(t, '2026-11-24T12:00:00Z')
  await apply(await labBox())
  set('2026-11-25T12:00:00Z')
  t.deepEqual(await apply(await labBox({ downtimes: { evening: '20:00', morning: '08:00' } })), ['change nights'])
})

test('a bridge would be one recurrence too many beside five: it is left out', (t) => {
  const rule = { start: '2026-11-26T19:00', duration: '14h', rrule: 'FREQ=WEEKLY;BYDAY=WE,TH' }
  const now = new Date('2026-11-25T21:00:00Z')
  t.deepEqual(bridgeOf([rule], 'Europe/Paris', now), { minutes: 660, until: Date.parse('2026-11-26T08:00:00Z') })
  t.is(bridgeOf([rule, rule, rule, rule, rule], 'Europe/Paris', now), undefined)
  t.is(bridgeOf([rule], 'Europe/Paris', new Date('2026-11-25T12:00:00Z')), undefined)
  // When the clock goes back in the night, the longer reading counts.
  const sunday = { start: '2026-11-01T19:00', duration: '14h', rrule: 'FREQ=WEEKLY;BYDAY=SA,SU' }
  t.is(bridgeOf([sunday], 'Europe/Paris', new Date('2026-10-24T20:00:00Z'))?.minutes, 12 * 60)
})
