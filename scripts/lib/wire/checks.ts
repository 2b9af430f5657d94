// All checks of the wire.

import type { Expectations } from '../render/rendered-box.ts'
import { encodings } from './encodings.ts'
import { hostTags } from './host-tags.ts'
import { logs } from './logs.ts'
import { metricsOf } from './metrics.ts'
import { serviceChecks } from './service-checks.ts'
import { traces } from './traces.ts'
import type { Provoked, WireCheck } from './wire-check.ts'

/** Everything that has to arrive from a machine of this box. */
export const wireChecks = (expectations: Expectations, provoked: Provoked): readonly WireCheck[] => [
  hostTags(expectations, provoked),
  ...expectations.checks.map((check) => metricsOf(check, provoked)),
  serviceChecks(expectations, provoked),
  ...logs(expectations, provoked),
  ...traces(expectations, provoked),
  encodings,
]
