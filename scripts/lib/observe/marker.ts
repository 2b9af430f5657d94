// The mark by which our resources are found again.

import { listOf, textOf } from '../_helpers/json.ts'
import type { JsonObject } from './json-object.ts'
import type { Kind, Marker } from './resource-kinds.ts'

/** The tag by which a box's monitors are found, and which downtimes use as scope. */
export const boxTag = (box: string): string => `boxhound_box:${box}`

const tagNames = ['managed_by', 'boxhound_box', 'boxhound_resource', 'boxhound_applied']

/**
 * Dashboards have no tags except teams, and downtimes none at all. There the marker is the last line of a text that
 * people read.
 */
const textField: Readonly<Record<Exclude<Kind, 'monitor'>, string>> = { dashboard: 'description', downtime: 'message' }
const line = /\n*Managed by boxhound: ([a-z][a-z0-9-]*)\/([a-z][a-z0-9_-]*)(?: \(([0-9a-f]{8})\))?[ \t]*/

const tagsOf = (wire: JsonObject): string[] => listOf(wire.tags).map(textOf)

const isOurs = (tag: string): boolean => tagNames.includes(tag.split(':')[0] ?? '')

const tagValue = (tags: readonly string[], name: string): string | undefined =>
  tags.find((tag) => tag.startsWith(`${name}:`))?.slice(name.length + 1)

/** A resource with its marker, ready to be sent. */
export const mark = (kind: Kind, wire: JsonObject, { box, name, applied }: Marker): JsonObject => {
  const bare = unmark(kind, wire)
  if (kind === 'monitor')
    return {
      ...bare,
      tags: [
        ...tagsOf(bare),
        'managed_by:boxhound',
        boxTag(box),
        `boxhound_resource:${name}`,
        `boxhound_applied:${applied}`,
      ],
    }
  const field = textField[kind]
  const text = textOf(bare[field])
  return { ...bare, [field]: `${text}${text === '' ? '' : '\n\n'}Managed by boxhound: ${box}/${name} (${applied})` }
}

/** The marker in a resource; undefined if it has none and so isn't ours. */
export const markerOf = (kind: Kind, wire: JsonObject): Marker | undefined => {
  if (kind === 'monitor') {
    const tags = tagsOf(wire)
    const [box, name] = [tagValue(tags, 'boxhound_box'), tagValue(tags, 'boxhound_resource')]
    if (box === undefined || name === undefined || !tags.includes('managed_by:boxhound')) return undefined
    return { box, name, applied: tagValue(tags, 'boxhound_applied') ?? '' }
  }
  const [, box, name, applied = ''] = line.exec(textOf(wire[textField[kind]])) ?? []
  return box === undefined || name === undefined ? undefined : { box, name, applied }
}

/** The resource without its marker. */
export const unmark = (kind: Kind, wire: JsonObject): JsonObject => {
  if (kind === 'monitor') return { ...wire, tags: tagsOf(wire).filter((tag) => !isOurs(tag)) }
  const field = textField[kind]
  return { ...wire, [field]: textOf(wire[field]).replace(line, '') }
}
