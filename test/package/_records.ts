import type { Published } from '../../scripts/lib/boot/published-image.ts'
import type { BoxRecord } from '../../scripts/lib/package/records.ts'
import { renderedOf } from '../plan/_rendered.ts'

/** A record of a box; its digest differs with version and provider. */
export const record = (
  version: string,
  provider: BoxRecord['provider'],
  given: Partial<BoxRecord> = {},
): BoxRecord => ({
  version,
  provider,
  file: `lab-${version}-${provider}.box`,
  bytes: 3,
  modified: 946_684_800_000,
  sha256: Buffer.from(`${version} ${provider}`).toString('hex').padEnd(64, '0').slice(0, 64),
  image: 'a'.repeat(64),
  recipe: 'b'.repeat(64),
  ...given,
})

/** A published image, by what is told of it; no file. */
export const published = (given: Partial<Published['expectations']> = {}): Published => ({
  image: '/home/somebody/out/small/small.qcow2',
  sha256: 'abc1230f'.padEnd(64, '5'),
  expectations: { ...renderedOf().expectations, ...given },
})
