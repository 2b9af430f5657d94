// The page host × check.

import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import Handlebars from 'handlebars'
import { formatSeconds } from '../_helpers/format.ts'
import type { CheckResult } from '../verify/results.ts'
import { type FleetResults, type HostResult, isGreen } from './results.ts'

const marks: Readonly<Record<string, string>> = { passed: '✓', failed: '✗', 'not judged': '○' }

/** More columns than these make a page that no browser shows well; the rest stands in the details. */
const mostColumns = 120

/** Ids of all hosts: the ones that most hosts have first, each kind together, as they come. */
export const columnsOf = (hosts: readonly HostResult[]): string[] => {
  const known = new Map<string, number>()
  for (const { checks } of hosts) for (const { id } of checks) known.set(id, (known.get(id) ?? 0) + 1)
  const kinds = ['host', 'agent', 'check', 'logs']
  const kind = (id: string): number => kinds.indexOf(id.split('.')[0] ?? '')
  const often = [...known].sort(([, a], [, b]) => b - a).slice(0, mostColumns)
  const order = new Map([...known.keys()].map((id, index) => [id, index]))
  return often.map(([id]) => id).sort((a, b) => kind(a) - kind(b) || (order.get(a) ?? 0) - (order.get(b) ?? 0))
}

/** More hosts than these are folded: a reader wants the list first. */
const mostUnfolded = 20

interface Cell {
  readonly className: string
  readonly mark: string
  readonly hint: string
}

const cellOf = (check: CheckResult | undefined, id: string): Cell => {
  if (check === undefined) return { className: 'absent', mark: '', hint: `${id}: not on this host` }
  const lines = check.status === 'passed' ? [] : [check.observed.slice(0, 200)]
  return {
    className: check.lost === true ? 'lost' : check.status.replace(' ', '-'),
    mark: check.lost === true ? '?' : (marks[check.status] ?? '–'),
    hint: [`${id}: ${check.status}`, ...lines].join('\n'),
  }
}

const rowOf = (host: HostResult, index: number, columns: readonly string[]) => {
  const byId = new Map(host.checks.map((check) => [check.id, check]))
  return {
    name: host.name,
    anchor: `host-${index}`,
    status: host.status,
    linked: host.status !== 'passed',
    version: host.facts?.version ?? '',
    took: formatSeconds(host.seconds),
    cells: columns.map((id) => cellOf(byId.get(id), id)),
  }
}

const detailOf = (host: HostResult, index: number) => ({
  name: host.name,
  anchor: `host-${index}`,
  address: host.address,
  className: host.status,
  hostname: host.facts?.hostname ?? '',
  red: host.checks.filter(({ status }) => status === 'failed'),
})

/**
 * The results as one self-contained page: no scripts, no external addresses, both colour schemes.
 *
 * @param tool boxhound’s own folder, which has the template.
 */
export const formatPage = async (results: FleetResults, tool: string): Promise<string> => {
  const template = await readFile(join(tool, 'scripts/lib/hosts/page.html.hbs'), 'utf8')
  const columns = columnsOf(results.hosts)
  const handlebars = Handlebars.create()
  handlebars.registerHelper('duration', (seconds: number) => formatSeconds(seconds))
  handlebars.registerHelper('shown', ({ expected }: CheckResult) => expected.startsWith('shown'))
  handlebars.registerHelper('same', (one: unknown, other: unknown) => one === other)
  const render = handlebars.compile(template, { strict: true })
  const open = results.hosts.map(detailOf).filter(({ className }) => className !== 'passed')
  return render({
    ...results,
    green: isGreen(results),
    title: results.planned === 1 ? (results.hosts[0]?.name ?? 'no host') : `${results.planned} hosts`,
    labAgent: results.hosts.some(({ labAgent }) => labAgent),
    columns,
    rows: results.hosts.map((host, index) => rowOf(host, index, columns)),
    open,
    unfolded: open.length <= mostUnfolded,
    passedShare: (results.passed / Math.max(1, results.planned)) * 100,
    failedShare: ((results.failed + results.lost) / Math.max(1, results.planned)) * 100,
  })
}
