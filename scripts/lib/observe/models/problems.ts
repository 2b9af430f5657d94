// Finds what the API would refuse.

import { isObject, kindOf } from '../../_helpers/json.ts'
import { deserialize, isUnparsed, type Version } from './client.ts'
import type { Problem } from './model-problem.ts'
import { walk } from './walk.ts'

export type { Problem } from './model-problem.ts'

/** Whether the client could not parse something, at any depth. */
const hasUnparsed = (value: unknown): boolean => {
  if (Array.isArray(value)) return value.some(hasUnparsed)
  return isUnparsed(value) || (isObject(value) && Object.values(value).some(hasUnparsed))
}

/** The client's own verdict, for a body in which nothing else was found. */
const verdict = (version: Version, model: string, json: unknown): Problem[] => {
  try {
    const read = deserialize(version, json, model)
    return hasUnparsed(read) ? [{ path: '', message: `the official client cannot read this as ${model}` }] : []
  } catch (error) {
    return [{ path: '', message: error instanceof Error ? error.message : String(error) }]
  }
}

/**
 * `modelProblems` without the client's own verdict: for bodies that are sent without the client's parser, which is slow
 * and finds some of its own unions ambiguous.
 */
export const fieldProblems = (model: string, version: Version, json: unknown): Problem[] =>
  isObject(json)
    ? walk(version, { type: model, path: '', depth: 0 }, json)
    : [{ path: '', message: `expected an object, found ${kindOf(json)}` }]

/**
 * Validates a body with a model of the official client: unknown fields, missing ones, wrong types, values outside an
 * enum.
 *
 * The client itself silently drops unknown fields, and reports other mistakes without a place; here every problem has
 * its place. If a model is a union, the problems are those of the member that the body most likely means.
 *
 * @param model name of the client's model: `Dashboard`, `Monitor`, `DowntimeCreateRequest`.
 * @param json the body as parsed from JSON, in the API's own names.
 * @returns empty if both the client and this check accept the body.
 * @throws BoxhoundError E_CLIENT if the client isn't installed.
 */
export const modelProblems = (model: string, version: Version, json: unknown): Problem[] => {
  const problems = fieldProblems(model, version, json)
  return problems.length > 0 ? problems : verdict(version, model, json)
}

/** A problem as one line. */
export const problemLine = ({ path, message }: Problem): string => (path === '' ? message : `${path}: ${message}`)
