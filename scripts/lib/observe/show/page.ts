// The whole page.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import Handlebars from 'handlebars'
import { DateTime } from 'luxon'
import { countWidgets, dashboard } from './dashboard.ts'
import { downtime } from './downtime.ts'
import { printable } from './markup.ts'
import { monitor } from './monitor.ts'
import { noSamples, type Preview } from './page-data.ts'
import type { Scene } from './scene.ts'
import { silentHours, week, weekLegend } from './week.ts'

export type { Hint, Hints, Preview, PreviewWeek, Recorded, Resource, Slot } from './page-data.ts'

/** The period shown everywhere; a day shows hourly bars and the daily wave. */
const hours = 24

/**
 * Dashboards, monitors and the week of downtimes as one self-contained page: no scripts, no external addresses, both
 * colour schemes. The same preview gives the same page.
 *
 * @param tool the checkout, which contains the page's template.
 */
export const previewPage = (preview: Preview, tool = '.'): string => {
  const { box, version, now, timezone, isAssumed, hints, samples = noSamples, recorded = {} } = preview
  const scene: Scene = { now, timezone, hints, samples, recorded, host: box, hours }
  const gaps = preview.week.some(({ rows }) => rows.some(({ slots }) => slots.includes('gap')))
  const template = readFileSync(join(tool, 'scripts/lib/observe/show/page.html.hbs'), 'utf8')
  const render = Handlebars.create().compile(template, { strict: true })
  return render({
    box: printable(box),
    version: printable(version),
    timezone: printable(timezone),
    isAssumed,
    gaps,
    moment: DateTime.fromJSDate(now, { zone: timezone }).toFormat('ccc d LLL yyyy, HH:mm', { locale: 'en' }),
    hasRecorded: Object.values(recorded).some((points) => points.length > 0),
    widgets: preview.dashboards.reduce((count, { wire }) => count + countWidgets(wire), 0),
    dashboards: preview.dashboards.map((one) => dashboard(one, scene)),
    monitors: preview.monitors.map(monitor),
    downtimes: preview.downtimes.map(downtime),
    hours,
    weeks: preview.week.map(week),
    weekLegend: weekLegend(),
    silentHours: preview.week[0] === undefined ? '–' : `${silentHours(preview.week[0])} h`,
  })
}
