import test from 'ava'
import { bare, loadText, refused, where } from './_files.ts'

const withObserve = (lines: string): string => `${bare}observe:\n  ${lines}\n`

const wrong: readonly (readonly [lines: string, place: string, said: RegExp])[] = [
  ['timezone: europe/berlin', '6:13', /^account, or a time zone .* did you mean Europe\/Berlin\?$/],
  ['timezone: EUROPE/BERLIN', '6:13', /did you mean Europe\/Berlin\?$/],
  ['timezone: New York', '6:13', /did you mean America\/New_York\?$/],
  ['timezone: "+02:00"', '6:13', /^account, or a time zone .* write account/],
  ['downtimes: { evening: "09:00" }', '6:25', /^an hour after the morning, which is at 09:00: .* "09:00"/],
  ['downtimes: { morning: "20:00" }', '6:25', /^an hour after midnight and before the evening, which is at 19:00: /],
  ['downtimes: { morning: "00:00" }', '6:25', /^an hour after midnight/],
  ['downtimes: { morning: "08:00", evening: "07:00" }', '6:43', /^an hour after the morning, which is at 08:00/],
  ['tags: [Team:web]', '6:10', /lower case/],
  ['tags: ["boxhound_box:other"]', '6:10', /^a tag of your own.* remove it$/],
  ['tags: [managed_by]', '6:10', /^a tag of your own/],
  ['tags: team:web', '6:9', /write a list/],
  ['tags: ["a:b", "a:b"]', '6:9', /^each tag once/],
]

for (const [lines, place, said] of wrong)
  test(`refused at its place, with what to do: observe: { ${lines} }`, async (t) => {
    const error = await refused(t, withObserve(lines))
    t.is(where(error), place)
    t.regex(`${error.details.expected} ${error.details.found} ${error.details.next}`, said)
  })

test('zones, downtimes and tags as they should be are taken', async (t) => {
  for (const zone of ['account', 'Europe/Berlin', 'UTC', 'GB-Eire'])
    t.is((await loadText(t, withObserve(`timezone: ${zone}`))).observe.timezone, zone)
  const { observe } = await loadText(t, withObserve('downtimes: { evening: "22:00" }'))
  t.deepEqual(observe.downtimes, { evening: '22:00', morning: '09:00' })
  t.deepEqual((await loadText(t, withObserve('tags: [team:web, managed]'))).observe.tags, ['team:web', 'managed'])
  t.deepEqual((await loadText(t, bare)).observe.tags, [])
})
