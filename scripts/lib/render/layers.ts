// Folders under provision/ to layers.

import { basename, join } from 'node:path'
import { BoxhoundError } from '../_helpers/errors.ts'
import type { Project } from '../_helpers/paths.ts'
import { assertPlainFolder } from '../_helpers/plain-file.ts'
import type { App, Box, Check, Database, Integration, OwnLayer } from '../box/box.ts'
import { bannerOf, sourceOf } from '../box/folders.ts'
import type { Anchor } from '../box/layer-names.ts'
import { displayPath } from '../box/read.ts'
import { withCompanions } from './agent-companions.ts'
import { agentPython } from './agent-python.ts'
import { secretFiles, secretSettings } from './agent-secrets.ts'
import { mergeSettings } from './agent-settings.ts'
import { checkFiles, confOwners, integrationConf } from './checks.ts'
import { checkContext, contextOf, hasCloudInit, layerContext } from './context.ts'
import { inlineConf } from './inline-conf.ts'
import { emptySpec, type LayerFileContent, mergeSpecs, parseLayerFile } from './layer-spec.ts'
import { logAccess } from './log-access.ts'
import { logConf, logIntegration } from './log-conf.ts'
import { assertFreeName, assertFreePaths, assertNoHelper } from './owned.ts'
import { assertOwnPlaces } from './owned-by-layers.ts'
import { packagesOf } from './packages.ts'
import type { LayerName, RenderedFile, RenderedLayer } from './rendered-box.ts'
import type { Context } from './template.ts'
import { below, findFile, type Place, renderFile, renderTree } from './tree.ts'

interface Part extends LayerFileContent {
  readonly folder: string
  readonly files: readonly RenderedFile[]
  readonly script: RenderedFile | undefined
  readonly data: readonly RenderedFile[]
}

/** layer.yaml, root/, data/ and provision.sh of one folder; each of them may be absent. */
const renderPart = (folder: Place, context: Context, project: Project): Part => {
  assertPlainFolder(folder.file, folder.source)
  const specFile = findFile(folder, 'layer.yaml')
  const rendered = specFile === undefined ? undefined : renderFile(specFile, 'layer.yaml', context)
  const script = findFile(folder, 'provision.sh')
  return {
    folder: folder.source,
    ...(rendered === undefined
      ? { spec: emptySpec, expect: [] }
      : parseLayerFile(rendered.content.toString('utf8'), rendered.source, folder, project)),
    files: renderTree(below(folder, 'root'), context),
    script: script === undefined ? undefined : renderFile(script, 'provision.sh', context),
    data: renderTree(below(folder, 'data'), context),
  }
}

const scriptName = (folder: string, index: number): string =>
  `${String(index + 1).padStart(2, '0')}-${basename(folder).replace(/^\d+-/, '')}.sh`

/** Two folders of one layer that bring the same guest path: one would silently win. */
const assertDistinct = (files: readonly RenderedFile[]): void => {
  const seen = new Map<string, string>()
  for (const { path, source } of files) {
    const other = seen.get(path)
    if (other !== undefined)
      throw new BoxhoundError('E_LAYER', `two files for /${path}`, {
        exitCode: 2,
        file: source,
        expected: 'one file',
        found: `${other} and ${source}`,
        next: 'remove or rename one',
      })
    seen.set(path, source)
  }
}

const layerOf = (name: LayerName, parts: readonly Part[]): RenderedLayer => {
  const files = parts.flatMap((part) => part.files)
  const data = parts.flatMap((part) => part.data)
  for (const tree of [files, data]) assertDistinct(tree)
  const expect = parts.flatMap((part) => part.expect)
  return {
    name,
    ...(expect.length === 0 ? {} : { expect }),
    folders: parts.map(({ folder }) => folder),
    spec: mergeSpecs(parts.map(({ spec }) => spec)),
    files: [...files].sort((a, b) => (a.path < b.path ? -1 : 1)),
    scripts: parts.flatMap(({ folder, script }, index) =>
      script === undefined ? [] : [{ ...script, path: scriptName(folder, index), mode: 0o755 }],
    ),
    data: [...data].sort((a, b) => (a.path < b.path ? -1 : 1)),
  }
}

