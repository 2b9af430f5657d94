// Folders under provision/ to layers.

import { basename, join } from 'node:path'
import { BoxhoundError } from '../_helpers/errors.ts'
import type { Project } from '../_helpers/paths.ts'
import { assertPlainFolder } from '../_helpers/plain-file.ts'
import type { App, Box, Check, Database } from '../box/box.ts'
import { bannerOf, sourceOf } from '../box/folders.ts'
import { displayPath } from '../box/read.ts'
import { mergeSettings } from './agent-settings.ts'
import { checkFiles } from './checks.ts'
import { checkContext, contextOf, hasCloudInit } from './context.ts'
import { emptySpec, mergeSpecs, parseLayerSpec } from './layer-spec.ts'
import { assertFreeName, assertFreePaths, assertNoHelper } from './owned.ts'
import type { LayerName, LayerSpec, RenderedFile, RenderedLayer } from './rendered-box.ts'
import type { Context } from './template.ts'
import { below, findFile, type Place, renderFile, renderTree } from './tree.ts'

interface Part {
  readonly folder: string
  readonly spec: LayerSpec
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
    spec:
      rendered === undefined
        ? emptySpec
        : parseLayerSpec(rendered.content.toString('utf8'), rendered.source, folder, project),
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
  return {
    name,
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

/** What every box has, and what only an image with cloud-init needs. */
const base = (box: Box, provision: Place, context: Context, project: Project): RenderedLayer =>
  layerOf(
    'base',
    ['10-base', ...(hasCloudInit(box.base) ? ['10-base/cloud-init'] : [])].map((folder) =>
      renderPart(below(provision, folder), context, project),
    ),
  )

/** What every image is sealed by, and after it what a closed network wants to stay in the image. */
const seal = (provision: Place, context: Context, kept: Context | undefined, project: Project): RenderedLayer =>
  layerOf('seal', [
    renderPart(below(provision, '90-seal'), context, project),
    ...(kept === undefined
      ? []
      : [renderPart(below(provision, '90-seal/mirrors'), { ...context, mirrors: kept }, project)]),
  ])

/** What the Agent needs in a container or from a package, around what both need. */
const agentFolders = ({ agent: { run } }: Box): string[] =>
  run === 'container' ? ['15-containers', '20-agent', '20-agent/container'] : ['20-agent', '20-agent/package']

/**
 * The layers of a box, bottom up. A choice that the box leaves out has no layer.
 *
 * @param kept mirrors that stay in the image.
 */
export const renderLayers = (box: Box, project: Project, kept?: Context): RenderedLayer[] => {
  const context = contextOf(box)
  const provision = placeOf(join(project.tool, 'provision'), project)
  const layer = (name: LayerName, folders: readonly string[]) =>
    layerOf(
      name,
      folders.map((folder) => renderPart(below(provision, folder), context, project)),
    )
  const chosen = (folder: string) => renderPart(placeOf(folder, project), context, project)
  /** What every engine needs that the distribution does not have: the repository of its publisher. */
  const published = ({ repository }: Database) =>
    repository === null ? [] : [renderPart(below(provision, '30-database/_repository'), context, project)]
  /** Its container's image is made last, from what the other folders have installed. */
  const appParts = ({ folders, run }: App): Part[] => {
    const own = folders.map(chosen)
    const part = (folder: string) => renderPart(below(provision, folder), context, project)
    if (run === 'host') return own
    return [...(box.agent.run === 'container' ? [] : [part('15-containers')]), ...own, part('40-app/_container')]
  }
  const layers = [
    base(box, provision, context, project),
    mergeSettings(layer('agent', agentFolders(box)), box.agent.config, displayPath(box.file, project)),
    ...(box.database === null
      ? []
      : [layerOf('database', [...published(box.database), ...box.database.folders.map(chosen)])]),
    ...(box.app === null ? [] : [layerOf('app', appParts(box.app))]),
    ...(box.checks.length === 0
      ? []
      : [
          layerOf(
            'checks',
            box.checks.map((check) => checkPart(box, check, project)),
          ),
        ]),
    seal(provision, context, kept, project),
  ]
  assertFreePaths(layers)
  return layers
}
