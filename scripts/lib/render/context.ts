// What templates see of a box.

import { boxhoundVersion } from '../_helpers/version.ts'
import type { Flavor } from '../box/agent.ts'
import { agentImageName, appImageName } from '../box/agent-image.ts'
import { isLabVersion } from '../box/apt-repository.ts'
import type { Agent, App, Base, Box, Check, Database, Integration, OwnLayer } from '../box/box.ts'
import { addressesIn } from '../box/subnet.ts'
import { familyOf } from '../systems/families.ts'
import { agentPython } from './agent-python.ts'
import { structured } from './structure.ts'
import type { Context } from './template.ts'

/** Every published image is made for cloud-init; the lab's own Debian base does without. */
export const hasCloudInit = ({ kind }: Base): boolean => kind !== 'lab'

/** Name of the Agent's package. */
export const agentPackageName = (flavor: Flavor): string => (flavor === 'fips' ? 'datadog-fips-agent' : 'datadog-agent')

/**
 * What templates may name: `boxhound`, `box`, `base`, `agent`, `containers`, `database`, `app`; null where a box has none, so that `{{#if database}}` works.
 * Only choices, never a path of this machine: what is rendered must not depend on where it is rendered.
 */
export const contextOf = ({ name, version, base, agent, database, app }: Box): Context => ({
  boxhound: { version: boxhoundVersion },
  box: { name, version },
  base: { system: base.system.name, python: base.system.python, cloudInit: hasCloudInit(base) },
  agent: {
    ...agent,
    package: familyOf(base.system).agentPackage(agent.version),
    packageName: agentPackageName(agent.flavor),
    lab: isLabVersion(agent.version),
    python: agentPython({ agent, base }),
    container: containerContext(agent),
  },
  containers: addressesIn(agent.subnet),
  database: database === null ? null : { ...databaseContext(database), host: databaseHost(agent) },
  app: app === null ? null : { ...appContext(app), container: appContainer(app, agent) },
})

/** The Agent's container: its image and its place on the box's bridge; null for a package. */
const containerContext = (agent: Agent): Context | null => {
  if (agent.run !== 'container') return null
  const { gateway, agent: address } = addressesIn(agent.subnet)
  return { image: agent.image ?? '', name: agentImageName(agent), lab: agent.image === 'lab', gateway, address }
}

/** The address at which the Agent reaches the host's database. */
const databaseHost = ({ run, subnet }: Agent): string =>
  run === 'container' ? addressesIn(subnet).gateway : '127.0.0.1'

/** `logs` are the engine's log files, false where the box collects none. */
const databaseContext = ({
  engine,
  tags,
  logs,
  dbm,
  version,
  repository,
  options,
  check,
  definition,
}: Database): Context => ({
  engine,
  tags,
  dbm,
  version,
  lab: isLabVersion(version),
  repository,
  options: structured(options),
  logs: logs ? definition.logs : false,
  unit: definition.unit,
  port: definition.port,
  seal: [...definition.seal, configurationOf(check.name)],
})

/** The app's container; null on the host. */
const appContainer = ({ run, image, version, definition }: App, { subnet }: Agent): Context | null => {
  if (run !== 'container' || definition.container === undefined) return null
  const { paths, volumes, user, publish } = definition.container
  const name = appImageName({ version, definition })
  const workdir = paths[0] ?? '/'
  const { app: address } = addressesIn(subnet)
  return { image: image ?? '', lab: image === 'lab', name, address, paths, volumes, user, workdir, publish }
}

/** `operation` is that of the first span of its traces. */
const appContext = ({ name, port, service, env, version, trace, definition }: App): Context => ({
  name,
  port,
  service,
  env,
  version,
  trace,
  operation: definition.traces[trace] ?? '',
  unit: definition.unit,
})

/** Where the Agent reads how a check is to run. */
export const configurationOf = (check: string): string => `/etc/datadog-agent/conf.d/${check}.d/conf.yaml`

/** The same, for the files of one check's folder. */
export const checkContext = (box: Box, { name, interval, tags, options }: Check | Integration): Context => ({
  ...contextOf(box),
  check: { name, interval, tags, options: structured(options) },
})

/** The same, for the files of one of the user's layers. */
export const layerContext = (box: Box, { name, options }: OwnLayer): Context => ({
  ...contextOf(box),
  layer: { name, options },
})
