// Validates the shape of the Agent's configurations, and reads intervals of instances.

import { type Document, isMap, isScalar, isSeq, type Node, parseAllDocuments } from 'yaml'
import { listOf, objectOf, objectsOf, textsOf } from '../_helpers/json.ts'
import { excerpt } from '../box/excerpt.ts'
import { type Problem, problemsError } from '../box/problems.ts'
import { isTag, maximumServiceLength, normalService, normalTag, tagExpectation } from '../box/tags.ts'
import { type Origin, offsetOfLine } from './origin.ts'
import type { RenderedFile } from './rendered-box.ts'

/** A problem in the rendered text; `offset` refers to that text. */
interface Found extends Omit<Problem, 'offset' | 'fatal'> {
  readonly offset: number
  readonly next: string
}

const startOf = (node: unknown, fallback: number): number =>
  ((isMap(node) || isSeq(node) || isScalar(node)) && node.range?.[0]) || fallback

const kindOf = (node: unknown, text: string): string => {
  if (isMap(node)) return 'a map'
  if (isSeq(node)) return node.items.length === 0 ? 'an empty list' : 'a list'
  if (!isScalar(node) || node.value === null) return 'nothing'
  const [from = 0, to = 0] = node.range ?? []
  return `${excerpt(text.slice(from, to))} (${typeof node.value === 'string' ? 'text' : typeof node.value})`
}

const tagProblems = (tags: Node | null | undefined, at: number, text: string): Found[] => {
  const expected = 'a list of strings, such as ["env:prod", "team:web"]'
  if (tags === undefined || tags === null || (isScalar(tags) && tags.value === null)) return []
  if (!isSeq(tags))
    return [
      {
        offset: startOf(tags, at),
        message: 'tags is not a list',
        expected,
        found: kindOf(tags, text),
        next: isMap(tags)
          ? 'write each as a string: - "env:prod"; from a map, the Agent would use the keys'
          : 'write each as an item: - "env:prod"; from a string, the Agent would make every letter a tag',
      },
    ]
  return tags.items.flatMap((item, index): Found[] => {
    const offset = startOf(item, startOf(tags, at))
    if (!isScalar(item) || typeof item.value !== 'string' || item.value === '')
      return [
        {
          offset,
          message: `tags[${index}] is not a string`,
          expected,
          found: kindOf(item, text),
          next: isMap(item) ? 'write - "env:prod", in quotes: a space after the colon makes it a map' : 'quote it',
        },
      ]
    return changed(item.value, isTag(item.value), normalTag(item.value), tagExpectation, offset, `tags[${index}]`)
  })
}

