// A box file, read, checked and resolved.

import { existsSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { BoxhoundError } from '../_helpers/errors.ts'
import type { Project } from '../_helpers/paths.ts'
import type { AgentConfiguration } from './agent.ts'
import { agentConfiguration } from './agent-configuration.ts'
import { type AppDefinition, readApp, traceProblem } from './app.ts'
import type { AptRepository } from './apt-repository.ts'
import type { Agent, App, Base, Box, Check, Database, Image, Observe, System } from './box.ts'
import { fromCaller } from './caller.ts'
import { readDefinition } from './definition.ts'
import { containerProblem, monitoringProblem, readEngine } from './engine.ts'
import { assertionsOf } from './expect.ts'
import { boxNames, foldersOf, lentBox, ownFolder } from './folders.ts'
import { gossOf } from './goss/goss.ts'
import { integrationsOf } from './integrations.ts'
import { logsOf, type TakenPort } from './logs.ts'
import { nearest, suggest } from './nearest.ts'
import { resolveOptions } from './options.ts'
import { ownLayersOf } from './own-layers.ts'
import type { Problem } from './problems.ts'
import { labRepository, publishedBy } from './publisher.ts'
import { displayPath, readSource } from './read.ts'
import { type BoxFile, boxFile, takenPorts } from './schema.ts'
import { appContainerProblems } from './schema-app-container.ts'
import { requirementProblems } from './schema-requires.ts'
import { foundAt, keyOffset, type Path, type Source, valueOffset } from './source.ts'
import { defaultSubnet } from './subnet.ts'
import { readSystems, systemsFile } from './systems.ts'
import { assertNone, unknownKey, validate } from './validate.ts'

/** Datadog's own repository and the keys that sign it (guide/agent-contract.md, "Installation"). */
export const datadogRepository: AptRepository = {
  lab: false,
  url: 'https://apt.datadoghq.com/',
  suite: 'stable',
  components: ['7'],
  keys: [
    'D18886567EABAD8B2D2526900D826EB906462314',
    '5F1E256061D813B125E156E8E6266D4AC0962C7D',
    'D75CEA17048B9ACBF186794B32637D44F14F620E',
  ],
  keyUrls: ['CURRENT', '06462314', 'C0962C7D', 'F14F620E'].map(
    (id) => `https://keys.datadoghq.com/DATADOG_APT_KEY_${id}.public`,
  ),
}

/** The lab's in its place. */
const labAgent = labRepository('lab/agent', 'http://apt.lab.invalid/')

const fileOf = (nameOrFile: string, project: Project): string => {
  if (/[/\\]|\.ya?ml$/.test(nameOrFile)) return fromCaller(nameOrFile)
  const known = boxNames(project)
  if (known.includes(nameOrFile)) return join(project.root, 'boxes', `${nameOrFile}.yaml`)
  const lent = lentBox(nameOrFile, project)
  if (lent !== undefined) return lent
  throw new BoxhoundError('E_BOX_UNKNOWN', `no box named "${nameOrFile}"`, {
    expected: 'the name of a file in boxes/ without .yaml, or a path',
    found: nameOrFile,
    exitCode: 2,
    next: suggest(nameOrFile, known),
  })
}

/** What the lab makes: Debian 13, plain or as a cloud image. */
const labSystem = 'debian-13'

const baseOf = ({ lab, image = '', sha256 = '' }: BoxFile['base'], system: System, file: string): Base => {
  if (lab === 'trixie') return { kind: 'lab', release: lab, system }
  if (lab === 'cloud') return { kind: 'lab-image', release: lab, system }
  const path = /^[a-z][a-z0-9+.-]*:/i.test(image) ? image : resolve(dirname(file), image)
  return { kind: 'image', image: path, sha256, system }
}

/** GiB of a cloud image's disk: room for the packages of all layers, and growth at first boot where the cloud gives more. */
const defaultSize = '10G'

const imageOf = (given: BoxFile['image'], base: Base): Image => {
  const size = given?.size ?? (base.kind === 'lab' ? null : defaultSize)
  const others = (given?.formats ?? []).filter((format) => format !== 'qcow2')
  return { size: size === null ? null : Number.parseInt(size, 10) * 2 ** 30, formats: ['qcow2', ...others] }
}

const agentOf = (
  { repository, version, site, tags, logs, run, image, subnet = defaultSubnet }: BoxFile['agent'],
  rest: AgentConfiguration,
): Agent => ({
  version,
  site,
  tags,
  logs,
  run,
  image: image ?? null,
  subnet,
  ...rest,
  repository:
    repository === 'lab' ? labAgent : repository === undefined ? datadogRepository : { lab: false, ...repository },
})

type Choice = Exclude<Parameters<typeof foldersOf>[0], 'integration'>

const words: Readonly<Record<Choice, string>> = { database: 'database engine', app: 'app', check: 'check' }
const guides: Readonly<Record<Choice, string>> = {
  database: 'guide/databases.md',
  app: 'guide/apps.md',
  check: 'guide/checks.md',
}

const unknownChoice = (
  source: Source,
  path: Path,
  name: string,
  what: string,
  folder: string,
  known: readonly string[],
): Problem[] => {
  if (known.includes(name)) return []
  const best = nearest(name, known)
  const adding = folder.endsWith('/') ? `add a folder ${folder}${name}/` : `choose one of them, or add it to ${folder}`
  return [
    {
      offset: foundAt(source, path) === 'nothing' ? keyOffset(source, path.slice(0, -1)) : valueOffset(source, path),
      message: `no ${what} named "${name}"`,
      expected: known.length === 0 ? `a folder under ${folder}` : `one of ${known.join(', ')}`,
      found: name,
      next: best === undefined ? adding : `did you mean "${best}"?`,
    },
  ]
}

const observeOf = (given: BoxFile['observe']): Observe => ({
  host: given?.host ?? null,
  timezone: given?.timezone ?? 'account',
  handles: given?.handles ?? [],
  tags: given?.tags ?? [],
  monitors: given?.monitors ?? {},
  boards: given?.boards ?? [],
  exports: given?.exports ?? [],
  downtimes: given?.downtimes === false ? null : (given?.downtimes ?? { evening: '19:00', morning: '09:00' }),
})

/** The folder that a name of the box file chooses; undefined together with what is wrong. */
const choose = (
  kind: Choice,
  name: string,
  path: Path,
  source: Source,
  file: string,
  project: Project,
): { readonly folder: string | undefined; readonly problems: readonly Problem[] } => {
  const folders = foldersOf(kind, file, project)
  const folder = folders.get(name)
  if (folder !== undefined) return { folder, problems: [] }
  const own = `${displayPath(ownFolder(kind, file), project)}/`
  const [problem] = unknownChoice(source, path, name, words[kind], own, [...folders.keys()])
  // A folder that lacks the one file by which it is known is what was meant.
  const marker = `${kind}.yaml`
  const half = existsSync(join(ownFolder(kind, file), name))
    ? { message: `${own}${name} has no ${marker}`, next: `add ${own}${name}/${marker}; ${guides[kind]} shows how` }
    : {}
  return { folder, problems: problem === undefined ? [] : [{ ...problem, ...half }] }
}

/** The checks of a box, each with its folder found and its options filled in. */
const checksOf = (entries: NonNullable<BoxFile['checks']>, source: Source, file: string, project: Project) => {
  const problems: Problem[] = []
  const checks: Check[] = []
  for (const [name, given] of Object.entries(entries)) {
    const path = ['checks', name]
    const { folder, problems: unknown } = choose('check', name, path, source, file, project)
    problems.push(...unknown.map((problem) => ({ ...problem, offset: keyOffset(source, path) })))
    if (folder === undefined) continue
    const { definition } = readDefinition(join(folder, 'check.yaml'), project)
    const resolved = resolveOptions(definition, given?.options ?? {}, source, path)
    problems.push(...resolved.problems)
    checks.push({
      name,
      folder,
      interval: given?.interval ?? definition.interval,
      tags: given?.tags ?? [],
      options: resolved.options,
    })
  }
  return { checks, problems }
}

const databaseOf = (
  { database: given, agent }: BoxFile,
  system: System,
  known: readonly string[],
  source: Source,
  file: string,
  project: Project,
): { readonly database: Database | null; readonly problems: readonly Problem[] } => {
  if (given == null) return { database: null, problems: [] }
  const { folder, problems } = choose('database', given.engine, ['database', 'engine'], source, file, project)
  if (folder === undefined) return { database: null, problems }
  const engine = readEngine(folder, system.name, project, given.version)
  const { definition } = engine
  const { repository, problems: unpublished } = publishedBy(
    definition,
    given.version,
    { system: system.name, known },
    source,
  )
  const { options, problems: unfit } = resolveOptions(
    { options: definition.options, rules: [] },
    given.options ?? {},
    source,
    ['database'],
  )
  const check = fileIn(engine.folders, 'check.yaml')
  const { name = given.engine } = readDefinition(check, project).definition
  return {
    database: {
      ...given,
      logs: given.logs ?? agent.logs,
      ...engine,
      repository,
      options,
      check: { name, file: check },
    },
    problems: [
      ...unpublished,
      ...unfit,
      ...(given.dbm && definition.monitoring === undefined ? [monitoringProblem(source, definition.title)] : []),
      ...(agent.run === 'container' && definition.container === undefined
        ? [containerProblem(source, definition.title)]
        : []),
    ],
  }
}

/** The last of an engine's folders that has a file; without any the path where it is missing. */
const fileIn = (folders: readonly string[], name: string): string => {
  const paths = folders.map((folder) => join(folder, name))
  return paths.findLast(existsSync) ?? paths.at(-1) ?? name
}

const appOf = (
  given: NonNullable<BoxFile['app']>,
  database: Database | null,
  source: Source,
  file: string,
  project: Project,
): { readonly app: App | null; readonly problems: readonly Problem[] } => {
  const { folder, problems } = choose('app', given.name, ['app', 'name'], source, file, project)
  if (folder === undefined) return { app: null, problems }
  const { definition, folders } = readApp(folder, project)
  const { trace, traffic = {}, image = null } = given
  return {
    app: { ...given, image, traffic, definition, folders },
    problems: [
      ...(database?.definition.port === given.port ? [portProblem(source, database)] : []),
      ...(trace === 'run' || trace in definition.traces ? [] : [traceProblem(source, given.name, definition)]),
      ...routeProblems(traffic, definition, source),
      ...appContainerProblems(given, definition, source),
    ],
  }
}

/** Shares of routes that the app doesn't have. */
const routeProblems = (traffic: App['traffic'], { routes }: AppDefinition, source: Source): readonly Problem[] => {
  const known = routes.map(({ path }) => path)
  return Object.keys(traffic)
    .filter((path) => !known.includes(path))
    .map((path) => ({
      ...unknownKey(['app', 'traffic', path], known, source),
      message: `the app has no route "${path}"`,
    }))
}

const portsOf = (database: Database | null, app: App | null): TakenPort[] => [
  ...takenPorts.map((port) => ({ port, owner: port === 22 ? 'ssh' : 'the Agent' })),
  ...(database === null ? [] : [{ port: database.definition.port, owner: database.definition.title }]),
  ...(app === null ? [] : [{ port: app.port, owner: 'the app' }]),
]

const portProblem = (source: Source, { definition: { title, port } }: Database): Problem => ({
  offset: valueOffset(source, ['app', 'port']),
  message: `port ${port} is taken by ${title}`,
  expected: 'a free port',
  found: foundAt(source, ['app', 'port']),
  next: 'give the app another port',
})

/**
 * Reads a box file, checks it, fills in defaults and resolves its choices to folders.
 *
 * @param nameOrFile `lab` for boxes/lab.yaml, or a path, which then contains a slash or ends in .yaml.
 * @throws BoxhoundError, exit code 2: every problem of the file with line, column, what was expected and what was found.
 */
export const loadBox = async (nameOrFile: string, project: Project): Promise<Box> => {
  const file = fileOf(nameOrFile, project)
  const source = readSource(file, project)
  const { data, problems } = validate(source, boxFile)
  assertNone(source, problems)
  if (data === undefined) throw new Error('a box file without problems has data')
  assertNone(source, requirementProblems(data.boxhound, source))
  const { checks, problems: checkProblems } = checksOf(data.checks ?? {}, source, file, project)
  const systems = readSystems(project)
  const systemName = data.base.system ?? labSystem
  const system = systems.get(systemName)
  if (system === undefined) {
    assertNone(
      source,
      unknownChoice(source, ['base', 'system'], systemName, 'system', systemsFile, [...systems.keys()]),
    )
    throw new Error(`${systemsFile} has no ${systemName}`)
  }
  const base = baseOf(data.base, system, file)
  const { database, problems: databaseProblems } = databaseOf(data, system, [...systems.keys()], source, file, project)
  const { app, problems: appProblems } =
    data.app == null ? { app: null, problems: [] } : appOf(data.app, database, source, file, project)
  const anchors = [
    'agent' as const,
    ...(data.database == null ? [] : ['database' as const]),
    ...(data.app == null ? [] : ['app' as const]),
    // Integrations and log sources are in the layer of the checks.
    ...(Object.keys({ ...data.checks, ...data.integrations, ...data.logs }).length === 0 ? [] : ['checks' as const]),
  ]
  const { layers, problems: layerProblems } = ownLayersOf(data.layers ?? [], anchors, source, file, project)
  const goss = gossOf(data.goss, source, file, project)
  const taken = { checks: Object.keys(data.checks ?? {}), database: database?.check.name ?? null }
  const {
    integrations,
    off,
    problems: integrationProblems,
  } = integrationsOf(data.integrations ?? {}, { taken, logs: data.agent.logs }, source, file, project)
  const { logs, problems: logProblems } = logsOf(
    data.logs ?? {},
    { collected: data.agent.logs, taken: portsOf(database, app) },
    source,
  )
  const named = file === join(project.root, 'boxes', `${nameOrFile}.yaml`) && data.box !== nameOrFile
  const { configuration, problems: agentProblems, notes } = agentConfiguration(data, file, source)
  assertNone(source, [
    ...agentProblems,
    ...(named ? [wrongName(source, nameOrFile, data.box)] : []),
    ...databaseProblems,
    ...appProblems,
    ...checkProblems,
    ...layerProblems,
    ...goss.problems,
    ...integrationProblems,
    ...logProblems,
  ])
  const expect = [...(data.expect == null ? [] : assertionsOf(data.expect)), ...goss.assertions]
  const allNotes = [...notes, ...goss.notes]
  return {
    name: data.box,
    version: data.version,
    file,
    base,
    agent: agentOf(data.agent, configuration),
    database,
    checks,
    integrations,
    off,
    logs,
    app,
    image: imageOf(data.image, base),
    observe: observeOf(data.observe),
    refreshDays: data.refresh?.days ?? 7,
    ...(data.mirrors === undefined ? {} : { mirrors: data.mirrors }),
    ...(data.cache === undefined ? {} : { cache: { from: data.cache.from, plainHttp: data.cache.plainHttp ?? false } }),
    ...(layers.length === 0 ? {} : { layers }),
    ...(expect.length === 0 ? {} : { expect }),
    ...(goss.file === undefined ? {} : { goss: goss.file }),
    ...(allNotes.length === 0 ? {} : { notes: allNotes }),
  }
}

const wrongName = (source: Source, expected: string, found: string): Problem => ({
  offset: valueOffset(source, ['box']),
  message: `the box is named "${found}" and its file "${expected}.yaml"`,
  expected,
  found,
  next: 'give both one name: results are published under it',
})
