// An app's app.yaml.

import * as z from 'zod'
import type { Project } from '../_helpers/paths.ts'
import { extendsKey, readExtended } from './extends.ts'
import type { Problem } from './problems.ts'
import { foundAt, type Source, valueOffset } from './source.ts'

const absolute = z.string('an absolute path').regex(/^\/[^\0\n]+$/, 'an absolute path')

const account = z.string('the name of an account').regex(/^[a-z_][a-z0-9_-]*$/, 'the name of an account')

/** Who traces an app: a program that starts it, or a middleware in its code. */
export const traceWays = ['run', 'middleware'] as const
export type TraceWay = (typeof traceWays)[number]

const appFile = z.strictObject({
  extends: extendsKey,
  unit: z.string('the name of a systemd unit'),
  log: absolute,
  /** Source of its log lines, which chooses the pipeline that parses them. */
  source: z.string('a source such as python'),
  /** By each way to trace it that a box may choose: the operation of a trace's first span. */
  traces: z
    .partialRecord(z.enum(traceWays, 'run or middleware'), z.string('an operation such as flask.request'))
    .default({}),
  /** What its container has and needs; absent for an app that runs on the host only. */
  container: z
    .strictObject({
      /** What its layer installs for the container only: moved into its image. */
      paths: z.array(absolute, 'a list of absolute paths').min(1, 'at least one path'),
      /** Folders of the host that it writes, at the same path. */
      volumes: z.array(absolute, 'a list of absolute paths').default([]),
      /** The account of the host that it runs as. */
      user: account,
      /** False where a server on the host listens on the app's port, and reaches the container by a socket in a volume. */
      publish: z.boolean('true or false').default(true),
    })
    .optional(),
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

/** What an app is; plain data (guide/apps.md). */
export type AppDefinition = z.infer<typeof appFile>

/**
 * Reads what an app is.
 *
 * @returns its data, and its folders: what it extends first.
 * @throws BoxhoundError E_BOX_FILE with positions inside app.yaml.
 */
export const readApp = (
  folder: string,
  project: Project,
): { readonly definition: AppDefinition; readonly folders: readonly string[] } => {
  const { data, folders } = readExtended('app', folder, appFile, project)
  return { definition: data, folders }
}

/** The value of a box file's `app.trace` that the app's folder does not offer. */
export const traceProblem = (source: Source, name: string, { traces }: AppDefinition): Problem => ({
  offset: valueOffset(source, ['app', 'trace']),
  message: `the app "${name}" can't be traced this way`,
  expected: [...new Set(['run', ...Object.keys(traces)])].join(' or '),
  found: foundAt(source, ['app', 'trace']),
  next: 'remove trace, or set the app up for it and add it to traces in its app.yaml',
})
