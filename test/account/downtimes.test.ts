import test from 'ava'
import { listOf } from '../../scripts/lib/_helpers/json.ts'
import { call, downtime, errorsOf, monitor, nights, pick, start } from './_account.ts'

const path = '/api/v2/downtime'
const attributes = (body: unknown) => Object(pick(body, 'data.attributes'))
const recurring = (recurrence: Record<string, unknown>, timezone = 'Europe/Paris') =>
  downtime({ schedule: { timezone, recurrences: [{ ...nights, ...recurrence }] } })

test('a downtime comes back with what the server adds', async (t) => {
  const account = await start(t)
  const { status, body } = await call(account, 'POST', path, downtime())
  t.is(status, 200)
  const id = String(pick(body, 'data.id'))
  t.regex(id, /^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$/)
  t.is(pick(body, 'data.type'), 'downtime')
  t.deepEqual(attributes(body), {
    canceled: null,
    created: '2026-11-23T10:00:00.000000+00:00',
    display_timezone: 'UTC',
    message: 'nights',
    modified: '2026-11-23T10:00:00.000000+00:00',
    monitor_identifier: { monitor_tags: ['box:a'] },
    mute_first_recovery_notification: false,
    notify_end_states: ['alert', 'no data', 'warn'],
    notify_end_types: ['expired'],
    schedule: {
      timezone: 'Europe/Paris',
      recurrences: [nights],
      current_downtime: { start: '2026-11-23T18:00:00.000000+00:00', end: '2026-11-24T08:00:00.000000+00:00' },
    },
    scope: 'host:web',
    status: 'scheduled',
  })
  t.like(pick(body, 'data.relationships') as object, { monitor: { data: null } })
  t.deepEqual((await call(account, 'GET', `${path}/${id}`)).body, body)
  t.deepEqual(account.state().downtimes[id], pick(body, 'data'))
})

test('status and current times follow the clock', async (t) => {
  let time = new Date('2026-11-23T10:00:00Z')
  const account = await start(t, { clock: () => time })
  const { body } = await call(account, 'POST', path, downtime())
  const one = `${path}/${pick(body, 'data.id')}`
  const at = async (text: string) => {
    time = new Date(text)
    const { status, schedule } = attributes((await call(account, 'GET', one)).body)
    return [status, schedule.current_downtime?.start]
  }
  t.deepEqual(await at('2026-11-23T17:59:59Z'), ['scheduled', '2026-11-23T18:00:00.000000+00:00'])
  t.deepEqual(await at('2026-11-23T18:00:00Z'), ['active', '2026-11-23T18:00:00.000000+00:00'])
  t.deepEqual(await at('2026-11-24T07:59:59Z'), ['active', '2026-11-23T18:00:00.000000+00:00'])
  t.deepEqual(await at('2026-11-24T08:00:00Z'), ['scheduled', '2026-11-24T18:00:00.000000+00:00'])
  t.deepEqual(await at('2026-11-28T12:00:00Z'), ['scheduled', '2026-11-30T18:00:00.000000+00:00'])
  t.deepEqual(await at('2027-07-05T17:00:00Z'), ['active', '2027-07-05T17:00:00.000000+00:00'])
  const active = await call(account, 'GET', `${path}?current_only=true`)
  t.is(listOf(pick(active.body, 'data')).length, 1)
  time = new Date('2027-07-05T16:00:00Z')
  t.deepEqual(pick((await call(account, 'GET', `${path}?current_only=true`)).body, 'data'), [])
})

