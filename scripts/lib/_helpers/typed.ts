// Names commands as the user types them: `npm run bake -- lab`, or `npx boxhound bake lab`.

import { readFileSync } from 'node:fs'
import { isVerb } from './verbs.ts'

/** Set by the program `boxhound` to how it was started: `boxhound` or `npx boxhound`. In a checkout, npm runs the verbs and it is not set. */
export const commandVariable = 'BOXHOUND_COMMAND'

/** npm scripts with other names than their verbs. */
const renamed: Readonly<Record<string, string>> = { 'test:controls': 'controls' }

/** The scripts of the user's package.json. */
const ownScripts = (): Readonly<Record<string, unknown>> => {
  try {
    return JSON.parse(readFileSync('package.json', 'utf8')).scripts ?? {}
  } catch {
    return {}
  }
}

/** Files of boxhound that messages refer to, and that are not in the user's folder. */
const shipped = /(?<![\w./-])(?:guide\/[a-z-]+\.md|provision\/systems\.yaml)(?![\w/-])/g

const mention = /\bnpm (?:run (VERB|[a-z]+(?::[a-z]+)?)|start)( --)?(?![\w-])/g

/**
 * A text of boxhound's with its commands as the user types them. Texts are written as in a checkout: `npm run bake -- lab`.
 *
 * Who called the program gets its name. Who called it by an npm script keeps `npm run`, for each verb that has such a script.
 */
export const asTyped = (
  text: string,
  environment: NodeJS.ProcessEnv = process.env,
  scripts: () => Readonly<Record<string, unknown>> = ownScripts,
): string => {
  const program = environment[commandVariable]
  if (!program) return text
  const own = environment.npm_command === 'run-script' ? scripts() : {}
  return text
    .replaceAll('npm ci && npm start', 'npm start')
    .replaceAll(mention, (whole, script: string = 'start') => {
      const verb = renamed[script] ?? script
      if (script !== 'VERB' && !isVerb(verb)) return whole
      return own[script] === `boxhound ${verb}` ? whole : `${program} ${verb}`
    })
    .replaceAll(shipped, (file) => `boxhound’s ${file}`)
}
