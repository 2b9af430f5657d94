// The image that a container of the box stands on.

import * as z from 'zod'
import { imageExpectation, parseImageReference } from './image-reference.ts'

/** `lab`, or an image pinned by digest. */
export const containerImage = z.string(imageExpectation).superRefine((value, context) => {
  if (value === 'lab') return
  const parsed = parseImageReference(value)
  if (typeof parsed === 'string') context.addIssue({ code: 'custom', message: `${parsed}; or lab` })
})
