import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Project } from '../_helpers/paths.ts'
import { type CheckDefinition, readDefinition } from '../box/definition.ts'
import type { Box } from '../box/types.ts'
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
): CheckExpectation => {
  const { metrics, rates, serviceChecks, tags: own, warnings } = definition.expect
  return {
    name,
    interval,
    metrics,
    rates,
    serviceChecks,
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
        expectationOf(readDefinition(join(check.folder, 'check.yaml'), project).definition, check),
      ),
    ],
    database: databaseOf(box, project),
    app: appOf(box, project),
    units: [...new Set(layers.flatMap(({ spec }) => spec.units.enable))],
  }
}
