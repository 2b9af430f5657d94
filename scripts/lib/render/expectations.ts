// What the suite must see.

import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { BoxhoundError } from '../_helpers/errors.ts'
import type { Project } from '../_helpers/paths.ts'
import { type CheckDefinition, readDefinition } from '../box/definition.ts'
import type { Box } from '../box/types.ts'
import { intervalsOf, logsOf } from './conf-shape.ts'
import { hasCloudInit } from './context.ts'
import { readApp, readDatabase } from './data.ts'
import type { CheckExpectation, Expectations, RenderedLayer } from './types.ts'

type Bound = number | { readonly option: string }

const rangesOf = (
  definition: CheckDefinition,
  options: Readonly<Record<string, unknown>>,
): CheckExpectation['ranges'] => {
  const number = (bound: Bound): number => Number(typeof bound === 'number' ? bound : options[bound.option])
  return Object.fromEntries(
    Object.entries(definition.expect.ranges).map(([metric, { min, max }]) => [
      metric,
      { min: number(min), max: number(max) },
    ]),
  )
}

/** What the suite must see of a check, tags of the box file included. */
const expectationOf = (
  definition: CheckDefinition,
  { name, interval, tags, options }: Pick<Box['checks'][number], 'name' | 'interval' | 'tags' | 'options'>,
  { intervals, logs }: { intervals: readonly number[]; logs: readonly string[] } = { intervals: [], logs: [] },
): CheckExpectation => {
  const { metrics, rates, serviceChecks, tags: own, warnings } = definition.expect
  const states = Array.isArray(serviceChecks) ? {} : serviceChecks
  return {
    name,
    interval,
    ...(intervals.every((one) => one === interval) ? {} : { intervals }),
    ...(logs.length === 0 ? {} : { logs }),
    metrics,
    rates,
    serviceChecks: Array.isArray(serviceChecks) ? serviceChecks : Object.keys(serviceChecks),
    ...(Object.values(states).every((state) => state === 'ok') ? {} : { states }),
    tags: [...new Set([...own, ...tags])],
    warnings,
    ranges: rangesOf(definition, options),
  }
}

const defaults = ({ options }: CheckDefinition) =>
  Object.fromEntries(
    Object.entries(options).flatMap(([name, { default: value }]) => (value === undefined ? [] : [[name, value]])),
  )

/** The check of a database's integration, which the box file doesn't list: `30-database/ENGINE/check.yaml`. */
const integrationOf = ({ database }: Box, project: Project): CheckExpectation[] => {
  if (database === null) return []
  const file = join(project.root, 'provision/30-database', database.engine, 'check.yaml')
  if (!existsSync(file)) return []
  const { definition } = readDefinition(file, project)
  const { name = database.engine, interval } = definition
  return [expectationOf(definition, { name, interval, tags: database.tags, options: defaults(definition) })]
}

const databaseOf = ({ database }: Box, project: Project): Expectations['database'] => {
  if (database === null) return null
  const { unit, logs, grants } = readDatabase(database.engine, project)
  return { engine: database.engine, unit, logs: database.logs ? logs : [], grants }
}

const appOf = ({ app }: Box, project: Project): Expectations['app'] => {
  if (app === null) return null
  const { name, ...settings } = app
  return { ...settings, ...readApp(name, project) }
}

/**
 * The intervals of a check's instances, and the log files that it lets the Agent follow.
 *
 * @throws BoxhoundError E_CONF (exit code 2) when none of them has the check's own: then its `interval` has no effect.
 */
const configurationOf = (
  { name, interval }: Box['checks'][number],
  layers: readonly RenderedLayer[],
): { intervals: number[]; logs: string[] } => {
  const path = `etc/datadog-agent/conf.d/${name}.d/conf.yaml`
  const file = layers.flatMap(({ files }) => files).find((one) => one.path === path)
  if (file === undefined) return { intervals: [], logs: [] }
  const intervals = intervalsOf(file.content)
  if (!intervals.includes(interval))
    throw new BoxhoundError('E_CONF', `no instance of ${name} has the interval of the check`, {
      ...{ file: file.source, exitCode: 2, expected: `min_collection_interval: ${interval} on an instance` },
      found: intervals.map((one) => `each ${one} s`).join(', '),
      next: 'write min_collection_interval: {{check.interval}} on the instance, or correct the interval in check.yaml or the box file',
    })
  return { intervals, logs: logsOf(file.content) }
}

/** Everything that the suite must see on a machine of this box; plain data without a path of this machine. */
export const expectationsOf = (box: Box, layers: readonly RenderedLayer[], project: Project): Expectations => {
  const { version, site, tags, logs, repository } = box.agent
  const { keep = false, agent: mirror } = box.mirrors ?? {}
  const address = keep ? (mirror ?? repository.url) : repository.url
  return {
    box: box.name,
    version: box.version,
    seed: hasCloudInit(box.base) ? 'nocloud' : 'credentials',
    agent: {
      version,
      lab: version.endsWith('+lab'),
      site,
      tags,
      logs,
      source: [address, repository.suite, ...repository.components].join(' '),
    },
    checks: [
      ...integrationOf(box, project),
      ...box.checks.map((check) =>
        expectationOf(
          readDefinition(join(check.folder, 'check.yaml'), project).definition,
          check,
          configurationOf(check, layers),
        ),
      ),
    ],
    database: databaseOf(box, project),
    app: appOf(box, project),
    units: [...new Set(layers.flatMap(({ spec }) => spec.units.enable))],
  }
}
