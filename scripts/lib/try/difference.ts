// Finds changes since the last attempt.

import type { TryState } from './state.ts'

/** How to bring changes into a running container. */
export type Difference =
  /** It is up to date; `checks` are those whose expectations have changed. */
  | { readonly kind: 'same'; readonly checks: readonly string[] }
  /** Only files of checks have changed; they can be copied into the running machine. */
  | { readonly kind: 'live'; readonly checks: readonly string[]; readonly removed: readonly string[] }
  /** A layer that can't be applied to a running machine has changed. */
  | { readonly kind: 'new'; readonly layers: readonly string[] }

const changedKeys = (was: Readonly<Record<string, string>>, is: Readonly<Record<string, string>>): string[] =>
  [...new Set([...Object.keys(was), ...Object.keys(is)])].filter((key) => was[key] !== is[key])

/** The check that a guest path belongs to: checks.d/NAME.py or conf.d/NAME.d/conf.yaml. */
const checkOf = (path: string): string | undefined =>
  /(?:checks\.d\/([^/]+)\.py|conf\.d\/([^/]+)\.d\/.*)$/.exec(path)?.slice(1).find(Boolean)

/** What differs between a container's content and what is wanted now. */
export const difference = (was: TryState, is: TryState): Difference => {
  const layers = is.below.filter(([name, id]) => !was.below.some(([other, held]) => other === name && held === id))
  if (layers.length > 0 || was.below.length !== is.below.length) {
    // Ids are chained, so only the lowest changed layer has changed by itself.
    return { kind: 'new', layers: layers.slice(0, 1).map(([name]) => name) }
  }
  if (was.fixed !== is.fixed) return { kind: 'new', layers: ['checks'] }
  const files = changedKeys(was.files, is.files)
  const names = [...files.map(checkOf), ...changedKeys(was.expectations, is.expectations)]
  const checks = [...new Set(names)].filter((name): name is string => name !== undefined && name in is.expectations)
  if (files.length === 0) return { kind: 'same', checks }
  return { kind: 'live', checks, removed: files.filter((path) => !(path in is.files)) }
}