/** Names that Datadog would silently change; empty for values that the Agent fills in. */
const changed = (
  value: string,
  isKept: boolean,
  normal: string,
  expected: string,
  offset: number,
  name: string,
): Found[] =>
  isKept || /%%|^ENC\[/.test(value)
    ? []
    : [
        {
          offset,
          message: `Datadog would change ${name}`,
          expected,
          found: excerpt(value),
          next:
            normal === ''
              ? 'write a name that starts with a letter'
              : `write ${JSON.stringify(normal)}: Datadog stores it like this`,
        },
      ]

const serviceProblems = (node: unknown, at: number): Found[] =>
  isScalar(node) && typeof node.value === 'string'
    ? changed(
        node.value,
        normalService(node.value) === node.value,
        normalService(node.value),
        `the name of a service: lower case, letters, digits and _ - : . /, at most ${maximumServiceLength} characters`,
        startOf(node, at),
        'service',
      )
    : []

const intervalProblems = (node: unknown, at: number, text: string): Found[] =>
  node === undefined || (isScalar(node) && Number.isInteger(node.value) && Number(node.value) >= 1)
    ? []
    : [
        {
          offset: startOf(node, at),
          message: 'min_collection_interval is not valid',
          expected: 'a whole number of seconds from 1',
          found: kindOf(node, text),
          next: 'write min_collection_interval: {{check.interval}}',
        },
      ]

const instanceProblems = (instance: unknown, index: number, at: number, text: string): Found[] => {
  const offset = startOf(instance, at)
  if (!isMap(instance))
    return [
      {
        offset,
        message: `instances[${index}] is not a map`,
        expected: 'a map of options',
        found: kindOf(instance, text),
        next: 'write options as key: value, or {} for an instance without any',
      },
    ]
  return [
    ...tagProblems(instance.get('tags', true) as Node | undefined, offset, text),
    ...intervalProblems(instance.get('min_collection_interval', true), offset, text),
    ...serviceProblems(instance.get('service', true), offset),
  ]
}

const documentProblems = ({ contents }: Document.Parsed, text: string, isCheck: boolean): Found[] => {
  const next = 'write instances: and below it at least one item, such as - min_collection_interval: {{check.interval}}'
  if (!isMap(contents))
    return [
      {
        offset: startOf(contents, 0),
        message: contents === null ? 'the file is empty' : 'the file is not a map',
        expected: 'a map with init_config and instances',
        found: kindOf(contents, text),
        next,
      },
    ]
  const at = startOf(contents, 0)
  const instances = contents.items.find(({ key }) => isScalar(key) && key.value === 'instances')
  const logs = contents.get('logs', true)
  const place = startOf(instances?.value, startOf(instances?.key, at))
  const init = contents.get('init_config', true)
  const initProblems: Found[] =
    init === undefined || isMap(init) || (isScalar(init) && init.value === null)
      ? []
      : [
          {
            offset: startOf(init, at),
            message: 'init_config is not a map',
            expected: 'a map, or nothing',
            found: kindOf(init, text),
            next: 'write init_config: {}',
          },
        ]
  const logProblems: Found[] =
    logs === undefined || isSeq(logs)
      ? (logs?.items ?? []).flatMap((one) =>
          isMap(one) ? serviceProblems(one.get('service', true), startOf(one, at)) : [],
        )
      : [
          {
            offset: startOf(logs, at),
            message: 'logs is not a list',
            expected: 'a list of log sources',
            found: kindOf(logs, text),
            next: 'write each source as an item: - type: file',
          },
        ]
  const list = instances?.value
  const isAbsent = instances === undefined && !isCheck && logs !== undefined
  if (isAbsent) return [...initProblems, ...logProblems]
  if (!isSeq(list) || list.items.length === 0)
    return [
      ...initProblems,
      ...logProblems,
      {
        offset: place,
        message: instances === undefined ? 'instances is missing' : 'instances is not a list of at least one map',
        expected: 'a list of at least one map: without an instance, the Agent runs nothing',
        found: instances === undefined ? 'nothing' : kindOf(list, text),
        next: isMap(list) ? 'put a dash before the first key of the instance: - host: a' : next,
      },
    ]
  return [
    ...initProblems,
    ...logProblems,
    ...list.items.flatMap((item, index) => instanceProblems(item, index, place, text)),
  ]
}

/** Matches an Agent configuration in conf.d, whichever layer it comes from. */
const isConf = (path: string): boolean => /^etc\/datadog-agent\/conf\.d\/(?:[^/]+\.d\/)?[^/]+\.ya?ml$/.test(path)

/**
 * Validates the shape of an Agent configuration: one document, a map; `instances` a list of at least one map, or only `logs` if it belongs to no
 * check; tags a list of strings; intervals whole seconds. Given a string as tags, the Agent silently makes every letter a tag.
 *
 * @param isCheck the configuration of a check, which needs an instance.
 * @throws BoxhoundError E_CONF (exit code 2) with the line of the file that a user edits.
 */
export const assertConfShape = (file: RenderedFile, isCheck: boolean, origin: () => Origin): void => {
  if (!isConf(file.path)) return
  const text = file.content.toString('utf8')
  const documents = parseAllDocuments(text, { prettyErrors: true })
  const [first, second] = documents
  // parse-data reports syntax errors.
  if (documents.some(({ errors, warnings }) => errors.length + warnings.length > 0)) return
  const found: Found[] =
    second !== undefined
      ? [
          {
            offset: second.range[0],
            message: 'a second document',
            expected: 'one document: the Agent only reads the first',
            found: '---',
            next: 'remove the line ---, and write all instances in one list',
          },
        ]
      : first === undefined
        ? [
            {
              offset: 0,
              message: 'the file is empty',
              expected: 'a map with init_config and instances',
              found: 'an empty file',
              next: 'write instances: and below it at least one item, such as - min_collection_interval: {{check.interval}}',
            },
          ]
        : documentProblems(first, text, isCheck)
  if (found.length === 0) return
  const { template, lines } = origin()
  const problems = found.map(({ offset, ...words }): Problem => {
    const line = text.slice(0, offset).split('\n').length
    return { ...words, offset: offsetOfLine(template, lines[line - 1] ?? line) }
  })
  throw problemsError(file.source, template, problems, 'E_CONF')
}

/** The Agent's default interval of an instance, in seconds. */
const defaultInterval = 15

/** The interval of each instance of a validated configuration, in seconds. */
export const intervalsOf = (content: Buffer): number[] => {
  const value: unknown = parseAllDocuments(content.toString('utf8'))[0]?.toJS()
  return listOf(objectOf(value).instances).map((one) =>
    Number(objectOf(one).min_collection_interval ?? defaultInterval),
  )
}

/** Files listed in a configuration's `logs`, except patterns, whose matches are unknown here. */
export const logsOf = (content: Buffer): string[] => {
  const value: unknown = parseAllDocuments(content.toString('utf8'))[0]?.toJS()
  const paths = textsOf(objectsOf(objectOf(value).logs).map(({ path }) => path))
  return paths.filter((path) => !/[*?[]/.test(path))
}
