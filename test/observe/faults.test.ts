import test from 'ava'
import fc from 'fast-check'
import type { AccountState, Fault } from '../../lab/account/server.ts'
import { BoxhoundError } from '../../scripts/lib/_helpers/errors.ts'
import { everything, labBox, openLab } from './_observe.ts'

const anyFault: fc.Arbitrary<Fault> = fc.oneof(
  fc.constantFrom<Fault>({ kind: 'lost-before' }, { kind: 'lost-after' }, { kind: 'broken' }, { kind: 'garbage' }),
  fc.constantFrom(500, 502, 503).map((status): Fault => ({ kind: 'status', status, body: '<html>' })),
  fc.constant<Fault>({
    kind: 'status',
    status: 429,
    headers: { 'X-RateLimit-Reset': '2' },
    body: '{"errors":["slow"]}',
  }),
)

/** What an account holds, without ids, dates and what was cancelled. */
const contentOf = ({ monitors, dashboards, downtimes }: AccountState): string[] => {
  const text = (one: object): string =>
    JSON.stringify(one).replaceAll(
      /"(?:id|url|created|created_at|modified|modified_at|current_downtime)":(?:"[^"]*"|\d+|\{[^}]*\}|null),?/g,
      '',
    )
  return [monitors, dashboards, downtimes]
    .flatMap((all) => Object.values(all))
    .filter((one) => !JSON.stringify(one).includes('"status":"canceled"'))
    .map(text)
    .sort()
}

test('whatever fails between any two requests, applying until it ends leaves what the files say, each thing once', async (t) => {
  const clean = await openLab(t)
  const box = await labBox()
  await clean.apply(box)
  const wanted = contentOf(clean.account.state())
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(fc.integer({ min: 1, max: 40 }), anyFault), { maxLength: 25 }),
      async (faults) => {
        const byNumber = new Map(faults)
        const lab = await openLab(t, { fault: ({ number }) => byNumber.get(number) })
        for (let run = 0; run < 10; run++) {
          const ended = await lab.apply(box).then(
            () => true,
            (error: unknown) => {
              if (!(error instanceof BoxhoundError)) throw error
              return false
            },
          )
          if (ended) break
        }
        t.deepEqual(await lab.apply(box), [])
        t.deepEqual(contentOf(lab.account.state()), wanted)
        t.deepEqual(
          await lab.apply(box, true),
          everything.map((one) => `remove ${one}`),
        )
        t.deepEqual(contentOf(lab.account.state()), [])
        await lab.account.close()
      },
    ),
    { numRuns: 12 },
  )
})

test('a creation whose answer was lost is looked up and not made twice', async (t) => {
  let lost = false
  const lab = await openLab(t, {
    fault: ({ method, path }) => {
      if (lost || method !== 'POST' || path !== '/api/v1/dashboard') return undefined
      lost = true
      return { kind: 'lost-after' }
    },
  })
  t.is((await lab.apply(await labBox())).length, everything.length)
  t.is(Object.keys(lab.account.state().dashboards).length, 1)
  t.true(lab.told.some((line) => line.includes('was made all the same')))
})

test('a failure in the middle tells what was done and what was not, and the next run finishes', async (t) => {
  let broken = true
  const lab = await openLab(t, {
    fault: ({ method, path }) =>
      broken && method === 'POST' && path === '/api/v1/dashboard'
        ? { kind: 'status', status: 500, body: '' }
        : undefined,
  })
  const box = await labBox()
  const error = await t.throwsAsync<BoxhoundError>(lab.apply(box))
  t.is(error?.code, 'E_OBSERVE_APPLY')
  t.is(error?.exitCode, 1)
  t.regex(
    error?.details.found ?? '',
    /done: +add monitor my_metric, add monitor database, add monitor app, add monitor agent\n/,
  )
  t.regex(error?.details.found ?? '', /not done: add dashboard board, add downtime nights, add downtime weekend$/)
  broken = false
  t.deepEqual(await lab.apply(box), ['add dashboard board', 'add downtime nights', 'add downtime weekend'])
})

test('a limit of requests is waited for as its headers say', async (t) => {
  let times = 0
  const lab = await openLab(t, {
    fault: ({ path }) => {
      if (path !== '/api/v1/dashboard' || times >= 2) return undefined
      times += 1
      return {
        kind: 'status',
        status: 429,
        headers: { 'X-RateLimit-Reset': '7', 'X-RateLimit-Name': 'dashboards' },
        body: '{}',
      }
    },
  })
  await lab.plan(await labBox())
  t.deepEqual(lab.waits, [7000, 7000])
  t.regex(lab.told[0] ?? '', /limit of requests dashboards: going on in 7\.0 s/)
})

test('a limit that opens too late is an error that tells when', async (t) => {
  const lab = await openLab(t, {
    fault: () => ({ kind: 'status', status: 429, headers: { 'X-RateLimit-Reset': '3600' }, body: '{}' }),
  })
  const error = await t.throwsAsync<BoxhoundError>(lab.plan(await labBox()))
  t.is(error?.code, 'E_ACCOUNT_LIMIT')
  t.regex(error?.details.found ?? '', /60 m 0 s/)
  t.deepEqual(lab.waits, [])
})

test('a server that is down for good is asked a bounded number of times', async (t) => {
  const lab = await openLab(t, { fault: () => ({ kind: 'status', status: 503, body: '' }) })
  const error = await t.throwsAsync<BoxhoundError>(lab.plan(await labBox()))
  t.is(error?.code, 'E_ACCOUNT_SERVER')
  t.is(lab.account.requests.length, 4)
})

test('a monitor that the account does not take stops the run before anything is made', async (t) => {
  const lab = await openLab(t, {
    fault: ({ path, body }) =>
      path.endsWith('/validate') && JSON.stringify(body).includes('can_connect')
        ? { kind: 'status', status: 400, body: '{"errors":["The value provided for parameter query is invalid"]}' }
        : undefined,
  })
  const error = await t.throwsAsync<BoxhoundError>(lab.apply(await labBox()))
  t.is(error?.code, 'E_OBSERVE_INVALID')
  t.is(error?.details.file, 'provision/30-database/_mysql/observe.yaml.hbs')
  t.regex(error?.details.found ?? '', /parameter query is invalid/)
  t.deepEqual(lab.account.state().monitors, {})
})
