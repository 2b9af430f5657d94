import type { BoxCheck } from '../check.ts'
import { asAgentUser } from '../database.ts'
import { judge } from '../verdict.ts'

export const check: BoxCheck = {
  lane: 'database',
  run: (guest) => {
    const unit = guest.context.expectations.database?.unit ?? ''
    const expected = `${unit} is active and answers the user of the Agent's check over TCP`
    return guest.until(async () => {
      const [state, [login]] = await Promise.all([
        guest.run(['systemctl', 'is-active', unit]),
        asAgentUser(guest, ["SELECT CONCAT(CURRENT_USER(), ' on ', VERSION())"]),
      ])
      const active = state.stdout.trim()
      return judge(expected, `${login?.rows.join() ?? ''}`, [
        ...(active === 'active' ? [] : [`${unit} is ${active}`]),
        ...(login?.ok ? [] : [login?.error ?? 'no answer']),
      ])
    }, expected)
  },
}
