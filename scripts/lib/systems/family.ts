// What one family of distributions does in its own way.

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

/** Leftovers of package management that no image may hold. */
export interface PackageLeftovers {
  readonly title: string
  /** `*` is any part of one name. */
  readonly paths: readonly string[]
}

/** A family of distributions. Whatever differs between families is here, and nowhere else in scripts/. */
export interface Family {
  /** ID in the os-release of its members. */
  readonly ids: readonly string[]
  /** Folder below provision/_engine/ that installs packages, seals them and tells a builder about a mounted image. */
  readonly engine: string
  /** Version of the package that carries an Agent, e.g. `1:7.83.0-1`. */
  readonly agentPackage: (version: string) => string
  /** How a machine tells of an installed package: a command that prints `VERSION STATE`, and the state of one that upgrades leave alone. */
  readonly installed: { readonly command: (name: string) => readonly string[]; readonly held: string }
  /** Timers of background updates: they would take the package manager's lock, so that no box has them on (fault 34). */
  readonly updaters: readonly string[]
  /** Where a mirror of a system's archive has its parts; undefined without a mirror. */
  readonly archiveOf: (mirror: Mirrors['apt'], system: Pick<System, 'id'>) => ArchiveMirror | undefined
  readonly machineType: (system: Pick<System, 'id'>) => MachineType
  readonly leftovers: readonly PackageLeftovers[]
}
