import test from 'ava'
import fc from 'fast-check'
import { previewPage } from '../../../scripts/lib/observe/show/page.ts'
import type { Point, Preview } from '../../../scripts/lib/observe/show/page-data.ts'
import { elementsOf } from './_elements.ts'
import { preview, week } from './_preview.ts'

// The page must not follow the machine's zone.
process.env.TZ = 'Pacific/Auckland'

const page = previewPage(preview)

test('the page is well formed, and needs nothing from elsewhere', (t) => {
  const names = new Set(elementsOf(page).map(({ name }) => name))
  for (const name of ['script', 'link', 'img', 'iframe', 'object', 'use', 'image']) t.false(names.has(name), name)
  t.notRegex(page, /@import|url\(| src=/)
  for (const { name, attributes } of elementsOf(page)) {
    if ('href' in attributes) t.is(name, 'a')
    t.deepEqual(
      Object.keys(attributes).filter((key) => key.startsWith('on')),
      [],
    )
  }
  t.regex(page, /prefers-color-scheme: dark/)
})

test('it says at its top what it is', (t) => {
  const top = page.slice(page.indexOf('<main>'), page.indexOf('id="dashboards"'))
  t.regex(top, /A preview drawn by boxhound with sample data/)
  t.regex(top, /no screenshot of Datadog/)
})

test('the same preview gives the same page, another moment another one', (t) => {
  t.is(previewPage(structuredClone(preview)), page)
  t.not(previewPage({ ...preview, now: new Date('2026-11-27T13:20:00Z') }), page)
})

test('every kind of widget is drawn, and one that is not known says so', (t) => {
  const classes = elementsOf(page).map(({ attributes }) => attributes.class ?? '')
  const count = (name: string): number => classes.filter((all) => all.split(' ').includes(name)).length
  t.is(count('tile'), 22)
  t.is(count('group'), 6)
  t.is(count('chart'), 11)
  t.is(count('toplist'), 2)
  t.is(count('status'), 3)
  t.is(count('note'), 2)
  t.is(count('other'), 1)
  t.is(count('band'), 1)
  t.true(count('outside') > 0 && count('bars') >= 4 && count('area') >= 4 && count('marker') === 2)
  t.regex(page, /<code>trace_service<\/code> not drawn here/)
  t.regex(page, />Thu 26</)
  t.regex(page, /Drawn Thu 26 Nov 2026, 14:20 \(Europe\/Paris\)/)
  t.regex(page, /<title>Wed 25 Nov 14:20\n/)
  t.is(count('monitor'), 4)
  t.is(count('downtime'), 2)
  t.is(count('week'), 1)
})

test('every tile with numbers says where they are from', (t) => {
  t.is(page.split('<small class="sample">sample data</small>').length - 1, 19)
  t.false(page.includes('recorded from'))
  const end = preview.now.getTime() / 1000
  const points = Array.from({ length: 30 }, (_, index): Point => [end - 1350 + index * 45, 123 + index])
  const mixed = previewPage({ ...preview, recorded: { my_metric: points, 'mysql.net.connections': [[end - 60, 3]] } })
  elementsOf(mixed)
  t.regex(mixed, /recorded points where a tile says so/)
  t.is(mixed.split('<small class="recorded">recorded from the lab machine</small>').length - 1, 4)
  t.is(mixed.split('<small class="both">').length - 1, 1)
  t.regex(mixed, /<b>152<\/b>/, 'the last recorded value')
  t.regex(mixed, /host:lab|avg:my_metric/)
})

test('a metric that was asked for and never received falls back to sample data', (t) => {
  t.is(previewPage({ ...preview, recorded: { my_metric: [] } }), page)
})

test('hours that should be silent and are not are told in words, too', (t) => {
  t.regex(page, /There are gaps/)
  const whole = { ...week, rows: week.rows.slice(1), notes: [] }
  t.notRegex(previewPage({ ...preview, week: [whole] }), /There are gaps/)
})

test('each downtime is told: its name, its message, its rules, whose notifications and who is told', (t) => {
  const part = page.slice(page.indexOf('id="downtimes"'))
  for (const words of [
    '<h3>nights</h3>',
    'Nobody is woken.',
    'Mon, Thu 19:00 to 09:00',
    ' from 2026-12-01T03:00 for 2h',
    'silences monitors with boxhound_box:lab',
    'tells @slack-night',
    'silences monitor 7 where role:db',
    'from 2026-12-01T00:00:00Z on',
  ])
    t.true(part.includes(words), words)
  // The caption of a week stands above its strips.
  t.true(part.indexOf('<h3>week of Mon 23 Nov 2026</h3>') < part.indexOf('Mon 23 Nov<'))
})

test('who is notified stands at each monitor; a time frame only where the board sets one', (t) => {
  t.regex(page, /notifies (?:nobody|@)/)
  t.notRegex(page, /class="range"/)
  const [board] = preview.dashboards
  const wire = { ...(board?.wire as object), default_timeframe: { type: 'live', value: 4, unit: 'hour' } }
  t.regex(previewPage({ ...preview, dashboards: [{ name: 'a', wire }] }), /class="range">Past 4 hours</)
})

test('lines across a graph are named below it, and not upon the curve', (t) => {
  t.notRegex(page, /class="mark /)
  t.regex(page, /<ul class="legend">.*class="marked error[^>]*><\/i><span>/)
})

test('a zone that stands in for the account’s says so', (t) => {
  t.notRegex(page, /stands in|in place of/)
  const assumed = previewPage({ ...preview, isAssumed: true })
  t.regex(assumed, /nobody asked an account: Europe\/Paris stands in for it/)
  t.regex(assumed, /\(Europe\/Paris, in place of the account’s time zone\)/)
})

test('an empty preview is a page', (t) => {
  const bare = previewPage({ ...preview, dashboards: [], monitors: [], downtimes: [], week: [] })
  elementsOf(bare)
  t.false(bare.includes('id="monitors"'))
})

/** The same value with every text in it, keys apart, followed by `more`; what the drawing depends on stays as it is. */
const poisoned = (value: unknown, more: string, key = ''): unknown => {
  if (typeof value === 'string')
    return ['type', 'display_type'].includes(key) && value !== 'trace_service' ? value : value + more
  if (Array.isArray(value)) return value.map((item) => poisoned(item, more, key))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, poisoned(item, more, name)]))
}

