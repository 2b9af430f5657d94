// An app's app.yaml.

import { join } from 'node:path'
import * as z from 'zod'
import type { Project } from '../_helpers/paths.ts'
import { readSource } from './read.ts'
import { assertNone, validate } from './validate.ts'

const absolute = z.string('an absolute path').regex(/^\/[^\0\n]+$/, 'an absolute path')

const account = z.string('the name of an account').regex(/^[a-z_][a-z0-9_-]*$/, 'the name of an account')

const appData = z.strictObject({
  unit: z.string('the name of a systemd unit'),
  log: absolute,
  /** Source of its log lines, which chooses the pipeline that parses them. */
  source: z.string('a source such as python'),
  accounts: z.array(account, 'a list of accounts').default([]),
  groups: z.record(account, z.array(account, 'a list of accounts')).default({}),
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

/** What the suite must know of an app: the app.yaml of its folder. */
export const readApp = (folder: string, project: Project) => {
  const source = readSource(join(folder, 'app.yaml'), project)
  const { data, problems } = validate(source, appData)
  assertNone(source, problems)
  if (data === undefined) throw new Error('a file without problems has data')
  return data
}
