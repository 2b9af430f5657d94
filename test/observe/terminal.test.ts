import test from 'ava'
import { isObject, type JsonObject, listOf } from '../../scripts/lib/_helpers/json.ts'
import { plan } from '../../scripts/lib/observe/actions.ts'
import { titledPath } from '../../scripts/lib/observe/field-path.ts'
import { planText } from '../../scripts/lib/observe/terminal.ts'
import { plain } from '../../scripts/lib/report/terminal.ts'
import { labBox, now, openLab, project } from './_observe.ts'

const wire = {
  widgets: [
    { definition: { type: 'note', content: 'x' } },
    {
      definition: {
        type: 'group',
        title: 'Host and Agent',
        widgets: [{ definition: { type: 'check_status', title: 'Agents that report' } }],
      },
    },
  ],
}

test('a place of a dashboard is told by titles', (t) => {
  for (const [path, told, isItem = false] of [
    ['widgets[1].definition.widgets[0].definition.check', 'Host and Agent › Agents that report › check'],
    [
      'widgets[1].definition.widgets[0].definition.requests[0].q',
      'Host and Agent › Agents that report › requests[0].q',
    ],
    ['widgets[1].definition.widgets[0]', 'Host and Agent › Agents that report'],
    ['widgets[1].definition.widgets[0]', 'Host and Agent', true],
    ['widgets[1].definition.background_color', 'Host and Agent › background_color'],
    ['widgets[0].definition.content', 'note › content'],
    ['widgets[0]', 'widgets', true],
    ['title', 'title'],
    ['template_variables[0].defaults[0]', 'template_variables[0].defaults[0]'],
  ] as const)
    t.is(titledPath(path, wire, isItem), told)
})

test('a plan names widgets by title, and no line is wider than the terminal', async (t) => {
  const lab = await openLab(t)
  const box = await labBox()
  await lab.apply(box)
  const [id = ''] = Object.keys(lab.account.state().dashboards)
  lab.account.edit('dashboards', id, (one) => {
    const text = JSON.stringify(one.widgets).replace('"datadog.agent.up"', '"my.check"')
    const widgets: JsonObject[] = listOf(JSON.parse(text)).filter(isObject)
    return {
      ...one,
      widgets: [...widgets, { id: 1, definition: { type: 'note', content: 'mine', title: 'Mine' } }],
    }
  })
  const text = planText(await lab.plan(box), plain, 80)
  t.regex(text, /Host and Agent › Agents that report › check\s/)
  t.regex(text, /widgets +- "Mine"/)
  t.notRegex(text, /widgets\[/)
  for (const line of text.split('\n')) t.true(line.length <= 80, line)
})

test('of a new monitor priority, tags and message are told, within 80 columns', async (t) => {
  const lab = await openLab(t)
  const text = planText(await lab.plan(await labBox({ tags: ['team:web'], handles: ['@slack-ops'] })), plain, 80)
  for (const part of [
    /priority {4}2 of 5/,
    /tags {8}team:web/,
    /message {5}alert: The Agent of \{\{host\.name\}\}/,
    /no data: The Agent of/,
    /recovery: The Agent of/,
  ])
    t.regex(text, part)
  for (const line of text.split('\n')) t.true(line.length <= 80, line)
})

test('the calendar is drawn when hours change, and not for a mere title', async (t) => {
  const lab = await openLab(t)
  const box = await labBox()
  const said: string[] = []
  const say = (line: string): void => void said.push(line)
  const told = async (one: typeof box): Promise<string> => {
    said.length = 0
    const run = { box: one, project, flags: {}, now, paint: plain, width: 80, say }
    await lab.use((gateway) => plan(run, gateway, 'here'))
    return said.join('\n')
  }
  const first = await told(box)
  t.regex(first, /Downtimes, in Europe\/Paris/)
  for (const line of first.split('\n')) t.true(line.length <= 80, line)
  await lab.apply(box)
  t.notRegex(await told(box), /Downtimes, in/)
  t.notRegex(await told({ ...box, observe: { ...box.observe, handles: ['@a'] } }), /Downtimes, in/)
  const hours = { evening: '20:00', morning: '08:00' }
  t.regex(await told({ ...box, observe: { ...box.observe, downtimes: hours } }), /Downtimes, in/)
})