const placeOf = (folder: string, project: Project): Place => ({
  file: folder,
  source: sourceOf(folder, project),
  banner: bannerOf(folder, project),
})

const checkPart = (box: Box, check: Check, project: Project): Part => {
  const folder: Place = placeOf(check.folder, project)
  assertFreeName(check, folder)
  const context = checkContext(box, check)
  const part = renderPart(folder, context, project)
  const { files, owners } = checkFiles(folder, check.name, context)
  assertNoHelper(check, folder)
  return { ...part, files: [...part.files, ...files], spec: { ...part.spec, owners: [...owners, ...part.spec.owners] } }
}

/** The layer of the packages that checks need; none if they need none. Their locked lists, as one, are what is downloaded and what pip installs. */
const packages = (box: Box, provision: Place, context: Context, project: Project): RenderedLayer[] => {
  const locked = packagesOf(box, project)
  if (locked === undefined) return []
  if (box.agent.run === 'container')
    throw new BoxhoundError('E_CHECK', 'an Agent in a container has no place for the Python packages of checks', {
      file: locked.requirements,
      expected: 'checks that need the packages of the Agent’s image alone',
      found: 'agent.run: container',
      next: 'remove the packages, write run: package, or name an image that has them',
      exitCode: 2,
    })
  const part = renderPart(below(provision, '45-packages'), context, project)
  const set = { name: 'checks', python: agentPython(box), ...locked }
  const list: RenderedFile = {
    path: 'requirements.txt',
    mode: 0o644,
    content: Buffer.from(locked.list),
    source: locked.requirements,
    language: 'text',
  }
  const spec = { ...part.spec, wheels: [...part.spec.wheels, set] }
  return [layerOf('packages', [{ ...part, spec, data: [...part.data, list] }])]
}

/** The configuration of an integration: from the box file, or from a folder that may bring more files, packages and units. */
const integrationPart = (box: Box, integration: Integration, project: Project): Part => {
  const { name, config } = integration
  if (config !== null) {
    const file = inlineConf(config, integration, box, project)
    const spec = { ...emptySpec, owners: confOwners(name) }
    return { folder: `integrations/${name}`, spec, files: [file], script: undefined, data: [], expect: [] }
  }
  const folder = placeOf(integration.folder, project)
  const context = checkContext(box, integration)
  const part = renderPart(folder, context, project)
  const owners = [...confOwners(name), ...part.spec.owners]
  return {
    ...part,
    files: [...part.files, integrationConf(folder, name, context)],
    spec: { ...part.spec, owners },
  }
}

/** Configurations of the box's log sources, and the rights that the Agent needs for them. */
const logPart = (box: Box, provision: Place, context: Context, project: Project): Part => {
  const journal = box.logs.some(({ config }) => config.type === 'journald')
  const folder = below(provision, '50-logs')
  const part = renderPart(folder, { ...context, logs: { access: logAccess(box.logs), journal } }, project)
  return {
    ...part,
    files: [...part.files, ...box.logs.map((log) => logConf(log, box, project))],
    spec: { ...part.spec, owners: box.logs.flatMap(({ name }) => confOwners(logIntegration(name))) },
  }
}

/** What every box has, and what only an image with cloud-init needs. */
const base = (box: Box, provision: Place, context: Context, project: Project): RenderedLayer =>
  layerOf(
    'base',
    ['10-base', ...(hasCloudInit(box.base) ? ['10-base/cloud-init'] : [])].map((folder) =>
      renderPart(below(provision, folder), context, project),
    ),
  )

/** What the Agent needs in a container or from a package, around what both need. */
const agentFolders = ({ agent: { run } }: Box): string[] =>
  run === 'container' ? ['15-containers', '20-agent', '20-agent/container'] : ['20-agent', '20-agent/package']

