// Waits until first boot has finished.

import { setTimeout as sleep } from 'node:timers/promises'
import { BoxhoundError } from '../_helpers/errors.ts'
import { follow, kernelPanic, lastLines, preferredHostKey, readConsole } from './console.ts'
import type { ConsoleFacts } from './machine-spec.ts'
import { isRunning, type ProcessIdentity } from './process.ts'

/** What to wait for: any host key (user space is running), or the end of first boot, successful or not. */
export type Sign = 'host-key' | 'first-boot'

const seen = (facts: ConsoleFacts, sign: Sign): boolean =>
  sign === 'first-boot' ? facts.firstBoot !== 'unknown' : preferredHostKey(facts) !== null

/**
 * Waits for the marker on the console, not for the SSH port, which accepts connections before first boot is over (fault
 * 42).
 *
 * @param deadline in seconds; on a timeout the error contains the console's last lines.
 */
export const awaitConsole = async (
  console: string,
  machine: ProcessIdentity,
  sign: Sign,
  deadline: number,
): Promise<ConsoleFacts> => {
  const read = follow(console)
  const end = Date.now() + deadline * 1000
  for (;;) {
    const running = isRunning(machine)
    const text = await read()
    const facts = readConsole(text)
    if (seen(facts, sign)) return facts
    const panic = kernelPanic(text)
    if (panic !== null)
      throw new BoxhoundError('E_GUEST_PANIC', 'kernel panic during boot', {
        file: console,
        expected: 'the line "boxhound: first-boot done" on the serial console',
        found: `\n${panic}`,
        next: 'try again; if it happens again, check the kernel in the image',
      })
    if (!running || Date.now() > end) {
      const trouble = running ? `first boot did not finish within ${deadline} s` : 'the machine exited during boot'
      throw new BoxhoundError('E_BOOT', trouble, {
        expected: 'the line "boxhound: first-boot done" on the serial console',
        found: `last lines of the console:\n${lastLines(text) || '(nothing)'}`,
      })
    }
    await sleep(50)
  }
}

/** The fingerprint that the machine itself has printed, which identifies it. */
export const hostKeyOf = (facts: ConsoleFacts, console: string): string => {
  const hostKey = preferredHostKey(facts)
  if (hostKey !== null) return hostKey
  throw new BoxhoundError('E_HOST_KEY_UNKNOWN', 'the machine printed no host key on its console', {
    file: console,
    expected: '"boxhound: host-key TYPE SHA256:…"',
    next: 'rebake the box: its image lacks the unit that prints the key',
  })
}
