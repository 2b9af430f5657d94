// The rendered box as plain data.

import type { Settings } from '../box/agent.ts'
import type { AptRepository } from '../box/apt-repository.ts'
import type { Box, LogSource } from '../box/box.ts'
import type { Engine } from '../box/engine.ts'
import type { Assertion } from '../box/expected.ts'
import type { Anchor } from '../box/layer-names.ts'
import type { BridgeAddresses } from '../box/subnet.ts'
import type { SystemGroup, SystemUser } from './layer-accounts.ts'

/** One of boxhound's own (box/layer-names.ts), or the name of a folder in `layers/` beside the box file. */
export type LayerName = string

/** Languages that a value is escaped for, and that a rendered file is parsed by again. */
export type Language =
  | ('shell' | 'yaml' | 'json' | 'hcl' | 'python' | 'unit' | 'sql' | 'ruby' | 'xml')
  | ('apt' | 'apt-conf' | 'ini' | 'pem' | 'text')

export interface RenderedFile {
  /** Relative to its tree: for a layer's root the guest path without the leading slash. */
  readonly path: string
  /** Permission bits, e.g. 0o644. */
  readonly mode: number
  readonly content: Buffer
  /** Template or file it comes from, relative to the project. */
  readonly source: string
  readonly language: Language
}

/** `owner:group` and mode of one guest path; `recursive` covers everything below it (mode then for files only). */
export interface OwnerRule {
  readonly path: string
  readonly owner: string
  readonly group: string
  /** Octal, e.g. "0640"; absent leaves the mode as staged. */
  readonly mode?: string
  readonly recursive?: boolean
}

/** Python packages that the host downloads by hash and the layer installs offline from /run/boxhound/layer/wheels/NAME. */
export interface WheelSet {
  readonly name: string
  /** A requirements file with hashes, relative to the project; only a name where `list` is given. */
  readonly requirements: string
  /** The text of such a file, where it is made of several. */
  readonly list?: string
  /** With `list`: the file and line that each package comes from, such as `checks/mine/requirements.txt:3`; for errors. */
  readonly origins?: Readonly<Record<string, string>>
  /** Python of the guest, e.g. "3.13". */
  readonly python: string
}

/** A container image that the host stages as an OCI layout in /run/boxhound/layer/images/NAME. */
export type ImageSet = { readonly name: string } & (
  | {
      /** `REGISTRY/NAME@sha256:DIGEST`. */
      readonly image: string
    }
  | {
      /** Folder of the project that describes an image made on this machine, such as `lab/images/agent`. */
      readonly lab: string
      /** Version of the package in it. */
      readonly version?: string
    }
)

/** A repository that a layer installs from. */
export interface LayerRepository extends AptRepository {
  /** Guest path at which its keyring stays in the image. */
  readonly keyring: string
  /** Which of the box file's `mirrors` may stand in for it; absent where none does. */
  readonly mirror?: 'agent' | 'database'
}

/** layer.yaml(.hbs) of one or more folders, merged. */
export interface LayerSpec {
  readonly packages: readonly string[]
  /** Packages of another suite of the base's own mirror, lab only, such as unstable. */
  readonly suites: readonly string[]
  readonly repositories: readonly LayerRepository[]
  /** Files of its own tree that must be there before the packages come: guest paths. */
  readonly early: readonly string[]
  /** Packages that apt must not upgrade. */
  readonly hold: readonly string[]
  readonly owners: readonly OwnerRule[]
  readonly units: {
    readonly enable: readonly string[]
    readonly disable: readonly string[]
    readonly mask: readonly string[]
  }
  readonly wheels: readonly WheelSet[]
  /** Absent where there are none, so that other layers keep their ids. */
  readonly images?: readonly ImageSet[]
  /** Further folders of the project whose content belongs to the layer's identity (lab/agent for the lab Agent). */
  readonly inputs: readonly string[]
  /** System accounts to create; absent where there are none, as the next two. */
  readonly users?: readonly SystemUser[]
  readonly groups?: readonly SystemGroup[]
  /** Accounts that the packages create by themselves. */
  readonly accounts?: readonly string[]
}

export interface RenderedLayer {
  readonly name: LayerName
  /** Only of a layer of the user's: what it follows, and its place among those that follow the same, from 0. */
  readonly own?: { readonly after: Anchor; readonly index: number }
  /** Assertions of its folders; absent where there are none. They are no part of its id. */
  readonly expect?: readonly Assertion[]
  /** Folders it was rendered from, relative to the project, in order. */
  readonly folders: readonly string[]
  readonly spec: LayerSpec
  /** The tree that mirrors the guest's `/`. */
  readonly files: readonly RenderedFile[]
  /** provision.sh of each folder that has one, in order; `path` is `NN-FOLDER.sh`. */
  readonly scripts: readonly RenderedFile[]
  /** What scripts copy from /run/boxhound/layer/data, each file in its own language: no script prints a value of the box file into another. */
  readonly data: readonly RenderedFile[]
}

/** State of a service check that a check.yaml may declare as right. */
export type ServiceState = 'ok' | 'warning' | 'critical' | 'unknown' | 'any'

/** What the suite must see of one check. */
export interface CheckExpectation {
  readonly name: string
  readonly interval: number
  /** Seconds of each instance, where its configuration gives others than `interval`. */
  readonly intervals?: readonly number[]
  /** Files that its configuration lets the Agent follow, without those named by a pattern. */
  readonly logs?: readonly string[]
  readonly metrics: readonly string[]
  /** Metrics that exist only after a second run (`--check-rate`). */
  readonly rates: readonly string[]
  readonly serviceChecks: readonly string[]
  /** States that are right though they aren't OK, by the name of the service check; `any` is not judged. */
  readonly states?: Readonly<Record<string, ServiceState>>
  readonly tags: readonly string[]
  /** Of a list those that match a pattern are allowed, and told with the reason. */
  readonly warnings: 'none' | 'allowed' | readonly { readonly pattern: string; readonly reason: string }[]
  readonly ranges: Readonly<Record<string, { readonly min: number; readonly max: number }>>
}

