// Verifies a baked image, once.

import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { sha256 } from '../_helpers/hash.ts'
import { isObject, parsedJson } from '../_helpers/json.ts'
import type { Project } from '../_helpers/paths.ts'
import type { Expectations, Rendered } from '../render/rendered-box.ts'
import { isOfUser } from '../verify/ids.ts'
import { allIds } from '../verify/plan.ts'
import type { VerifyResults } from '../verify/results.ts'
import { isGreen } from '../verify/verdict.ts'

/** What has no counterpart in boxhound stays not judged however often it is verified. */
const isSettled = ({ id, status, lost }: VerifyResults['checks'][number]): boolean =>
  status === 'passed' || (isOfUser(id) && status === 'not judged' && lost !== true)

/** Whether these results cover every check of the box, all green, on a cold boot of this exact image. */
export const isVerified = (results: VerifyResults, image: string, expectations: Expectations): boolean =>
  results.machine === 'qemu' &&
  results.image === image &&
  results.expectations === sha256(JSON.stringify(expectations)) &&
  allIds(expectations).every((id) => results.checks.some((check) => check.id === id && isSettled(check)))

const earlier = async (file: string): Promise<VerifyResults | undefined> => {
  const text = await readFile(file, 'utf8').catch(() => undefined)
  const value = parsedJson(text ?? '')
  return isObject(value) ? (value as unknown as VerifyResults) : undefined // missing or truncated: verify again
}

/** The message for an image that is already verified; undefined if it is not. */
export const knownVerdict = async (
  { box, expectations }: Rendered,
  image: string,
  project: Project,
): Promise<string | undefined> => {
  const known = await earlier(join(project.out, box.name, 'verify', 'results.json'))
  return known !== undefined && isVerified(known, image, expectations)
    ? `already verified: ${known.passed} passed, ${known.failed} failed on this image`
    : undefined
}

/**
 * After a bake: verifies the published image, unless this exact image is already verified.
 *
 * @param image SHA-256 of the published file.
 * @returns the exit code: 0 if every check passed, else 1.
 */
export const verifyBaked = async (
  rendered: Rendered,
  image: string,
  { quiet }: { readonly quiet: boolean },
  project: Project,
): Promise<number> => {
  const verdict = await knownVerdict(rendered, image, project)
  if (verdict !== undefined) {
    if (!quiet) console.log(verdict)
    return 0
  }
  // Imported late, since a bake with nothing to do doesn't need the code that boots and checks a machine.
  const { verifyPublished } = await import('./verify-published.ts')
  const results = await verifyPublished(rendered.box.name, { quiet, environment: process.env }, project)
  return isGreen(results) ? 0 : 1
}
