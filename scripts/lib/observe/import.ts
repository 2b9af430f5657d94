// Imports a resource made by hand.

import { existsSync } from 'node:fs'
import { mkdir, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { writeAtomic } from '../_helpers/atomic.ts'
import { BoxhoundError } from '../_helpers/errors.ts'
import { textOf } from '../_helpers/json.ts'
import { type Project, shown } from '../_helpers/paths.ts'
import { readText, saveText } from '../base/save.ts'
import type { Box } from '../box/box.ts'
import { loadBox } from '../box/load.ts'
import type { Gateway } from './account/gateway.ts'
import { bodyOf } from './body.ts'
import { withName } from './box-edit.ts'
import { planChanges } from './changes.ts'
import { fromExport } from './exported.ts'
import { readFiles, readServer } from './files.ts'
import type { JsonObject } from './json-object.ts'
import { markerOf } from './marker.ts'
import { namedFolder } from './named-files.ts'
import { rawWire } from './raw.ts'
import { type Kind, kinds, type Live } from './resource-kinds.ts'
import { wantedOf } from './resources.ts'
import type { ServerFile } from './schema.ts'

/** The resource to import from an account. */
export interface ImportRequest {
  readonly kind: Kind
  readonly id: string
  /** The file's name; derived from the title by default. */
  readonly name: string | undefined
}

const usage = (message: string, expected: string, found: string): BoxhoundError =>
  new BoxhoundError('E_USAGE', message, {
    expected,
    found,
    exitCode: 2,
    next: 'npm run observe -- import dashboard abc-def-ghi lab',
  })

/** Parses `dashboard ID` from a command line. @throws BoxhoundError E_USAGE (exit code 2) */
export const importRequest = (words: readonly string[], name: string | undefined): ImportRequest => {
  const [word = 'nothing', id = ''] = words
  const kind = kinds.find((one) => one === word)
  if (kind === undefined) throw usage('import needs to know what', `one of ${kinds.join(', ')}, and its id`, word)
  if (id === '') throw usage(`import needs the id of the ${kind}`, 'as in the address of its page', 'nothing')
  if (kind === 'monitor' && !/^\d+$/.test(id)) throw usage('a monitor has a number', 'digits', id)
  if (name !== undefined && (!/^[a-z][a-z0-9_-]*$/.test(name) || name === 'board'))
    throw usage('--as is no name', 'lower-case letters, digits, _ and -, beginning with a letter; not board', name)
  return { kind, id, name }
}

/** `requests_per_minute`, from a title or the first line of a message. */
const nameOf = (wire: JsonObject, kind: Kind): string => {
  const title = textOf(wire.title) || textOf(wire.name) || (textOf(wire.message).split('\n')[0] ?? '')
  const words = title
    .replaceAll(/\{\{[^}]*\}\}/g, '')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '_')
    .replaceAll(/^[^a-z]+|_+$/g, '')
    .slice(0, 40)
    .replace(/_+$/, '')
  return words === '' || words === 'board' ? `imported_${kind}` : words
}

const assertFree = (wire: JsonObject, { kind, id }: ImportRequest, box: Box): void => {
  const marker = markerOf(kind, wire)
  if (marker === undefined) return
  throw new BoxhoundError('E_OBSERVE_OWNED', `the ${kind} ${id} belongs to the box ${marker.box} already`, {
    expected: `a ${kind} without boxhound's mark`,
    found: `its mark says ${marker.box}/${marker.name}`,
    next:
      marker.box === box.name ? `npm run observe -- plan ${box.name}` : 'take the mark out of it, or leave it there',
    exitCode: 2,
  })
}

const assertNew = (file: string): void => {
  if (!existsSync(file)) return
  throw new BoxhoundError('E_OUT', 'the file exists already', {
    file: shown(file),
    expected: 'a new file',
    found: 'another one',
    exitCode: 2,
    next: 'choose another name: --as NAME',
  })
}

const contentOf = (kind: Kind, wire: JsonObject, server: ServerFile): JsonObject =>
  kind === 'dashboard' ? fromExport(rawWire(kind, wire, server)) : rawWire(kind, wire, server)

/** Adds our mark to the resource and changes nothing else, so that the new file matches the account. */
const adopt = async (
  box: Box,
  { kind, name }: { readonly kind: Kind; readonly name: string },
  live: Omit<Live, 'marker' | 'kind'>,
  gateway: Gateway,
  { now, timezone, project }: { readonly now: Date; readonly timezone: string; readonly project: Project },
): Promise<void> => {
  const server = readServer(project)
  const wanted = wantedOf(box, readFiles(box, project), timezone, now, project).resources.filter(
    (one) => one.kind === kind && one.name === name,
  )
  const found: Live = { ...live, kind, marker: { box: box.name, name, applied: '' } }
  const [change] = planChanges(wanted, [found], server)
  const [resource] = wanted
  if (change === undefined || resource === undefined) throw new Error('what was just written is wanted')
  await gateway.update(kind, live.id, bodyOf(resource, change, box.name, server))
}

export interface Imported {
  readonly file: string
  readonly name: string
}

/**
 * Imports a resource that was made by hand: writes its file, adds it to the box file, and marks it as ours, so that
 * `plan` finds nothing to do. The files come first, because the next `apply` would remove a marked resource without a
 * file. If the mark can't be set, they are removed again.
 *
 * @throws BoxhoundError E_OBSERVE_OWNED, E_OUT, E_BOX_EDIT (exit code 2), E_ACCOUNT_…
 */
export const importResource = async (
  box: Box,
  request: ImportRequest,
  gateway: Gateway,
  { now, project }: { readonly now: Date; readonly project: Project },
): Promise<Imported> => {
  const { kind, id } = request
  const stored = await gateway.get(kind, id)
  assertFree(stored.wire, request, box)
  const name = request.name ?? nameOf(stored.wire, kind)
  const list = kind === 'dashboard' ? 'boards' : 'exports'
  const file = join(namedFolder(box, list), `${name}.json`)
  assertNew(file)
  const before = await readText(box.file)
  const after = withName(before, list, name, shown(box.file))
  await mkdir(dirname(file), { recursive: true })
  await writeAtomic(file, `${JSON.stringify(contentOf(kind, stored.wire, readServer(project)), undefined, 2)}\n`)
  try {
    await saveText(box.file, before, after)
    // This zone is only used for the box's own downtimes, not for this one.
    const own = { now, timezone: 'UTC', project }
    await adopt(await loadBox(box.file, project), { kind, name }, stored, gateway, own)
  } catch (error) {
    await rm(file, { force: true })
    if ((await readText(box.file)) === after) await saveText(box.file, after, before)
    throw error
  }
  return { file, name }
}
