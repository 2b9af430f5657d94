// Merges the box file's settings into datadog.yaml.

import { Document, isMap, parseDocument, visit, type YAMLMap } from 'yaml'
import { BoxhoundError } from '../_helpers/errors.ts'
import { isSettings, type Settings } from '../box/agent.ts'
import type { RenderedFile, RenderedLayer } from './rendered-box.ts'
import { findSecrets } from './secrets.ts'

/** The Agent's main configuration: guest path without the leading slash. */
export const mainConfiguration = 'etc/datadog-agent/datadog.yaml'

/** Maps are merged key by key, anything else is replaced as a whole. */
const merge = (document: Document, target: YAMLMap, settings: Settings): void => {
  for (const [name, value] of Object.entries(settings)) {
    const found = target.get(name, true)
    if (isSettings(value) && isMap(found)) merge(document, found, value)
    else if (found === undefined) target.items.push(document.createPair(name, value))
    else target.set(name, document.createNode(value))
  }
}

/**
 * The Agent reads YAML 1.1, where more words than true and false are booleans, and more forms than 10 are numbers: text is quoted, and so is
 * every name that isn't a plain word.
 */
const quote = (document: Document): void => {
  visit(document, {
    Scalar: (key, node) => {
      if (typeof node.value !== 'string') return
      const isPlain = key === 'key' && /^[A-Za-z_][A-Za-z0-9_]*$/.test(node.value)
      const isWord = /^(?:y|n|yes|no|on|off|true|false|null)$/i.test(node.value)
      node.type = isPlain && !isWord ? 'PLAIN' : 'QUOTE_DOUBLE'
    },
  })
}

/** Characters that YAML 1.1 takes for line breaks, or that an editor may change; they stand in quoted text only. */
const fragile = /[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]/g

const printed = (document: Document): string => {
  quote(document)
  // Folded lines would be read alike, and are harder to compare.
  return document
    .toString({ lineWidth: 0, flowCollectionPadding: false })
    .replaceAll(fragile, (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`)
}

/** A YAML file of the Agent with further settings; what the file said already keeps its place and its comments. */
export const withSettings = (text: string, settings: Settings): string => {
  const document = parseDocument(text)
  if (!isMap(document.contents)) throw new Error('a configuration of the Agent is a map')
  merge(document, document.contents, settings)
  return printed(document)
}

/** A YAML file of the Agent that holds these settings alone. */
export const settingsText = (settings: Settings): string => printed(new Document(settings))

/** A last look, in case the rules of the box file have missed something: an image can't be taken back. */
const assertNoSecret = (file: RenderedFile, boxFile: string): void => {
  const [found] = findSecrets(file)
  if (found === undefined) return
  throw new BoxhoundError('E_SECRET', `${found.what} in /${file.path}, from agent.config`, {
    file: boxFile,
    exitCode: 2,
    expected: 'no secret in a file of an image: every copy of the image would carry it',
    found: `${found.length} characters, not shown`,
    next: 'write ENC[handle], which the Agent resolves from a secret store (agent.secrets)',
  })
}

/** A layer whose datadog.yaml holds the box file's settings too. */
export const mergeSettings = (layer: RenderedLayer, settings: Settings, boxFile: string): RenderedLayer => {
  if (Object.keys(settings).length === 0) return layer
  const files = layer.files.map((file) => {
    if (file.path !== mainConfiguration) return file
    const merged = { ...file, content: Buffer.from(withSettings(file.content.toString('utf8'), settings)) }
    assertNoSecret(merged, boxFile)
    return merged
  })
  return { ...layer, files }
}
