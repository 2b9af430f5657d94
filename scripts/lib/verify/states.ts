// States of service checks.

import type { ServiceState } from '../render/rendered-box.ts'

const names = ['ok', 'warning', 'critical', 'unknown'] as const

/** The name of a service check's state: 0 is ok, 3 is unknown. */
export const stateName = (status: number): string => names[status] ?? String(status)

/** Whether a state is the one that check.yaml declares, by default ok. */
export const isRightState = (declared: ServiceState | undefined, status: number): boolean =>
  declared === 'any' || stateName(status) === (declared ?? 'ok')