test('without a schedule it begins now and has no end; with an end it ends', async (t) => {
  let time = new Date('2026-11-23T10:00:00Z')
  const account = await start(t, { clock: () => time })
  const open = await call(account, 'POST', path, downtime({ schedule: undefined }))
  t.deepEqual(attributes(open.body).schedule, { start: '2026-11-23T10:00:00.000000+00:00', end: null })
  t.is(attributes(open.body).status, 'active')
  const schedule = { start: '2026-11-23T12:00:00Z', end: '2026-11-23T13:00:00Z' }
  const { body } = await call(account, 'POST', path, downtime({ schedule }))
  t.is(attributes(body).status, 'scheduled')
  time = new Date('2026-11-23T13:00:00Z')
  t.is(attributes((await call(account, 'GET', `${path}/${pick(body, 'data.id')}`)).body).status, 'ended')
})

test('a recurrence without a start begins now, in its zone', async (t) => {
  const account = await start(t)
  const { body } = await call(account, 'POST', path, recurring({ start: undefined }))
  t.is(attributes(body).schedule.recurrences[0].start, '2026-11-23T11:00')
})

test('what the documentation forbids is refused with its path', async (t) => {
  const account = await start(t)
  const schedule = (value: unknown) => downtime({ schedule: value })
  const one = 'data.attributes.schedule.recurrences[0]'
  const cases: [Record<string, unknown>, string][] = [
    [downtime({ foo: 1 }), 'data.attributes.foo: unknown field'],
    [{ data: { ...Object(downtime().data), type: 'downtimes' } }, 'data.type: expected one of downtime'],
    [downtime({ scope: '' }), 'data.attributes.scope: it is empty'],
    [downtime({ display_timezone: 'Paris' }), 'data.attributes.display_timezone: expected an IANA name'],
    [
      downtime({ monitor_identifier: { monitor_id: 1 } }),
      'data.attributes.monitor_identifier.monitor_id: there is no monitor 1',
    ],
    [
      downtime({ monitor_identifier: { monitor_tags: [] } }),
      'data.attributes.monitor_identifier.monitor_tags: at least one',
    ],
    [
      downtime({ monitor_identifier: { monitor_id: 1, monitor_tags: ['a'] } }),
      'data.attributes.monitor_identifier.monitor_tags: unknown field',
    ],
    [recurring({ start: '2026-11-23T19:00Z' }), `${one}.start: expected a time without offset`],
    [recurring({ start: '2026-11-23T19:00+01:00' }), `${one}.start: expected a time without offset`],
    [recurring({ start: '2026-11-23' }), `${one}.start: expected a time without offset`],
    [recurring({ start: '2026-11-31T19:00' }), `${one}.start: expected a time without offset`],
    [recurring({ start: '2026-11-28T19:00' }), `${one}.start: 2026-11-28T19:00 is a Saturday, which is not among`],
    [recurring({ start: '2026-11-23T10:59' }), `${one}.start: 2026-11-23T10:59 in Europe/Paris is in the past`],
    [recurring({ duration: '14' }), `${one}.duration: `],
    [recurring({ duration: '1.5h' }), `${one}.duration: `],
    [recurring({ duration: '0h' }), `${one}.duration: `],
    [recurring({ duration: '14 h' }), `${one}.duration: `],
    [recurring({ duration: '60s' }), `${one}.duration: `],
    [recurring({ rrule: 'BYDAY=MO' }), `${one}.rrule: expected FREQ=`],
    [recurring({ rrule: 'FREQ=WEEKLY;BYDAY=MO;DURATION=14h' }), `${one}.rrule: DURATION is not supported`],
    [recurring({ rrule: 'DTSTART=20261123T190000;FREQ=DAILY' }), `${one}.rrule: DTSTART is not supported`],
    [recurring({ rrule: 'FREQ=WEEKLY;BYDAY=MON' }), `${one}.rrule: BYDAY=MON`],
    [recurring({ rrule: 'FREQ=WEEKLY;DAYS=MO' }), `${one}.rrule: unknown part DAYS`],
    [recurring({ rrule: 'FREQ=DAILY;INTERVAL=0' }), `${one}.rrule: INTERVAL`],
    [recurring({ rrule: 'FREQ=DAILY;COUNT=abc' }), `${one}.rrule: COUNT=abc is no whole number`],
    [recurring({ rrule: 'FREQ=DAILY;COUNT=0' }), `${one}.rrule: COUNT=0 is no whole number`],
    [recurring({ rrule: 'FREQ=DAILY;COUNT' }), `${one}.rrule: COUNT= is no whole number`],
    [recurring({ rrule: 'FREQ=DAILY;UNTIL=soon' }), `${one}.rrule: UNTIL=soon is no time`],
    [recurring({ rrule: 'FREQ=DAILY;UNTIL=20261301T000000Z' }), `${one}.rrule: UNTIL=20261301T000000Z is no time`],
    [recurring({ rrule: 'FREQ=DAILY;UNTIL=20261231' }), `${one}.rrule: UNTIL=20261231 is no time`],
    [recurring({ rrule: 'FREQ=DAILY;COUNT=3;UNTIL=20261231T000000Z' }), `${one}.rrule: either COUNT or UNTIL`],
    [recurring({ rrule: 'FREQ=DAILY;FREQ=DAILY' }), `${one}.rrule: FREQ stands there twice`],
    [recurring({ rrule: 'FREQ=MONTHLY;BYMONTHDAY=0' }), `${one}.rrule: BYMONTHDAY=0 is no list of numbers ±1 to 31`],
    [recurring({ rrule: 'FREQ=DAILY;BYHOUR=-1' }), `${one}.rrule: BYHOUR=-1 is no list of numbers 0 to 23`],
    [recurring({ rrule: 'FREQ=YEARLY;BYMONTH=1,13' }), `${one}.rrule: BYMONTH=1,13 is no list`],
    [recurring({ rrule: 'FREQ=MONTHLY;BYSETPOS=x' }), `${one}.rrule: BYSETPOS=x is no list`],
    [recurring({ rrule: 'FREQ=WEEKLY;WKST=XX' }), `${one}.rrule: WKST=XX is none of MO`],
    [recurring({}, 'Europe/Pari'), 'data.attributes.schedule.timezone: expected an IANA name'],
    [recurring({}, 'UTC+1'), 'data.attributes.schedule.timezone: expected an IANA name'],
    [schedule({ timezone: 'UTC', recurrences: [] }), 'data.attributes.schedule.recurrences: at least one'],
    [schedule({ start: '2026-11-23T12:00:00' }), 'data.attributes.schedule.start: a UTC offset of zero'],
    [
      schedule({ start: '2026-11-22T12:00:00Z' }),
      'data.attributes.schedule.start: 2026-11-22T12:00:00Z is in the past',
    ],
    [
      schedule({ start: '2026-11-24T12:00:00Z', end: '2026-11-24T12:00:00Z' }),
      'data.attributes.schedule.end: not after',
    ],
  ]
  for (const [sent, message] of cases) {
    const answer = await call(account, 'POST', path, sent)
    t.is(answer.status, 400, message)
    t.is(errorsOf(answer).length, 1, errorsOf(answer).join('\n'))
    t.true(errorsOf(answer)[0]?.startsWith(message), `${message}\n${errorsOf(answer)[0]}`)
  }
  t.deepEqual(account.state().downtimes, {})
})

