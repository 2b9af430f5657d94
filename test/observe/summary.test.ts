import test from 'ava'
import { changeDocument } from '../../scripts/lib/observe/document.ts'
import { planText } from '../../scripts/lib/observe/terminal.ts'
import { plain } from '../../scripts/lib/report/terminal.ts'
import { labBox, openLab } from './_observe.ts'

const planned = async () => {
  const lab = await openLab(null)
  const box = await labBox({ handles: ['@slack-ops', '@you@example.com'] })
  return lab.plan(box).finally(lab.account.close)
}

test('what would be made is told: of a monitor, the dashboard and a downtime what matters', async (t) => {
  const text = planText(await planned(), plain)
  for (const line of [
    '  + monitor   my_metric    my_metric is high on {{host.name}}',
    '        query       avg(last_5m):avg:my_metric{env:trial,role:database,region:local} by {host} > 800',
    '        thresholds  critical 800, warning 500',
    '        no data     told after 10 minutes',
    '        notifies    @slack-ops @you@example.com',
    '        no data     not told',
    '        widgets     17 in 4 groups, 1 beside them',
    '        groups      my_metric, the custom check (3)',
    '                    Database: mariadb (5)',
    '        silent      Mon, Tue, Wed, Thu, Fri, Sun 19:00 to 09:00',
    '        silent      Sat from 00:00 for 2d',
  ])
    t.true(text.split('\n').includes(line), `${line}\n${text}`)
})

test('no line of a plan is longer than the terminal is wide, but for words that are', async (t) => {
  for (const line of planText(await planned(), plain, 60).split('\n'))
    t.true(line.length <= 60 || line.trim().split(/ +/).length <= 2, line)
})

test('--json has every field of what would be made', async (t) => {
  const { changes } = await planned()
  const [monitor] = changes.map(changeDocument)
  t.is(monitor?.action, 'add')
  t.deepEqual(
    monitor?.fields.map(({ path }) => path).sort(),
    ['message', 'name', 'options', 'priority', 'query', 'type'].sort(),
  )
  t.true(monitor?.fields.every(({ from, to }) => from === null && to !== null))
  t.true(changes.map(changeDocument).every(({ fields }) => fields.length > 0))
})

test('a removal is its title and why', async (t) => {
  const lab = await openLab(t)
  await lab.apply(await labBox())
  const lines = planText(await lab.plan(await labBox(), true), plain).split('\n')
  t.is(lines.length, 7)
  t.is(lines[2], '  - monitor   app          Errors of trial-app  made by boxhound')
})
