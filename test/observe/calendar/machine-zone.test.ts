import test from 'ava'
import { drawWeek } from '../../../scripts/lib/observe/calendar/draw.ts'
import { judge } from '../../../scripts/lib/observe/calendar/judge.ts'
import { longWeekend, wish } from './_example.ts'

test.serial('the zone and language of the machine change nothing', (t) => {
  const before = { TZ: process.env.TZ, LANG: process.env.LANG }
  t.teardown(() => Object.assign(process.env, before))
  const answers = ['UTC', 'America/St_Johns', 'Pacific/Kiritimati', 'Africa/Cairo'].map((zone) => {
    process.env.TZ = zone
    process.env.LANG = 'fr_FR.UTF-8'
    const schedules = longWeekend('Europe/Paris')
    const { weeks, gaps, findings } = judge(schedules, wish, 'Europe/Paris', new Date('2026-10-21T12:00Z'))
    const drawn = weeks.map(({ week }) => drawWeek(week, { colour: false }))
    return {
      machine: new Date(Date.UTC(2026, 6, 1)).getTimezoneOffset(),
      answer: JSON.stringify([schedules, weeks, gaps, findings, drawn]),
    }
  })
  t.is(new Set(answers.map(({ machine }) => machine)).size, 4)
  t.is(new Set(answers.map(({ answer }) => answer)).size, 1)
})
