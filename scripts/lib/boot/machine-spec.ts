// A machine as plain data.

/** How the guest's CPU runs: KVM only where a probe has booted under it. */
export type Accelerator = 'kvm' | 'tcg'

/** One value that the guest reads as a systemd credential; handed over by file, since argv is public. */
export interface Credential {
  /** Without the `io.systemd.credentials/` prefix, e.g. "boxhound.dd_api_key". */
  readonly name: string
  /** A 0600 file that holds the value. */
  readonly file: string
}

/** Everything that decides QEMU's command line. */
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
  /** ISO of a NoCloud seed, a disk that the guest may only read; null for none. */
  readonly seed: string | null
  /** True confines QEMU by seccomp; a QEMU that was built without it refuses the option. */
  readonly confined: boolean
}

/** What the guest has told on its console so far. */
export interface ConsoleFacts {
  /** Key type to `SHA256:…`. */
  readonly hostKeys: Readonly<Record<string, string>>
  readonly firstBoot: 'unknown' | 'done' | 'failed'
  /** The step that failed, as the guest names it. */
  readonly failedStep: string | null
}

/** Values of the caller that first boot reads; all optional, none ever in argv. */
export interface GuestInputs {
  readonly apiKey?: string
  readonly site?: string
  readonly tags?: string
  readonly hostname?: string
  /** Public keys that may log in as root. */
  readonly authorizedKeys: readonly string[]
}