/** The Agent with what the box file configures it by. */
const agentLayer = (box: Box, provision: Place, context: Context, project: Project): RenderedLayer => {
  const { config, secrets, after } = box.agent
  const boxFile = displayPath(box.file, project)
  const part = (folder: string) => renderPart(below(provision, folder), context, project)
  const store = secrets === null ? undefined : secretFiles(secrets, part('20-agent/secrets'), boxFile)
  const layer = layerOf('agent', [
    ...agentFolders(box).map((folder, index) =>
      index === 0 ? withCompanions(box.agent, part(folder), boxFile) : part(folder),
    ),
    ...(after.length === 0 ? [] : [part('20-agent/after')]),
    ...(store === undefined ? [] : [store]),
  ])
  const own = secrets === null ? {} : secretSettings(secrets)
  return mergeSettings(layer, { ...own, ...config }, boxFile)
}

/** What every image is sealed by, and after it what a closed network wants to stay in the image. */
const seal = (
  { agent }: Box,
  provision: Place,
  context: Context,
  kept: Context | undefined,
  project: Project,
): RenderedLayer =>
  layerOf('seal', [
    // Any layer may make a group, so the Agent joins them last.
    ...(agent.groups.length === 0 ? [] : [renderPart(below(provision, '90-seal/groups'), context, project)]),
    renderPart(below(provision, '90-seal'), context, project),
    ...(kept === undefined
      ? []
      : [renderPart(below(provision, '90-seal/mirrors'), { ...context, mirrors: kept }, project)]),
  ])

/** The user's layers that follow one of boxhound's, in the order of the box file. */
const following = (after: Anchor, box: Box, project: Project): RenderedLayer[] =>
  (box.layers ?? [])
    .filter((one) => one.after === after)
    .map((one: OwnLayer, index) => {
      const part = renderPart(placeOf(one.folder, project), layerContext(box, one), project)
      return { ...layerOf(one.name, [part]), own: { after, index } }
    })

/**
 * The layers of a box, bottom up. A choice that the box leaves out has no layer.
 *
 * @param kept mirrors that stay in the image.
 */
export const renderLayers = (box: Box, project: Project, kept?: Context): RenderedLayer[] => {
  const context = contextOf(box)
  const provision = placeOf(join(project.tool, 'provision'), project)
  const chosen = (folder: string) => renderPart(placeOf(folder, project), context, project)
  /** What every engine needs that the distribution does not have: the repository of its publisher. */
  const published = ({ repository }: Database) =>
    repository === null ? [] : [renderPart(below(provision, '30-database/_repository'), context, project)]
  const checkParts = [
    ...box.checks.map((check) => checkPart(box, check, project)),
    ...box.integrations.map((integration) => integrationPart(box, integration, project)),
    ...(box.off.length === 0
      ? []
      : [renderPart(below(provision, '50-integrations/_off'), { ...context, off: box.off }, project)]),
    ...(box.logs.length === 0 ? [] : [logPart(box, provision, context, project)]),
  ]
  /** Its container's image is made last, from what the other folders have installed. */
  const appParts = ({ folders, run }: App): Part[] => {
    const own = folders.map(chosen)
    const part = (folder: string) => renderPart(below(provision, folder), context, project)
    if (run === 'host') return own
    return [...(box.agent.run === 'container' ? [] : [part('15-containers')]), ...own, part('40-app/_container')]
  }
  const layers = [
    base(box, provision, context, project),
    agentLayer(box, provision, context, project),
    ...following('agent', box, project),
    ...(box.database === null
      ? []
      : [layerOf('database', [...published(box.database), ...box.database.folders.map(chosen)])]),
    ...following('database', box, project),
    ...(box.app === null ? [] : [layerOf('app', appParts(box.app))]),
    ...following('app', box, project),
    ...packages(box, provision, context, project),
    ...(checkParts.length === 0 ? [] : [layerOf('checks', checkParts)]),
    ...following('checks', box, project),
    seal(box, provision, context, kept, project),
  ]
  assertFreePaths(layers)
  assertOwnPlaces(layers, box)
  return layers
}