test('starts that are just good enough', async (t) => {
  const account = await start(t)
  for (const recurrence of [
    { start: '2026-11-23T11:00' },
    { start: '2026-11-28T00:00:00', rrule: 'FREQ=WEEKLY;BYDAY=SA', duration: '2d' },
    { rrule: 'FREQ=WEEKLY;INTERVAL=2;BYDAY=MO' },
    { rrule: 'FREQ=DAILY' },
    { rrule: 'FREQ=MONTHLY;BYMONTHDAY=23' },
    { rrule: 'FREQ=MONTHLY;BYMONTHDAY=-1,15' },
    { rrule: 'FREQ=MONTHLY;BYDAY=-1MO;BYSETPOS=-1;WKST=SU' },
    { rrule: 'FREQ=DAILY;COUNT=3' },
    { rrule: 'FREQ=DAILY;UNTIL=20261231T190000' },
    { rrule: 'FREQ=DAILY;UNTIL=20261231T180000Z' },
    { duration: '90m' },
    { duration: '1w' },
  ])
    t.is((await call(account, 'POST', path, recurring(recurrence))).status, 200, JSON.stringify(recurrence))
})

test('COUNT and UNTIL end a rule', async (t) => {
  let time = new Date('2026-11-23T10:00:00Z')
  const account = await start(t, { clock: () => time })
  const began = async (rrule: string): Promise<string[]> => {
    time = new Date('2026-11-23T10:00:00Z')
    const { body } = await call(account, 'POST', path, recurring({ rrule, duration: '1h' }))
    const seen: string[] = []
    for (const day of [23, 24, 25, 26, 27, 28, 29, 30]) {
      time = new Date(`2026-11-${day}T10:00:00Z`)
      const { status, schedule } = attributes((await call(account, 'GET', `${path}/${pick(body, 'data.id')}`)).body)
      seen.push(status === 'ended' ? status : String(schedule.current_downtime.start).slice(8, 10))
    }
    return seen
  }
  const none = 'ended'
  t.deepEqual(await began('FREQ=DAILY;COUNT=3'), ['23', '24', '25', none, none, none, none, none])
  t.deepEqual(await began('FREQ=DAILY;INTERVAL=2;COUNT=2'), ['23', '25', '25', none, none, none, none, none])
  t.deepEqual(await began('FREQ=WEEKLY;BYDAY=MO,WE;COUNT=3'), ['23', '25', '25', '30', '30', '30', '30', '30'])
  t.deepEqual(await began('FREQ=DAILY;BYDAY=MO,FR'), ['23', '27', '27', '27', '27', '30', '30', '30'])
  // The last moment counts, by the clock of the zone or in UTC: 19:00 in Paris is 18:00 there.
  for (const last of ['20261124T190000', '20261124T180000Z'])
    t.deepEqual(await began(`FREQ=DAILY;UNTIL=${last}`), ['23', '24', none, none, none, none, none, none])
  t.deepEqual((await began('FREQ=DAILY;UNTIL=20261124T175959Z')).slice(0, 2), ['23', none])
})

