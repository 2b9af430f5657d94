// What differs between families of distributions.

import type { Mirrors, System } from '../box/box.ts'

/** Addresses of a distribution's archive, without a trailing slash. */
export interface ArchiveMirror {
  readonly main: string
  readonly security: string
}

/** An operating system's number in CIM_OperatingSystem.OSType, and its name in `VBoxManage list ostypes`. */
export interface MachineType {
  readonly cim: number
  readonly vbox: string
}

/** Leftovers of package management that no image may contain. */
export interface PackageLeftovers {
  readonly title: string
  /** `*` matches any part of one name. */
  readonly paths: readonly string[]
}

/** A family of distributions. Whatever differs between families is here, and nowhere else in scripts/. */
export interface Family {
  /** ID in the os-release of its members. */
  readonly ids: readonly string[]
  /** Folder below provision/_engine/ that installs packages, seals them and describes a mounted image to a builder. */
  readonly engine: string
  /** Version of the package for an Agent version, e.g. `1:7.83.0-1`. */
  readonly agentPackage: (version: string) => string
  /** How to query an installed package: a command that prints `VERSION STATE`, and the state of a held package. */
  readonly installed: { readonly command: (name: string) => readonly string[]; readonly held: string }
  /** Timers of background updates, off in every box, since they would take the package manager's lock (fault 34). */
  readonly updaters: readonly string[]
  /** The addresses of a mirror for a system's archive; undefined without a mirror. */
  readonly archiveOf: (mirror: Mirrors['apt'], system: Pick<System, 'id'>) => ArchiveMirror | undefined
  readonly machineType: (system: Pick<System, 'id'>) => MachineType
  readonly leftovers: readonly PackageLeftovers[]
}
