/** A machine reachable over SSH, as `up --json` prints it. */
export interface Target {
  readonly host: string
  readonly port: number
  readonly user: string
  /** A private key's file. */
  readonly key: string
  /** `SHA256:…` of the host key that must be met. */
  readonly hostKey: string
}

export type CheckStatus = 'passed' | 'failed' | 'skipped'

export interface CheckResult {
  readonly id: string
  readonly title: string
  readonly status: CheckStatus
  readonly seconds: number
  /** What the check wanted and what it last saw, in words for a reader. */
  readonly expected: string
  readonly observed: string
}

/** results.json */
export interface VerifyResults {
  readonly box: string
  /** SHA-256 of the image file that was booted; null for `--host`. */
  readonly image: string | null
  /** True when the Agent under test is the lab Agent: every report says so. */
  readonly labAgent: boolean
  readonly planned: number
  readonly passed: number
  readonly failed: number
  readonly skipped: number
  readonly seconds: number
  readonly checks: readonly CheckResult[]
}
