import test from 'ava'
import { BoxhoundError } from '../../scripts/lib/_helpers/errors.ts'
import { clockChanges } from '../../scripts/lib/observe/calendar/changes.ts'
import { schedulesOf, wishOf } from '../../scripts/lib/observe/downtimes.ts'
import { readFiles } from '../../scripts/lib/observe/files.ts'
import type { DowntimesFile } from '../../scripts/lib/observe/schema.ts'
import { assertNoGap, judgeSilence } from '../../scripts/lib/observe/silence.ts'
import { labBox, now, project } from './_observe.ts'

const fileOf = async (hours?: { evening: string; morning: string }): Promise<DowntimesFile> => {
  const { downtimes } = readFiles(await labBox(hours === undefined ? {} : { downtimes: hours }), project)
  if (downtimes === null) throw new Error('the lab box has downtimes')
  return downtimes.data
}

const judged = (file: DowntimesFile, timezone: string) =>
  judgeSilence(
    { resources: [], calendar: { schedules: schedulesOf(file, timezone, now), wish: wishOf(file), timezone } },
    now,
  )

test('no wished hour is uncovered in any zone whose clock is changed, in either reading of a duration', async (t) => {
  const file = await fileOf()
  // Zones whose clocks go alike are looked at once.
  const byChanges = new Map(
    Intl.supportedValuesOf('timeZone').map((zone) => [JSON.stringify(clockChanges(zone, now, 53)), zone] as const),
  )
  const changing = [...byChanges].filter(([changes]) => changes !== '[]').map(([, zone]) => zone)
  t.true(changing.length > 15)
  t.true(changing.includes('Africa/Cairo'))
  for (const zone of [...changing, 'UTC', 'Asia/Kolkata']) t.deepEqual(judged(file, zone)?.gaps, [], zone)
})

test('nor with other hours of the box file', async (t) => {
  const file = await fileOf({ evening: '17:30', morning: '07:45' })
  for (const zone of ['Europe/Paris', 'America/New_York', 'Africa/Cairo', 'Australia/Lord_Howe'])
    t.deepEqual(judged(file, zone)?.gaps, [], zone)
})

test('what people made by hand leaves Monday morning open: that is found, and nothing is applied', async (t) => {
  const file = await fileOf()
  const rules = [
    { days: ['monday', 'tuesday', 'wednesday', 'thursday', 'friday'] as const, from: '19:00', to: '09:00' },
  ]
  const byHand: DowntimesFile = {
    ...file,
    downtimes: {
      nights: { message: 'night', rules: rules.map(({ days, ...rest }) => ({ days: [...days], ...rest })) },
      weekend: { message: 'weekend', rules: [{ days: ['saturday'], from: '00:00', for: '2d' }] },
    },
  }
  const judgement = judged(byHand, 'Europe/Paris')
  t.regex(judgement?.findings.join('\n') ?? '', /Monday 00:00 to 09:00 is not silent \(every week\)/)
  const error = t.throws<BoxhoundError>(() => assertNoGap(judgement))
  t.is(error?.code, 'E_OBSERVE_GAP')
  t.is(error?.exitCode, 2)
  t.true(error instanceof BoxhoundError)
})

test('a box without downtimes has nothing to judge', (t) => {
  t.is(judgeSilence({ resources: [], calendar: null }, now), null)
  t.notThrows(() => assertNoGap(null))
})