/** What the suite must see of one log source. */
export interface LogExpectation extends Pick<LogSource, 'name' | 'trials'> {
  /** How the Agent names it. */
  readonly integration: string
  readonly source: LogSource['config']
}

/** How an instance is handed keys and inputs: systemd credentials, or cloud-init's NoCloud seed where the image has cloud-init. */
export type Seed = 'credentials' | 'nocloud'

/** What `mirrors.keep` leaves in an image, and nothing else may look like it. */
export interface Kept {
  /** `host` or `host:port` of mirrors and proxy. */
  readonly hosts: readonly string[]
  /** Base64 of each certificate, without line breaks. */
  readonly certificates: readonly string[]
}

/** What the suite must know and see of a database: its engine's data, with what Database Monitoring adds where the box asks for it. */
export interface DatabaseExpectation
  extends Pick<
    Engine,
    | ('title' | 'unit' | 'client' | 'login' | 'rights' | 'cap' | 'trials' | 'inspections')
    | ('identities' | 'accounts' | 'groups' | 'tables' | 'lines' | 'data')
  > {
  readonly engine: string
  /** The source of apt that its packages come from, as `agent.source`, and the guest path of the keyring; absent where that is the distribution. */
  readonly source?: string
  readonly keyring?: string
  /** Whether Database Monitoring is set up, and what it needs is judged. */
  readonly dbm: boolean
  /** Name of the integration's check. */
  readonly check: string
  /** Where that check finds its login: guest path. */
  readonly configuration: string
  /** Log files that dd-agent must be able to read and the Agent must tail; none where the Agent collects no logs. */
  readonly logs: Engine['logs']
  /** Patterns of paths that a sealed disk must not hold, and of files that an instance must have made itself. */
  readonly seal: readonly string[]
  readonly present: readonly string[]
}

/** A file of tests of the user's. */
export interface OwnTest {
  /** Its name without `.test.ts`. */
  readonly file: string
  /** Its exports, each a test with the id `test.FILE.NAME`. */
  readonly names: readonly string[]
  /** The file with all that it imports, and the harness that runs it in a thread. */
  readonly code: string
}

/** What the suite must see of the Agent's container. */
export interface ContainerExpectation extends BridgeAddresses {
  readonly name: string
  readonly network: string
  /** The image's name in the box. */
  readonly image: string
  /** What the box file says: `lab`, or the image by digest. */
  readonly reference: string
  readonly mounts: readonly { readonly source: string; readonly target: string; readonly writable: boolean }[]
  /** Names of the containers that the Agent must report, and tags that each must have. */
  readonly seen: readonly { readonly name: string; readonly tags: readonly string[] }[]
}

/** What the suite must see on a machine of this box; plain data, written to expectations.json. */
export interface Expectations {
  readonly box: string
  readonly version: string
  readonly seed: Seed
  /** Only of a box that keeps its mirrors. */
  readonly kept?: Kept
  readonly agent: {
    readonly version: string
    /** Its package: how it is asked for, and the answer that must come; null where it runs in a container. */
    readonly package: { readonly command: readonly string[]; readonly version: string; readonly state: string } | null
    readonly lab: boolean
    readonly site: string
    readonly tags: readonly string[]
    readonly logs: boolean
    /** Its source of apt: address, suite, components. */
    readonly source: string
    /** Settings of the box file that the running Agent must have; absent without any. */
    readonly config?: Settings
    /** Groups that its process must be in, and units that it must start after; absent without any. */
    readonly groups?: readonly string[]
    readonly after?: readonly string[]
    /** Where its key comes from, if not from first boot alone: settings of datadog.yaml, and the guest path of the user's program. */
    readonly secrets?: { readonly settings: Settings; readonly command: string | null }
  }
  /** The Agent's container; null where a package is installed. */
  readonly container: ContainerExpectation | null
  readonly checks: readonly CheckExpectation[]
  /** Checks that the Agent must not run; absent where the box switches none off. */
  readonly idle?: readonly string[]
  /** Log sources of the box's own; absent without any. */
  readonly logs?: readonly LogExpectation[]
  readonly database: DatabaseExpectation | null
  readonly app: {
    readonly port: number
    readonly service: string
    readonly env: string
    readonly version: string
    readonly unit: string
    readonly log: string
    /** Source of its log lines. */
    readonly source: string
    readonly accounts: readonly string[]
    readonly groups: Readonly<Record<string, readonly string[]>>
    readonly routes: readonly { readonly path: string; readonly body: string; readonly resource: string }[]
  } | null
  /** What layers of the user's add to the accounts of the image; absent without such layers. */
  readonly accounts?: {
    readonly names: readonly string[]
    /** Members by group. */
    readonly groups: Readonly<Record<string, readonly string[]>>
  }
  /** Assertions of the box file and of its layers; absent where there are none. */
  readonly expect?: readonly Assertion[]
  /** Tests beside the box file; absent where there are none. */
  readonly tests?: readonly OwnTest[]
  /** Units that must be enabled. */
  readonly units: readonly string[]
  /** Units that must be off. */
  readonly off: readonly string[]
}

export interface Rendered {
  readonly box: Box
  readonly layers: readonly RenderedLayer[]
  readonly expectations: Expectations
}