test('a monitor that a downtime names must exist, and is told among its relationships', async (t) => {
  const account = await start(t)
  const id = pick((await call(account, 'POST', '/api/v1/monitor', monitor())).body, 'id')
  const { status, body } = await call(account, 'POST', path, downtime({ monitor_identifier: { monitor_id: id } }))
  t.is(status, 200)
  t.deepEqual(pick(body, 'data.relationships.monitor.data'), { type: 'monitors', id: String(id) })
})

test('an update changes the attributes that are sent, and a passed start may be sent again', async (t) => {
  let time = new Date('2026-11-23T10:00:00Z')
  const account = await start(t, { clock: () => time })
  const { body: first } = await call(account, 'POST', path, downtime())
  const id = pick(first, 'data.id')
  time = new Date('2026-12-08T10:00:00Z')
  const patch = (sent: unknown, as: unknown = id) =>
    call(account, 'PATCH', `${path}/${id}`, { data: { type: 'downtime', id: as, attributes: sent } })
  const changed = await patch({ message: 'new' })
  t.is(changed.status, 200)
  t.like(attributes(changed.body), { message: 'new', scope: 'host:web', modified: '2026-12-08T10:00:00.000000+00:00' })
  const longer = { timezone: 'Europe/Paris', recurrences: [{ ...nights, duration: '15h' }] }
  const same = await patch({ schedule: longer })
  t.deepEqual(attributes(same.body).schedule.recurrences, longer.recurrences)
  t.is((await patch({ schedule: { ...longer, recurrences: [{ ...nights, start: '2026-11-24T19:00' }] } })).status, 400)
  t.is((await patch({ message: 'x' }, 'other')).status, 400)
  t.is((await patch({ mesage: 'x' })).status, 400)
  t.is((await call(account, 'PATCH', `${path}/x`, { data: {} })).status, 404)
})

