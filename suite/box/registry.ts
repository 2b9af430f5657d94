import type { Expectations } from '../../scripts/lib/render/rendered-box.ts'
import {
  type CheckId,
  checkId,
  expectId,
  type FixedId,
  intervalId,
  logId,
  offId,
  testId,
} from '../../scripts/lib/verify/ids.ts'
import { ownTestCheck } from './author/run.ts'
import type { BoxCheck } from './check.ts'
import { check as agentAfter } from './checks/agent-after.ts'
import { checkOf } from './checks/agent-check.ts'
import { intervalOf } from './checks/agent-check-interval.ts'
import { offOf } from './checks/agent-check-off.ts'
import { check as agentConfig } from './checks/agent-config.ts'
import { check as agentContainer } from './checks/agent-container.ts'
import { check as agentGroups } from './checks/agent-groups.ts'
import { check as agentRunning } from './checks/agent-running.ts'
import { check as agentSecrets } from './checks/agent-secrets.ts'
import { check as agentTags } from './checks/agent-tags.ts'
import { check as agentUnkeyed } from './checks/agent-unkeyed.ts'
import { check as agentVersion } from './checks/agent-version.ts'
import { check as appLogs } from './checks/app-logs.ts'
import { check as appRoutes } from './checks/app-routes.ts'
import { check as appTraces } from './checks/app-traces.ts'
import { check as containersSeen } from './checks/containers-seen.ts'
import { check as databaseAccess } from './checks/database-access.ts'
import { check as databaseGrants } from './checks/database-grants.ts'
import { check as databaseLogs } from './checks/database-logs.ts'
import { check as databaseRunning } from './checks/database-running.ts'
import { check as firstBoot } from './checks/first-boot.ts'
import { check as imageIdentity } from './checks/image-identity.ts'
import { check as imageKernel } from './checks/image-kernel.ts'
import { check as imageSecrets } from './checks/image-secrets.ts'
import { check as imageUnits } from './checks/image-units.ts'
import { check as imageUsers } from './checks/image-users.ts'
import { logOf } from './checks/log-source.ts'
import { assertionCheck } from './expect/check.ts'

const fixed: Readonly<Record<FixedId, BoxCheck>> = {
  'first-boot': firstBoot,
  'agent.running': agentRunning,
  'agent.version': agentVersion,
  'agent.tags': agentTags,
  'agent.unkeyed': agentUnkeyed,
  'agent.container': agentContainer,
  'containers.seen': containersSeen,
  'agent.config': agentConfig,
  'agent.secrets': agentSecrets,
  'agent.groups': agentGroups,
  'agent.after': agentAfter,
  'database.running': databaseRunning,
  'database.grants': databaseGrants,
  'database.logs': databaseLogs,
  'database.access': databaseAccess,
  'app.routes': appRoutes,
  'app.traces': appTraces,
  'app.logs': appLogs,
  'image.identity': imageIdentity,
  'image.secrets': imageSecrets,
  'image.users': imageUsers,
  'image.units': imageUnits,
  'image.kernel': imageKernel,
}

/** How to judge each id of a box; the plan decides which of them run. */
export const registry = ({
  checks,
  idle = [],
  logs = [],
  expect = [],
  tests = [],
}: Expectations): ReadonlyMap<CheckId, BoxCheck> =>
  new Map<CheckId, BoxCheck>([
    ...(Object.entries(fixed) as [FixedId, BoxCheck][]),
    ...checks.flatMap((expectation): [CheckId, BoxCheck][] => [
      [checkId(expectation.name), checkOf(expectation)],
      [intervalId(expectation.name), intervalOf(expectation)],
    ]),
    ...idle.map((name): [CheckId, BoxCheck] => [offId(name), offOf(name)]),
    ...logs.map((expectation): [CheckId, BoxCheck] => [logId(expectation.name), logOf(expectation)]),
    ...tests.flatMap((own) =>
      own.names.map((name): [CheckId, BoxCheck] => [testId(own.file, name), ownTestCheck(own, name)]),
    ),
    ...expect.map((assertion): [CheckId, BoxCheck] => [expectId(assertion.name), assertionCheck(assertion)]),
  ])
