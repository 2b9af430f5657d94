import type { Guest } from './guest.ts'

/**
 * Waits inside the guest until a condition holds, since polling from outside costs far more per attempt.
 *
 * A slow processor is not a hung program. As long as one of the units uses the CPU, the wait starts over, up to an
 * upper limit. A unit counts as busy if its control group has used at least 50 ms since the last look. Without such a
 * figure the wait is not extended.
 *
 * $1 seconds to wait, $2 upper limit, $3 condition, then units.
 */
const script = `
patience=$1 most=$2 condition=$3
shift 3
used() {
  local unit key value total=0
  for unit in "$@"; do
    while read -r key value; do
      if [ "$key" = usage_usec ]; then total=$((total + value)); fi
    done 2>/dev/null <"/sys/fs/cgroup/system.slice/$unit/cpu.stat"
  done
  echo "$total"
}
before=$(used "$@") left=$patience
while [ "$left" -gt 0 ] && [ "$SECONDS" -lt "$most" ]; do
  if eval "$condition"; then exit 0; fi
  sleep 1
  now=$(used "$@")
  if [ "$((now - before))" -ge 50000 ]; then left=$patience; else left=$((left - 1)); fi
  before=$now
done
exit 1
`

/** `system.slice/UNIT`: a unit's name with its suffix. */
const withSuffix = (unit: string): string => (unit.includes('.') ? unit : `${unit}.service`)

/**
 * Waits in the guest until `condition`, a bash command, succeeds. It does not report whether that ever happened:
 * whatever comes next is judged in any case.
 *
 * @param units count as making progress while they use the CPU.
 */
export const waitFor = async (
  guest: Guest,
  condition: string,
  { name, units }: { readonly name: string; readonly units: readonly string[] },
): Promise<void> => {
  const { poll, limit } = guest.context.deadlines
  const words = ['bash', '-c', script, 'wait', String(Math.ceil(poll)), String(Math.ceil(limit)), condition]
  await guest.run([...words, ...units.map(withSuffix)], { name, deadline: limit + 30 })
}
