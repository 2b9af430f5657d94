// Database.yaml and app.yaml.

import { join } from 'node:path'
import * as z from 'zod'
import type { Project } from '../_helpers/paths.ts'
import { readSource } from '../box/read.ts'
import { assertNone, validate } from '../box/validate.ts'

const absolute = z.string('an absolute path').regex(/^\/[^\0\n]+$/, 'an absolute path')

const databaseData = z.strictObject({
  unit: z.string('the name of a systemd unit'),
  logs: z.array(absolute, 'a list of log files'),
  grants: z.strictObject({
    maxUserConnections: z.int('a whole number').min(1, 'at least 1'),
    slaveMonitor: z.boolean('true or false'),
  }),
})

const appData = z.strictObject({
  unit: z.string('the name of a systemd unit'),
  log: absolute,
  routes: z
    .array(
      z.strictObject({
        path: z.string().startsWith('/', 'a path that starts with /'),
        body: z.string(),
        resource: z.string(),
      }),
      'a list of routes',
    )
    .min(1, 'at least one route'),
})

const read = <T>(schema: z.ZodType<T>, file: string, project: Project): T => {
  const source = readSource(join(project.root, file), project)
  const { data, problems } = validate(source, schema)
  assertNone(source, problems)
  if (data === undefined) throw new Error('a file without problems has data')
  return data
}

/** What the suite must know of a database engine: its database.yaml. */
export const readDatabase = (engine: string, project: Project) =>
  read(databaseData, `provision/30-database/${engine}/database.yaml`, project)

/** What the suite must know of an app: its app.yaml. */
export const readApp = (name: string, project: Project) => read(appData, `provision/40-app/${name}/app.yaml`, project)
