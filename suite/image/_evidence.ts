import { readFile } from 'node:fs/promises'
import type { ImageEvidence } from '../../scripts/lib/proof/evidence.ts'

const file = process.env.BOXHOUND_EVIDENCE
if (file === undefined) throw new Error('BOXHOUND_EVIDENCE is not set: start these tests with "npm run image"')

/** The findings about the published disk, a planted copy of it, and machines started from it. */
export const evidence = JSON.parse(await readFile(file, 'utf8')) as ImageEvidence
