// The published image as a raw disk.

import { join } from 'node:path'
import { cleanEnvironment } from '../_helpers/environment.ts'
import { BoxhoundError } from '../_helpers/errors.ts'
import type { Project } from '../_helpers/paths.ts'
import { $ } from '../_helpers/shell.ts'
import type { DiskEvidence, Finding, Pattern, Survey } from './evidence.ts'
import { examineFileSystems } from './filesystem.ts'
import { type FileSystem, readLayout } from './layout.ts'
import { shapeKinds } from './patterns.ts'
import { expand, scan } from './raw.ts'

/**
 * Runs a Python file of suite/image on a raw disk and returns what it prints. They work by debugfs, so nothing is
 * mounted, and an end at any moment leaves files only.
 */
export const runDiskTool = async (
  name: string,
  words: readonly string[],
  { tool }: Project,
  input = '',
): Promise<string> => {
  const file = join(tool, 'suite', 'image', name)
  const env = { ...cleanEnvironment(), PATH: `${process.env.PATH ?? ''}:/usr/sbin:/sbin` }
  const done = await $({ nothrow: true, quiet: true, env, input })`python3 -IB ${file} ${words}`
  if (done.exitCode === 0) return done.stdout
  throw new BoxhoundError('E_DISK', `${name} failed with status ${done.exitCode ?? 'none'}`, {
    file,
    found: done.stderr.trim().slice(-1000),
  })
}

/** What the survey is told of a file system: kind, first byte, where it is mounted. */
const surveyWords = ({ kind, offset, mountPoint }: FileSystem): string[] =>
  mountPoint === null || kind === 'swap' ? [] : [`${kind}:${offset}:${mountPoint}`]

/**
 * Leaves out what is everybody's: the shape of a secret in a file that is exactly as its package brought it. Libraries carry keys for their own
 * tests. What only this builder has is never left out.
 */
const withoutPackages = async (
  raw: string,
  layout: readonly FileSystem[],
  findings: readonly Finding[],
  project: Project,
): Promise<Finding[]> => {
  const asked = findings.filter(({ kind }) => shapeKinds.has(kind)).map(({ offset }) => offset)
  if (asked.length === 0) return [...findings]
  const answer = await runDiskTool('known.py', [raw, ...layout.flatMap(surveyWords)], project, `${asked.join('\n')}\n`)
  const known = new Set(answer.split('\n').filter(Boolean).map(Number))
  return findings.filter(({ kind, offset }) => !(shapeKinds.has(kind) && known.has(offset)))
}

/** What the Agent's database account is called everywhere. */
export const agentAccount = 'datadog'

/**
 * Expands an image into `raw` and looks at it from every side, without writing to it.
 *
 * @param tables patterns of the files that must not name the Agent's database account.
 */
export const examine = async (
  image: string,
  raw: string,
  { patterns, tables }: { readonly patterns: readonly Pattern[]; readonly tables: readonly string[] },
  project: Project,
): Promise<DiskEvidence> => {
  await expand(image, raw)
  const layout = await readLayout(raw, project)
  const asked = JSON.stringify({ account: agentAccount, tables })
  const answer = await runDiskTool('survey.py', [raw, ...layout.flatMap(surveyWords)], project, asked)
  const survey = JSON.parse(answer) as Survey
  const { findings, searched } = await scan(raw, patterns)
  const fileSystems = await examineFileSystems(raw, layout, project)
  return { findings: await withoutPackages(raw, layout, findings, project), searched, survey, fileSystems }
}
