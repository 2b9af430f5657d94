import { BoxhoundError } from '../../scripts/lib/_helpers/errors.ts'

/** A body that is not what its path and headers promise; leads to a 400 response. */
export const bodyError = (expected: string, found: string, cause?: unknown): BoxhoundError =>
  new BoxhoundError('E_INTAKE_BODY', `the body is not ${expected}: ${found}`, { expected, found, cause })

/** The response status for a payload that could not be accepted. */
export const statusOf = (error: unknown): number => {
  if (!(error instanceof BoxhoundError)) return 500
  if (error.code === 'E_INTAKE_ENCODING') return 415
  return error.code === 'E_INTAKE_SIZE' ? 413 : 400
}
