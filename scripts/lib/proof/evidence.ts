// Findings as plain data.

import type { MachineKind } from '../boot/machine.ts'
import type { DatabaseExpectation, Expectations, Kept, Seed } from '../render/rendered-box.ts'

/** One thing found in the bytes of a disk; the value itself is never told. */
export interface Finding {
  /** Name of the pattern, e.g. `private key`. */
  readonly kind: string
  /** Byte offset from the disk's start. */
  readonly offset: number
}

/** Something that the disk must not hold: a shape, or the very bytes of something of this builder. */
export interface Pattern {
  readonly kind: string
  readonly source: RegExp | string
}

/** `[path, type, mode, uid, gid, size, target]`; type is `f`, `d`, `l` or `?`, target that of a link. */
export type Entry = readonly [string, string, number, number, number, number, string]

/** What one file system holds, read from the mounted partition. */
export interface Survey {
  readonly entries: readonly Entry[]
  /** Small text files by path, read as Latin-1. */
  readonly texts: Readonly<Record<string, string>>
  /** MD5 of the configuration files whose packages recorded one. */
  readonly digests: Readonly<Record<string, string>>
  /** Files of the database's own tables that name the Agent's account. */
  readonly accounts: readonly string[]
  /** Certificates trusted by the image that no package of it brought. */
  readonly certificates: readonly string[]
}

/** One disk, looked at from every side. */
export interface DiskEvidence {
  readonly findings: readonly Finding[]
  /** Bytes that were searched; the rest are holes, which read as zero. */
  readonly searched: number
  readonly survey: Survey
  /** Every file system of the disk, the root first; swap has none. */
  readonly fileSystems: readonly FileSystemEvidence[]
}

/** What a check says of a file system. */
export interface FileSystemState {
  /** Exit status of e2fsck, or of our own look at a FAT; 0 is a sound file system. */
  readonly code: number
  readonly words: string
  /** `clean` when it was cleanly unmounted and nothing is to be replayed. */
  readonly state: string
}

export interface FileSystemEvidence extends FileSystemState {
  /** For messages, such as `ext4 of partition 1, /`. */
  readonly name: string
  readonly kind: string
  /** Free blocks by the file system's own list, and how many of them hold anything but zeroes. */
  readonly freeBlocks: { readonly free: number; readonly dirty: number }
}

/** Identities of one machine at one boot: name to a digest, null where there is none. */
export type Identities = Readonly<Record<string, string | null>>

export interface MachineEvidence {
  readonly first: Identities
  /** The same machine after it was switched off and on. */
  readonly again: Identities
  /** Another machine from the same image. */
  readonly other: Identities
}

/** All that the tests of the published image judge. */
export interface ImageEvidence {
  readonly box: string
  readonly sha256: string
  readonly database: DatabaseExpectation | null
  readonly app: Expectations['app']
  /** What layers of the user's add to the accounts; absent without such layers. */
  readonly accounts?: Expectations['accounts'] | undefined
  /** The one source of apt beside the distribution's, as in the expectations. */
  readonly agentSource: string | null
  /** What the box file wants kept of its mirrors. */
  readonly kept: Kept | null
  readonly seed: Seed
  readonly kinds: readonly string[]
  readonly published: DiskEvidence
  /** A copy in which every leftover was planted, and a canary written and deleted again. */
  readonly planted: DiskEvidence
  /** What a search of the planted copy's compressed file finds. */
  readonly compressed: readonly Finding[]
  /** What the machines ran as. */
  readonly machine: MachineKind
  /** null when machines were left out. */
  readonly machines: MachineEvidence | null
}
