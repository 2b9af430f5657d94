// Fetches public keys.

import { BoxhoundError } from '../_helpers/errors.ts'
import { folderAddress, shownAddress } from '../fetch/address.ts'
import { openClient } from '../fetch/client.ts'
import type { Deadlines, Network } from '../fetch/network.ts'
import type { Patience } from '../fetch/retry.ts'
import { fetchSmallFile } from '../fetch/small-file.ts'
import type { Delivery } from './keyring.ts'

/** A key is a few kilobytes, so a slow server is treated as failed (fault 36). */
const deadlines: Deadlines = { connect: 10_000, quiet: 20_000 }
const patience: Patience = { tries: 3, pause: (failed) => 1000 * failed }

/** The same file name in another folder, where a mirror or the lab has a published key. */
export const inFolder = (address: string, folder: string | undefined): string =>
  folder === undefined
    ? address
    : new URL(new URL(address).pathname.split('/').at(-1) ?? '', folderAddress(folder)).href

const isGone = (error: unknown): boolean =>
  error instanceof BoxhoundError &&
  error.code === 'E_FETCH_STATUS' &&
  /^status 4(04|10)$/.test(error.details.found ?? '')

export interface FetchedKeys {
  readonly deliveries: readonly Delivery[]
  /** Addresses at which nothing is published any more. */
  readonly gone: readonly string[]
}

/**
 * Downloads public keys, all in parallel. They are not trusted yet (keyring.ts).
 *
 * A missing file is only reported, since publishers take down old keys. Any other failure is an error: a keyring that
 * lacks a key by accident would end up in an image.
 *
 * @throws BoxhoundError E_KEYS if no address has a file; E_FETCH_….
 */
export const fetchKeys = async (
  addresses: readonly string[],
  network: Network,
  waits: { readonly deadlines?: Deadlines; readonly patience?: Patience } = {},
): Promise<FetchedKeys> => {
  const client = openClient(network, waits.deadlines ?? deadlines)
  try {
    const fetched = await Promise.all(
      addresses.map((address) =>
        fetchSmallFile(address, client, { patience: waits.patience ?? patience }).then(
          ({ content }) => ({ address: shownAddress(address), content }),
          (error: unknown) => {
            if (isGone(error)) return undefined
            throw error
          },
        ),
      ),
    )
    const gone = addresses.filter((_, index) => fetched[index] === undefined).map(shownAddress)
    if (gone.length === addresses.length)
      throw new BoxhoundError('E_KEYS', 'no public key of the repository was found', {
        expected: 'the keys that sign it',
        found: `no file at ${gone.join(', ')}`,
        next: 'check keyUrls where the repository is declared (agent.repository of the box file, or repository of the database.yaml), and mirrors.keys in the box file',
      })
    return { deliveries: fetched.filter((one) => one !== undefined), gone }
  } finally {
    await client.close()
  }
}
