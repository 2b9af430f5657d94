import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { ExecutionContext } from 'ava'
import { sha256 } from '../../scripts/lib/_helpers/hash.ts'
import { type Download, type FetchOptions, fetchImage } from '../../scripts/lib/fetch/download.ts'
import type { Deadlines } from '../../scripts/lib/fetch/network.ts'
import type { Patience } from '../../scripts/lib/fetch/retry.ts'
import { temporaryFolder } from '../helpers/_folder.ts'

/** Bytes that no other file has: a mixed-up download shows. */
export const someImage = (bytes = 3_000_000): Buffer => randomBytes(bytes)

export const digest = (content: Uint8Array): string => sha256(content)

/** Deadlines for tests that wait for one to pass, and for all the others, which a busy machine must not disturb. */
export const soon: Deadlines = { connect: 1500, quiet: 1500 }
export const late: Deadlines = { connect: 60_000, quiet: 60_000 }
export const twice: Patience = { tries: 2, pause: () => 1 }

export interface Store {
  readonly folder: string
  readonly lines: string[]
  readonly states: Download[]
  readonly options: FetchOptions
  readonly fetch: (image: string, sha256: string, more?: Partial<FetchOptions>) => Promise<string>
  /** Names of files in the folder, hidden ones too. */
  readonly names: () => string[]
  /** Puts what an earlier run may have left. */
  readonly leave: (sha256: string, content: Uint8Array, note: object) => void
}

/** An empty store of images, with what was told and shown. */
export const imageStore = async (t: ExecutionContext): Promise<Store> => {
  const folder = join(await temporaryFolder(t), 'images')
  const [lines, states]: [string[], Download[]] = [[], []]
  const options: FetchOptions = {
    folder,
    network: {},
    deadlines: late,
    patience: twice,
    tell: (line) => lines.push(line),
    progress: (state) => states.push(state),
  }
  return {
    folder,
    lines,
    states,
    options,
    fetch: (image, sha, more = {}) => fetchImage({ image, sha256: sha }, { ...options, ...more }),
    names: () => (existsSync(folder) ? readdirSync(folder).sort() : []),
    leave: (sha, content, note) => {
      mkdirSync(folder, { recursive: true })
      writeFileSync(join(folder, `.part-${sha}`), content)
      writeFileSync(join(folder, `.part-${sha}.json`), JSON.stringify(note))
    },
  }
}

export const same = (t: ExecutionContext, path: string, content: Uint8Array): void => {
  t.is(sha256(readFileSync(path)), sha256(content))
}
