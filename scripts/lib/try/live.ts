// Copies check files into a running machine.

import { outcomeOf } from '../_helpers/child.ts'
import { BoxhoundError } from '../_helpers/errors.ts'
import { quoteCommand } from '../verify/quote.ts'
import type { Session } from '../verify/ssh.ts'

/** Applies the layer, an archive on stdin, with its own engine, removes the given paths, and restarts the Agent. */
const script = `
set -Eeuo pipefail
trap 'rm -rf -- /run/boxhound/layer' EXIT
rm -rf -- /run/boxhound/layer
mkdir -p /run/boxhound/layer
base64 --decode | tar -C /run/boxhound/layer -xf -
export BOXHOUND_LAYER=checks DEBIAN_FRONTEND=noninteractive
bash /run/boxhound/layer/apply.sh
cd /
rm -f -- "$@"
systemctl restart datadog-agent.service
`

/**
 * Copies a staged layer's files into a running machine with the same code as a bake (provision/_engine/apply.sh), and
 * restarts the Agent.
 *
 * @param staged folder as `stageLayer` leaves it.
 * @param removed guest paths, without the leading slash, of files that are no longer part of the layer.
 * @throws E_LIVE with the engine's output.
 */
export const applyLive = async (session: Session, staged: string, removed: readonly string[]): Promise<void> => {
  const packed = await outcomeOf('tar', ['-C', staged, '--owner=0', '--group=0', '--numeric-owner', '-cf', '-', '.'], {
    largest: 256 << 20,
  })
  if (packed.code !== 0)
    throw new BoxhoundError('E_LIVE', 'cannot pack the changed files', { found: String(packed.stderr).trim() })
  const command = quoteCommand(['bash', '-c', script, 'apply', ...removed])
  const {
    code,
    stdout: said,
    stderr,
  } = await session.run(command, {
    stdin: packed.stdout.toString('base64'),
    name: 'apply the checks',
    deadline: 120,
  })
  if (code === 0) return
  throw new BoxhoundError('E_LIVE', 'cannot apply the changed files to the running machine', {
    found: `${said}${stderr}`.trim().split('\n').slice(-10).join('\n'),
    next: 'npm run down -- BOX, then try again with a new container',
  })
}
