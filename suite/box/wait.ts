import type { Guest } from './guest.ts'

/**
 * A loop inside the guest until a condition holds: asking from outside costs far more per try.
 *
 * A slow processor is not a hanging program. As long as one of the units computes, patience begins anew, up to an upper bound: a unit counts as computing
 * when its control group has used a twentieth of a second since the last look. Where there is no such figure patience is what it is.
 *
 * $1 patience, $2 the upper bound, $3 the condition, then units.
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
 * Waits in the guest until `condition`, a command of bash, succeeds. Whether it ever did is not told: what comes next is judged in any case.
 *
 * @param units whose work is progress.
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