test('a cancelled downtime stays in the list for two days, cannot be changed, and is cancelled once', async (t) => {
  let time = new Date('2026-11-23T10:00:00Z')
  const account = await start(t, { clock: () => time })
  const id = String(pick((await call(account, 'POST', path, downtime())).body, 'data.id'))
  const removed = await call(account, 'DELETE', `${path}/${id}`)
  t.is(removed.status, 204)
  t.is(removed.body, undefined)
  const listed = (await call(account, 'GET', path)).body
  t.like(pick(listed, 'data.0.attributes') as object, {
    status: 'canceled',
    canceled: '2026-11-23T10:00:00.000000+00:00',
  })
  t.is((await call(account, 'DELETE', `${path}/${id}`)).status, 404)
  const sent = { data: { type: 'downtime', id, attributes: { message: 'x' } } }
  t.is((await call(account, 'PATCH', `${path}/${id}`, sent)).status, 400)
  time = new Date('2026-11-25T09:59:59Z')
  t.is((await call(account, 'GET', `${path}/${id}`)).status, 200)
  time = new Date('2026-11-25T10:00:00Z')
  t.is((await call(account, 'GET', `${path}/${id}`)).status, 404)
  t.deepEqual((await call(account, 'GET', path)).body, { data: [], meta: { page: { total_filtered_count: 0 } } })
})

test('the list has pages of thirty and tells the number of all', async (t) => {
  const account = await start(t)
  for (let index = 0; index < 35; index++)
    account.add('downtimes', { type: 'downtime', attributes: { message: `${index}` } })
  const page = async (query: string) => {
    const { body } = await call(account, 'GET', `${path}${query}`)
    t.is(pick(body, 'meta.page.total_filtered_count'), 35)
    return listOf(pick(body, 'data')).map((item) => pick(item, 'attributes.message'))
  }
  t.is((await page('')).length, 30)
  t.deepEqual(await page('?page[offset]=30'), ['30', '31', '32', '33', '34'])
  t.deepEqual(await page('?page[offset]=2&page[limit]=1'), ['2'])
  t.is((await call(account, 'GET', `${path}?page[limit]=x`)).status, 400)
})

test('the start of a downtime in progress cannot be changed, its end can; no schedule has more than five recurrences', async (t) => {
  let time = new Date('2026-11-23T10:00:00Z')
  const account = await start(t, { clock: () => time })
  const { body } = await call(account, 'POST', path, downtime())
  const id = String(pick(body, 'data.id'))
  const update = async (recurrence: object) =>
    call(account, 'PATCH', `${path}/${id}`, {
      data: {
        type: 'downtime',
        id,
        attributes: { schedule: { timezone: 'Europe/Paris', recurrences: [{ ...nights, ...recurrence }] } },
      },
    })
  t.is((await update({ start: '2026-11-23T20:00' })).status, 200)
  t.is((await update({ start: nights.start })).status, 200)
  time = new Date('2026-11-23T19:00:00Z')
  t.is((await update({ duration: '13h' })).status, 200)
  t.deepEqual(errorsOf(await update({ start: '2026-11-24T20:00' })), [
    'data.attributes.schedule: the start of a downtime in progress cannot be changed',
  ])
  const six = Array.from({ length: 6 }, () => ({ ...nights, start: undefined }))
  const many = await call(account, 'POST', path, downtime({ schedule: { timezone: 'Europe/Paris', recurrences: six } }))
  t.deepEqual(errorsOf(many), ['data.attributes.schedule.recurrences: at most 5 are allowed, found 6'])
})
