import { type Answer, appOf, type Route, requests } from '../app.ts'
import type { BoxCheck } from '../check.ts'
import { judge, type Verdict } from '../verdict.ts'

/** Judges that each route answers 200 with exactly the expected body. */
export const judgeRoutes = (routes: readonly Route[], answers: readonly Answer[]): Verdict => {
  const problems = routes.flatMap(({ path, body }) => {
    const answer = answers.find((other) => other.path === path)
    if (answer === undefined || answer.status === 0) return [`${path}: ${answer?.error ?? 'not requested'}`]
    if (answer.status !== 200) return [`${path}: status ${answer.status}`]
    return answer.body.trimEnd() === body ? [] : [`${path}: ${JSON.stringify(answer.body.slice(0, 200))}`]
  })
  const expected = routes.map(({ path, body }) => `${path}: "${body}"`).join('\n')
  return judge(expected, `${routes.length} routes respond`, problems)
}

export const check: BoxCheck = {
  run: async (guest) => judgeRoutes(appOf(guest).routes, (await requests(guest)).answers),
}
