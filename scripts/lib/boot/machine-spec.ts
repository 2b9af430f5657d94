// A machine as plain data.

/** How the guest's CPU runs. KVM is used only if a probe has booted under it. */
export type Accelerator = 'kvm' | 'tcg'

/** A value that the guest reads as a systemd credential. It is passed in a file, since anyone can read argv. */
export interface Credential {
  /** Without the `io.systemd.credentials/` prefix, e.g. "boxhound.dd_api_key". */
  readonly name: string
  /** A 0600 file that holds the value. */
  readonly file: string
}

/** Everything that determines QEMU's command line. */
export interface QemuSpec {
  readonly name: string
  readonly accelerator: Accelerator
  readonly cpus: number
  /** MiB */
  readonly memory: number
  /** qcow2 that the guest may write to. */
  readonly disk: string
  /** Loopback port that leads to the guest's port 22. */
  readonly sshPort: number
  /** True cuts the guest off from everything but the forwarded port. */
  readonly isolated: boolean
  /** File that receives the serial console. */
  readonly console: string
  /** QMP's unix socket. */
  readonly qmp: string
  readonly credentials: readonly Credential[]
  /** ISO of a NoCloud seed, as a read-only disk; null for none. */
  readonly seed: string | null
  /** True confines QEMU with seccomp. A QEMU built without it refuses the option. */
  readonly confined: boolean
}

/** What the guest has printed on its console so far. */
export interface ConsoleFacts {
  /** Key type to `SHA256:…`. */
  readonly hostKeys: Readonly<Record<string, string>>
  readonly firstBoot: 'unknown' | 'done' | 'failed'
  /** The name of the step that failed. */
  readonly failedStep: string | null
}

/** The caller's values that first boot reads; all are optional and never appear in argv. */
export interface GuestInputs {
  readonly apiKey?: string
  readonly site?: string
  readonly tags?: string
  readonly hostname?: string
  /** Public keys that may log in as root. */
  readonly authorizedKeys: readonly string[]
}
