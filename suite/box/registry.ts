import type { Expectations } from '../../scripts/lib/render/types.ts'
import type { BoxCheck } from './check.ts'
import { checkOf } from './checks/agent-check.ts'
import { intervalOf } from './checks/agent-check-interval.ts'
import { check as agentRunning } from './checks/agent-running.ts'
import { check as agentTags } from './checks/agent-tags.ts'
import { check as agentUnkeyed } from './checks/agent-unkeyed.ts'
import { check as agentVersion } from './checks/agent-version.ts'
import { check as appLogs } from './checks/app-logs.ts'
import { check as appRoutes } from './checks/app-routes.ts'
import { check as appTraces } from './checks/app-traces.ts'
import { check as databaseGrants } from './checks/database-grants.ts'
import { check as databaseLogs } from './checks/database-logs.ts'
import { check as databaseRunning } from './checks/database-running.ts'
import { check as firstBoot } from './checks/first-boot.ts'
import { check as imageIdentity } from './checks/image-identity.ts'
import { check as imageKernel } from './checks/image-kernel.ts'
import { check as imageSecrets } from './checks/image-secrets.ts'
import { check as imageUnits } from './checks/image-units.ts'
import { check as imageUsers } from './checks/image-users.ts'

/** Every check there is for a box; which of them run is the plan's business. */
export const registry = ({ checks }: Expectations): BoxCheck[] => [
  ...[firstBoot, agentRunning, agentVersion, agentTags, agentUnkeyed],
  ...checks.flatMap((expectation) => [checkOf(expectation), intervalOf(expectation)]),
  ...[databaseRunning, databaseGrants, databaseLogs, appRoutes, appTraces, appLogs],
  ...[imageIdentity, imageSecrets, imageUsers, imageUnits, imageKernel],
]
