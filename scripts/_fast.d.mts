import type { Project } from './lib/_helpers/paths.ts'

/** Size, mtime, ctime, inode and device; null for nothing. */
export type Signature = readonly [size: number, mtimeMs: number, ctimeMs: number, ino: number, dev: number] | null

/** A path, relative to the project where it lies inside, and what it led to. */
export type StampEntry = readonly [path: string, signature: Signature]

export interface Stamp {
  readonly format: number
  /** Node's version. */
  readonly node: string
  readonly salt: string
  readonly environment: string
  /** Milliseconds since 1970 between which the refresh period is the same. */
  readonly from: number
  readonly until: number
  readonly inputs: readonly StampEntry[]
  /** What is printed, without and with --json. */
  readonly text: string
  readonly json: string
  /** What is printed of the verification, and the file that it is known from; null when this image is not verified. */
  readonly verified: { readonly text: string; readonly results: StampEntry } | null
}

export const stampFormat: number
export const signatureOf: (path: string) => Signature
export const isSettled: (signature: Signature, moment: number) => boolean
export const environmentDigest: (environment: NodeJS.ProcessEnv, salt: string) => string
export const boxFileOf: (nameOrFile: string, root: string, environment: NodeJS.ProcessEnv) => string
export const stampPath: (nameOrFile: string, project: Project, environment: NodeJS.ProcessEnv) => string
export const upToDate: (
  argv: readonly string[],
  folders: Pick<Project, 'tool' | 'root'>,
  environment?: NodeJS.ProcessEnv,
  now?: number,
) => string | undefined
