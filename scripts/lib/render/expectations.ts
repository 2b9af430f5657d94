// What the suite must see.

import { join } from 'node:path'
import { BoxhoundError } from '../_helpers/errors.ts'
import type { Project } from '../_helpers/paths.ts'
import { type AptRepository, isLabVersion } from '../box/apt-repository.ts'
import type { Box, LogSource } from '../box/box.ts'
import { type CheckDefinition, readDefinition } from '../box/definition.ts'
import { familyOf } from '../systems/families.ts'
import { secretExpectation } from './agent-secrets.ts'
import { assertionsOfBox } from './assertions.ts'
import { intervalsOf, logsOf } from './conf-shape.ts'
import { containerOf, inspectionsOf } from './container-expectation.ts'
import { agentPackageName, configurationOf, hasCloudInit } from './context.ts'
import { membersOf, namesOf } from './layer-accounts.ts'
import { logIntegration } from './log-conf.ts'
import type { CheckExpectation, Expectations, LogExpectation, RenderedLayer } from './rendered-box.ts'

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

/** The check of a database's integration, which the box file doesn't list: the check.yaml of the engine. */
const integrationOf = ({ database }: Box, project: Project): CheckExpectation[] => {
  if (database === null) return []
  const { definition } = readDefinition(database.check.file, project)
  const { name } = database.check
  const { interval } = definition
  const all = expectationOf(definition, { name, interval, tags: database.tags, options: defaults(definition) })
  const absent = database.dbm ? (database.definition.monitoring?.absent ?? []) : []
  const sent = (names: readonly string[]): string[] => names.filter((metric) => !absent.includes(metric))
  return [{ ...all, metrics: sent(all.metrics), rates: sent(all.rates) }]
}

/** A repository as a line of apt's says it: address, suite, components. */
const sourceOf = ({ url, suite, components }: AptRepository, mirror: string | undefined): string =>
  [mirror ?? url, suite, ...components].join(' ')

const databaseOf = (box: Box): Expectations['database'] => {
  const { database, mirrors } = box
  if (database === null) return null
  const { engine, logs, dbm, repository, check, definition } = database
  const { title, unit, client, login, cap, trials, identities, accounts, groups, tables, lines, data } = definition
  const more = dbm ? definition.monitoring : undefined
  const { keep = false, database: mirror } = mirrors ?? {}
  const configuration = configurationOf(check.name)
  return {
    engine,
    dbm,
    title,
    unit,
    check: check.name,
    configuration,
    client,
    login,
    ...(cap === undefined ? {} : { cap }),
    ...(repository === null
      ? {}
      : { source: sourceOf(repository, keep ? mirror : undefined), keyring: repository.keyring }),
    identities,
    accounts,
    groups,
    tables,
    lines,
    data,
    logs: logs ? definition.logs : [],
    rights: { ...definition.rights, exactly: [...definition.rights.exactly, ...(more?.rights ?? [])] },
    trials: {
      allowed: [...trials.allowed, ...(more?.allowed ?? [])],
      refused: [...trials.refused, ...(more?.refused ?? [])],
    },
    inspections: [...inspectionsOf(box), ...(more?.inspections ?? [])],
    seal: [...definition.seal, configuration],
    present: [...definition.present, configuration],
  }
}

const appOf = ({ app }: Box): Expectations['app'] => {
  if (app === null) return null
  const { port, service, env, version } = app
  const { unit, log, source, accounts, groups, routes } = app.definition
  return { port, service, env, version, unit, log, source, accounts, groups, routes }
}

/**
 * The intervals of a check's instances, and the log files that it lets the Agent follow.
 *
 * @throws BoxhoundError E_CONF (exit code 2) when none of them has the check's own: then its `interval` has no effect.
 */
const configuredOf = (
  { name, interval }: Pick<Box['checks'][number], 'name' | 'interval'>,
  layers: readonly RenderedLayer[],
): { intervals: number[]; logs: string[] } => {
  const path = configurationOf(name).slice(1)
  const file = layers.flatMap(({ files }) => files).find((one) => one.path === path)
  if (file === undefined) return { intervals: [], logs: [] }
  const intervals = intervalsOf(file.content)
  if (!intervals.includes(interval))
    throw new BoxhoundError('E_CONF', `no instance of ${name} has the check’s interval`, {
      file: file.source,
      exitCode: 2,
      expected: `min_collection_interval: ${interval} on an instance`,
      found: intervals.map((one) => `every ${one} s`).join(', '),
      next: 'write min_collection_interval: {{check.interval}} on the instance, or correct the interval in check.yaml or the box file',
    })
  return { intervals, logs: logsOf(file.content) }
}

/** Accounts of the image that layers of the user's are the reason for. */
const accountsOf = (layers: readonly RenderedLayer[]): Pick<Expectations, 'accounts'> => {
  const specs = layers.filter(({ own }) => own !== undefined).map(({ spec }) => spec)
  if (specs.length === 0) return {}
  const groups = membersOf({
    users: specs.flatMap(({ users = [] }) => users),
    groups: specs.flatMap(({ groups: own = [] }) => own),
  })
  return { accounts: { names: specs.flatMap(namesOf), groups } }
}

const logExpectation = ({ name, config, trials }: LogSource): LogExpectation => ({
  name,
  integration: logIntegration(name),
  source: config,
  trials,
})

/** Everything that the suite must see on a machine of this box; plain data without a path of this machine. */
export const expectationsOf = (box: Box, layers: readonly RenderedLayer[], project: Project): Expectations => {
  const { version, site, tags, logs, repository, config, secrets, groups, after, flavor, run } = box.agent
  const { keep = false, agent: mirror } = box.mirrors ?? {}
  const { agentPackage, installed, updaters } = familyOf(box.base.system)
  const expect = assertionsOfBox(box, layers)
  return {
    box: box.name,
    version: box.version,
    seed: hasCloudInit(box.base) ? 'nocloud' : 'credentials',
    agent: {
      version,
      package:
        run === 'container'
          ? null
          : {
              command: installed.command(agentPackageName(flavor)),
              version: agentPackage(version),
              state: installed.held,
            },
      lab: isLabVersion(version),
      site,
      tags,
      logs,
      source: sourceOf(repository, keep ? mirror : undefined),
      ...(Object.keys(config).length === 0 ? {} : { config }),
      ...(groups.length === 0 ? {} : { groups }),
      ...(after.length === 0 ? {} : { after }),
      ...(secrets === null ? {} : { secrets: secretExpectation(secrets) }),
    },
    container: containerOf(box),
    checks: [
      ...integrationOf(box, project),
      ...box.checks.map((check) =>
        expectationOf(
          readDefinition(join(check.folder, 'check.yaml'), project).definition,
          check,
          configuredOf(check, layers),
        ),
      ),
      ...box.integrations.map((one) => expectationOf(one.definition, one, configuredOf(one, layers))),
    ],
    ...(box.off.length === 0 ? {} : { idle: box.off }),
    ...(box.logs.length === 0 ? {} : { logs: box.logs.map(logExpectation) }),
    database: databaseOf(box),
    app: appOf(box),
    units: [...new Set(layers.flatMap(({ spec }) => spec.units.enable))],
    off: updaters,
    ...accountsOf(layers),
    ...(expect.length === 0 ? {} : { expect }),
  }
}
