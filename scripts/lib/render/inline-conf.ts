// Renders an integration's configuration that stands in the box file.

import { Document, isMap, isScalar, isSeq, type Node, parseDocument, visit } from 'yaml'
import type { JsonObject } from '../_helpers/json.ts'
import type { Project } from '../_helpers/paths.ts'
import type { Box, InlineConfig, Integration } from '../box/box.ts'
import { bannerOf } from '../box/folders.ts'
import { displayPath, readSource } from '../box/read.ts'
import { nodeAt, type Path } from '../box/source.ts'
import { confOf } from './checks.ts'
import { assertConfShape } from './conf-shape.ts'
import type { Origin } from './origin.ts'
import type { RenderedFile } from './rendered-box.ts'
import { assertNoSecrets } from './secrets.ts'

/** An instance with the interval and tags of the entry; its own interval stays. */
const instanceOf = (instance: JsonObject, { interval, tags }: Integration): JsonObject => {
  const { min_collection_interval: own = interval, tags: given, ...rest } = instance
  const all = [...new Set([...(Array.isArray(given) ? given : []), ...tags])]
  return { ...rest, ...(all.length === 0 ? {} : { tags: all }), min_collection_interval: own }
}

const documentOf = (config: InlineConfig, integration: Integration): JsonObject => ({
  init_config: config.init_config ?? {},
  instances: config.instances.map((instance) => instanceOf(instance, integration)),
  ...(config.logs === undefined ? {} : { logs: config.logs }),
})

/**
 * The data as YAML that Agents read alike: text is quoted, since they parse YAML 1.1, in which `no` and `1_000` are not text.
 */
export const yamlOf = (data: unknown): string => {
  const document = new Document(data, {
    version: '1.1',
    customTags: (tags) => tags.filter((tag) => typeof tag === 'string' || tag.tag !== 'tag:yaml.org,2002:merge'),
  })
  visit(document, {
    // A key is quoted only where it must be; without quotes, << would merge maps.
    Pair: (_, { key }) => {
      if (isScalar(key)) key.type = key.value === '<<' ? 'QUOTE_DOUBLE' : 'PLAIN'
    },
  })
  return document.toString({ defaultStringType: 'QUOTE_DOUBLE', lineWidth: 0 })
}

/** Paths of all nodes with the line that each begins in; 1-based. */
const places = (text: string): { readonly path: Path; readonly line: number }[] => {
  const found: { path: Path; line: number }[] = []
  const lineOf = (offset: number): number => text.slice(0, offset).split('\n').length
  const enter = (node: Node | null, path: Path, at: number): void => {
    found.push({ path, line: lineOf(at) })
    if (isMap(node))
      for (const { key, value } of node.items)
        if (isScalar(key)) enter(value as Node | null, [...path, String(key.value)], key.range?.[0] ?? at)
    if (isSeq(node))
      for (const [index, item] of node.items.entries())
        enter(item as Node | null, [...path, index], (item as Node | null)?.range?.[0] ?? at)
  }
  enter(parseDocument(text, { version: '1.1' }).contents, [], 0)
  return found
}

/** Where a file goes, which entry of the box file it comes from, and where in the file that entry is. */
interface InlinePlace {
  readonly path: string
  readonly base: Path
  readonly below?: Path
  readonly isCheck?: boolean
}

/** The box file, and for each line of the rendered text the line there. */
const originIn = (text: string, { base, below = [] }: InlinePlace, { file }: Box, project: Project): Origin => {
  const source = readSource(file, project)
  const lineAt = (path: Path): number | undefined => {
    const offset = nodeAt(source, [...base, ...path.slice(below.length)])?.range?.[0]
    return offset === undefined ? undefined : source.text.slice(0, offset).split('\n').length
  }
  const entry = lineAt([]) ?? 1
  const known = places(text)
  const lines = text.split('\n').map((_, index) => {
    const here = known.filter(({ line }) => line <= index + 1).at(-1)
    return (here && lineAt(here.path)) ?? entry
  })
  return { template: source.text, lines }
}

/**
 * A configuration of the Agent made from data of the box file.
 *
 * @throws BoxhoundError E_SECRET or E_CONF (exit code 2) with the line of the box file.
 */
export const inlineFile = (data: JsonObject, place: InlinePlace, box: Box, project: Project): RenderedFile => {
  const text = `# rendered from ${bannerOf(box.file, project)}, do not edit\n${yamlOf(data)}`
  const file: RenderedFile = {
    path: place.path,
    mode: 0o640,
    content: Buffer.from(text, 'utf8'),
    source: displayPath(box.file, project),
    language: 'yaml',
  }
  const origin = (): Origin => originIn(text, place, box, project)
  assertNoSecrets(file, origin)
  assertConfShape(file, place.isCheck === true, origin)
  return file
}

/** The conf.yaml of an integration that the box file configures itself; throws as `inlineFile`. */
export const inlineConf = (
  config: InlineConfig,
  integration: Integration,
  box: Box,
  project: Project,
): RenderedFile => {
  const { name } = integration
  const place = { path: confOf(name), base: ['integrations', name, 'config'], isCheck: true }
  return inlineFile(documentOf(config, integration), place, box, project)
}