const hostile = (more: string): Preview => ({
  ...preview,
  box: `lab${more}`,
  version: `1${more}`,
  dashboards: preview.dashboards.map(({ name, wire }) => ({ name: name + more, wire: poisoned(wire, more) })),
  monitors: preview.monitors.map(({ name, wire }) => ({ name: name + more, wire: poisoned(wire, more) })),
  downtimes: preview.downtimes.map(({ name, wire }) => ({ name: name + more, wire: poisoned(wire, more) })),
  week: preview.week.map(({ rows, label, notes }) => ({
    label: label + more,
    rows: rows.map(({ day, slots }) => ({ day: day + more, slots })),
    notes: notes.map((note) => note + more),
  })),
})

const known = new Set(elementsOf(page).map(({ name }) => name))
const attributes = new Set(elementsOf(page).flatMap((element) => Object.keys(element.attributes)))
for (const name of ['em', 'ol', 'strong', 'code', 'br']) known.add(name)
for (const name of ['href', 'rel']) attributes.add(name)

const harmless = (text: string): string | undefined => {
  for (const element of elementsOf(text)) {
    if (!known.has(element.name)) return `<${element.name}>`
    const foreign = Object.keys(element.attributes).find((key) => !attributes.has(key))
    if (foreign !== undefined) return `${element.name} ${foreign}`
    if (element.attributes.href !== undefined && !/^(#|https?:)/.test(element.attributes.href))
      return element.attributes.href
  }
  return undefined
}

test('what comes from JSON is text: tags, quotes, links of other kinds', (t) => {
  for (const more of [
    '<script>alert(1)</script>',
    '" onload="alert(1)',
    "' onclick='x",
    '\n\n[x](javascript:alert(1)) [y](data:text/html,<b>) [z](https://example.org/"onclick="a)',
    '**<b>** `</code><i>` {{<u>}} @a<b>',
    '\n# <h1>\n- <li>',
    '--></style><style>',
    '\0\u001b\ud800]]>&amp;&#60;',
  ]) {
    const text = previewPage(hostile(more))
    t.is(harmless(text), undefined, more)
    t.false(text.includes('<script'))
  }
})

test('no text at all breaks out of its place', (t) => {
  const piece = fc.constantFrom(
    '<',
    '>',
    '"',
    "'",
    '&',
    '=',
    '`',
    '*',
    '[',
    '](',
    ')',
    '{{',
    '}}',
    '#',
    '@',
    '\n',
    '/',
    'x',
    ' ',
    ',',
    '(',
    '://',
  )
  const input = fc.oneof(
    fc.array(piece, { maxLength: 14 }).map((all) => all.join('')),
    fc.string({ unit: 'binary' }),
  )
  fc.assert(
    fc.property(input, (more) => {
      t.is(harmless(previewPage(hostile(more))), undefined)
    }),
    { numRuns: 25 },
  )
})

test('JSON of any shape is a page, never an error', (t) => {
  const type = fc.constantFrom(
    'timeseries',
    'query_value',
    'toplist',
    'check_status',
    'note',
    'group',
    '__proto__',
    'toString',
  )
  const any = fc.jsonValue({ maxDepth: 3 })
  const widget = fc.record({
    definition: fc.record({
      type,
      title: any,
      requests: fc.array(fc.oneof(any, fc.record({ q: any, queries: any, formulas: any }))),
      widgets: any,
      markers: any,
      yaxis: any,
      content: any,
    }),
    layout: fc.oneof(any, fc.record({ x: fc.double(), y: fc.double(), width: fc.double(), height: fc.double() })),
  })
  fc.assert(
    fc.property(fc.array(fc.oneof(widget, any), { maxLength: 4 }), any, (widgets, wire) => {
      const dashboards = [
        { name: 'a', wire: { title: wire, widgets } },
        { name: 'b', wire },
      ]
      const monitors = [
        { name: 'm', wire },
        { name: 'n', wire: { options: { thresholds: wire }, message: wire } },
      ]
      t.is(harmless(previewPage({ ...preview, dashboards, monitors })), undefined)
    }),
    { numRuns: 60 },
  )
})

test('groups stand where the file puts them, side by side if they are narrow', (t) => {
  const group = (title: string, x: number, y: number, width: number) => ({
    definition: {
      type: 'group',
      title,
      widgets: [{ definition: { type: 'note', content: title }, layout: { x: 0, y: 0, width, height: 1 } }],
    },
    layout: { x, y, width, height: 3 },
  })
  const widgets = [group('third', 0, 3, 12), group('second', 6, 0, 6), group('first', 0, 0, 6)]
  const text = previewPage({ ...preview, dashboards: [{ name: 'a', wire: { widgets } }] })
  t.deepEqual(
    [...text.matchAll(/<h3>(first|second|third)</g)].map(([, title]) => title),
    ['first', 'second', 'third'],
  )
  const groups = elementsOf(text).filter(({ attributes }) => attributes.class?.startsWith('group'))
  t.deepEqual(
    groups.map(({ attributes }) => attributes.style),
    ['--w:6', '--w:6', '--w:12'],
  )
  t.regex(text, /--x:1;--y:1;--w:6;--h:2"/)
})
