// Errors about container images.

import { BoxhoundError } from '../_helpers/errors.ts'

/** Where an image comes from, for messages. */
export interface Origin {
  /** A path or a reference. */
  readonly name: string
  /** What the user can do if it is unusable. */
  readonly next: string
}

/** The error for an unusable image; `found` may quote no more than a few words of its documents. */
export const badImage = (
  { name, next }: Origin,
  message: string,
  expected: string,
  found: string,
  cause?: unknown,
): BoxhoundError => new BoxhoundError('E_OCI_IMAGE', message, { file: name, expected, found, next, cause })
