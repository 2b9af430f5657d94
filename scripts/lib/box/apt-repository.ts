// Repositories that layers install from.

/** An apt repository that a layer installs from. */
export interface AptRepository {
  /**
   * For a repository of the lab, which is built and signed on this machine and served on loopback while baking: the folder of the project whose
   * build.sh makes its packages. False for any other.
   */
  readonly lab: string | false
  /** Canonical address, which stays in the image. While baking, packages may come from another (`mirrors.agent`, the lab's server). */
  readonly url: string
  readonly suite: string
  readonly components: readonly string[]
  /** Full fingerprints of the accepted signing keys; empty for the lab, whose key is generated locally. */
  readonly keys: readonly string[]
  /** Addresses of those keys. While baking, they may come from another folder (`mirrors.keys`, the lab's server). */
  readonly keyUrls: readonly string[]
}

/** The repository of a database's publisher, or the lab's in its place. */
export interface PublisherRepository extends AptRepository {
  /** Guest path at which its keyring stays in the image. */
  readonly keyring: string
}

/** Whether a package's version is one that the lab builds. */
export const isLabVersion = (version: string): boolean => version.endsWith('+lab')
