import type { BoxCheck } from '../check.ts'
import { asAgentUser, databaseOf } from '../database.ts'
import { judge } from '../verdict.ts'

export const check: BoxCheck = {
  lane: 'database',
  run: (guest) => {
    const { unit, login: statement } = databaseOf(guest)
    const expected = `${unit} is active and accepts the Agent’s user over TCP`
    return guest.until(async () => {
      const [state, [login]] = await Promise.all([
        guest.run(['systemctl', 'is-active', unit]),
        asAgentUser(guest, [statement]),
      ])
      const active = state.stdout.trim()
      return judge(expected, `${login?.rows.join() ?? ''}`, [
        ...(active === 'active' ? [] : [`${unit} is ${active}`]),
        ...(login?.ok ? [] : [login?.error ?? 'no answer']),
      ])
    }, expected)
  },
}
