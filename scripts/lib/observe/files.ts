// Reads a box's files, rendered and validated.

import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { isObject, textOf } from '../_helpers/json.ts'
import type { Project } from '../_helpers/paths.ts'
import type { Box } from '../box/box.ts'
import { readSource } from '../box/read.ts'
import { assertNone, validate } from '../box/validate.ts'
import type { Context } from '../render/template.ts'
import { observeCheckContext, observeContext } from './context.ts'
import type { JsonObject } from './json-object.ts'
import { type Named, readNamed } from './named-files.ts'
import { type Read, readTemplate } from './read.ts'
import {
  type Board,
  board,
  type DowntimesFile,
  downtimes,
  type Part,
  part,
  raw,
  type ServerFile,
  server,
} from './schema.ts'

/** A part of the dashboard with its monitors; `name` is its folder's or check's. */
export interface ReadPart extends Read<Part> {
  readonly name: string
}

/** Everything under observe/ and beside checks, database and app that a box uses. */
export interface ObserveFiles {
  readonly board: Read<Board>
  readonly parts: readonly ReadPart[]
  /** Additional dashboards, each from its own file. */
  readonly boards: readonly Named<Board>[]
  /** Exported monitors and downtimes. */
  readonly exports: readonly Named<JsonObject>[]
  readonly server: ServerFile
  /** Variables that the parts' widgets use, for a frame without them. */
  readonly variables: readonly JsonObject[]
  /** Null if the box file turns downtimes off. */
  readonly downtimes: Read<DowntimesFile> | null
}

/** The parts' templates in dashboard order: checks, database, app, host. */
const partFiles = (box: Box, project: Project): { name: string; file: string; context: Context }[] => {
  const common = observeContext(box)
  return [
    ...box.checks.map((check) => ({
      name: check.name,
      file: join(check.folder, 'observe.yaml.hbs'),
      context: observeCheckContext(box, check),
    })),
    ...(box.database?.folders ?? []).map((folder) => ({
      name: box.database?.check.name ?? '',
      file: join(folder, 'observe.yaml.hbs'),
      context: common,
    })),
    ...(box.app?.folders ?? []).map((folder) => ({
      name: box.app?.name ?? '',
      file: join(folder, 'observe.yaml.hbs'),
      context: common,
    })),
    { name: 'host', file: join(project.tool, 'observe/host.yaml.hbs'), context: common },
  ].filter(({ file }) => existsSync(file))
}

/** `$host` and `$env`, as in boxhound's own frame. */
const usualVariables = ({ observe }: Context): JsonObject[] => {
  const values = isObject(observe) ? observe : {}
  return [
    { name: 'host', prefix: 'host', defaults: [textOf(values.hostDefault)] },
    { name: 'env', prefix: 'env', defaults: [textOf(values.env)] },
  ]
}

/**
 * Reads, renders and validates what a box creates in an account. A check, database or app without an observe.yaml.hbs
 * creates nothing.
 *
 * @throws BoxhoundError E_TEMPLATE or E_BOX_FILE, naming file and line.
 */
export const readFiles = (box: Box, project: Project): ObserveFiles => ({
  board: readTemplate(join(project.tool, 'observe/board.yaml.hbs'), observeContext(box), board, project),
  parts: partFiles(box, project).map(({ name, file, context }) => ({
    name,
    ...readTemplate(file, context, part, project),
  })),
  boards: readNamed(box, 'boards', board, project),
  exports: readNamed(box, 'exports', raw, project) as readonly Named<JsonObject>[],
  server: readServer(project),
  variables: usualVariables(observeContext(box)),
  downtimes:
    box.observe.downtimes === null
      ? null
      : readTemplate(join(project.tool, 'observe/downtimes.yaml.hbs'), observeContext(box), downtimes, project),
})

/** What the API adds by itself: observe/server.yaml. */
export const readServer = (project: Project): ServerFile => {
  const source = readSource(join(project.tool, 'observe/server.yaml'), project)
  const { data, problems } = validate(source, server)
  assertNone(source, problems)
  if (data === undefined) throw new Error('a file without problems has data')
  return data
}
