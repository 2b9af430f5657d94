import { readFile } from 'node:fs/promises'
import type { ImageEvidence } from '../../scripts/lib/proof/evidence.ts'

const file = process.env.BOXHOUND_EVIDENCE
if (file === undefined) throw new Error('BOXHOUND_EVIDENCE is not set: start these tests with "npm run image"')

/** What was found on the published disk, on a planted copy of it, and on machines started from it. */
export const evidence = JSON.parse(await readFile(file, 'utf8')) as ImageEvidence
