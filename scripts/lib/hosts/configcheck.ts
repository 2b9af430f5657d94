// Reads what `datadog-agent configcheck` prints: which checks are configured, how often, and with which logs.

import { parse } from 'yaml'
import { isObject, numberIn, objectAt, objectsOf, textOf } from '../_helpers/json.ts'

/** One configured check. */
export interface ConfiguredCheck {
  readonly name: string
  /** `min_collection_interval` of each instance in seconds; undefined where the check's own default applies. */
  readonly intervals: readonly (number | undefined)[]
  /** Number of log sources. */
  readonly logs: number
  /** Why its configuration is not valid. */
  readonly errors: readonly string[]
}

/** Colours, in case the Agent takes its output for a terminal. */
const colours = /\u001b\[[\d;]*m/g

const yamlOf = (text: string): unknown => {
  try {
    return parse(text, { maxAliasCount: 0, logLevel: 'silent', uniqueKeys: false })
  } catch {
    // The Agent's scrubber may leave YAML that no parser takes; then nothing is known about the instance.
    return undefined
  }
}

const intervalIn = (config: unknown): number | undefined => {
  const seconds = isObject(config) ? numberIn(config.min_collection_interval) : undefined
  return seconds !== undefined && seconds > 0 ? seconds : undefined
}

interface Block {
  readonly name: string
  readonly lines: string[]
}

/** A block begins with `=== NAME check ===` and ends with `===`. */
const blocksOf = (text: string): Block[] => {
  const blocks: Block[] = []
  let open: Block | undefined
  for (const line of text.replaceAll(colours, '').split(/\r?\n/)) {
    const name = /^=== (.{1,200}) (?:cluster )?check ===$/.exec(line)?.[1]
    if (name !== undefined) {
      open = { name, lines: [] }
      blocks.push(open)
    } else if (line === '===') open = undefined
    else open?.lines.push(line)
  }
  return blocks
}

/** The instances of a block by their ids, its init_config and its number of logs. */
const contentOf = ({ lines }: Block) => {
  const instances = new Map<string, string[]>()
  const [init, logs]: [string[], string[]] = [[], []]
  let at: string[] | undefined
  for (const line of lines) {
    const id = /^Config for instance ID: (.*)$/.exec(line)?.[1]
    if (id !== undefined) {
      at = []
      instances.set(id, at)
    } else if (/^Init Config:/.test(line)) at = init
    else if (/^Log Config:/.test(line)) at = logs
    else if (line === '~' || /^(?:Auto-discovery|Metric Config|State|Configuration (?:provider|source)):?/.test(line))
      at = undefined
    else at?.push(line)
  }
  return {
    instances,
    init: yamlOf(init.join('\n')),
    logs: objectsOf(objectAt({ of: yamlOf(logs.join('\n')) }, 'of').logs),
  }
}

/** `NAME: reason` lines after the heading of errors. */
const errorsOf = (text: string): [name: string, reason: string][] => {
  const section = /^=== Configuration errors ===$([\s\S]*?)(?=^=== |$(?![\s\S]))/m.exec(
    text.replaceAll(colours, ''),
  )?.[1]
  return [...(section ?? '').matchAll(/^([\w.-]{1,100}): (.+)$/gm)].map(([, name = '', reason = '']) => [name, reason])
}

/** All configured checks in the order of the output. A check that stands there several times is one check. */
export const parseConfigcheck = (text: string): ConfiguredCheck[] => {
  const found = new Map<string, { intervals: (number | undefined)[]; logs: number; errors: string[] }>()
  const entry = (name: string) => {
    const known = found.get(name) ?? { intervals: [], logs: 0, errors: [] }
    found.set(name, known)
    return known
  }
  for (const block of blocksOf(text)) {
    const { instances, init, logs } = contentOf(block)
    const known = entry(block.name)
    for (const lines of instances.values())
      known.intervals.push(intervalIn(yamlOf(lines.join('\n'))) ?? intervalIn(init))
    known.logs += logs.filter((one) => textOf(one.type) !== '').length
  }
  for (const [name, reason] of errorsOf(text)) entry(name).errors.push(reason)
  return [...found].map(([name, rest]) => ({ name, ...rest }))
}
