import test from 'ava'
import { asTyped } from '../../scripts/lib/_helpers/typed.ts'

const npx = { BOXHOUND_COMMAND: 'npx boxhound', npm_command: 'exec' }

const typed = (text: string, environment: NodeJS.ProcessEnv = npx, scripts = {}): string =>
  asTyped(text, environment, () => scripts)

for (const [text, expected] of [
  ['npm run bake -- lab --draft', 'npx boxhound bake lab --draft'],
  ['npm run bake', 'npx boxhound bake'],
  ['sudo -E npm run bake', 'sudo -E npx boxhound bake'],
  ['npm run bake -- --help', 'npx boxhound bake --help'],
  ['npm run ssh -- lab -- uptime', 'npx boxhound ssh lab -- uptime'],
  ['npm run bake -- lab --draft && npm run up -- lab', 'npx boxhound bake lab --draft && npx boxhound up lab'],
  ['“npm run up”, then npm run down.', '“npx boxhound up”, then npx boxhound down.'],
  ['npm start -- lab --json', 'npx boxhound start lab --json'],
  ['npm ci && npm start', 'npx boxhound start'],
  ['npm run test:controls -- lab', 'npx boxhound controls lab'],
  ['Usage: npm run VERB -- [BOX]', 'Usage: npx boxhound VERB [BOX]'],
  ['npm run lint and npm ci --include=optional', 'npm run lint and npm ci --include=optional'],
  ['add it; guide/checks.md shows how', 'add it; boxhound’s guide/checks.md shows how'],
  ['see /mine/guide/checks.md', 'see /mine/guide/checks.md'],
  ['npm run bake-all, npm run starting', 'npm run bake-all, npm run starting'],
] as const)
  test(`who typed npx boxhound reads of it: ${text}`, (t) => {
    t.is(typed(text), expected)
  })

test('in a checkout nothing changes', (t) => {
  t.is(typed('npm run bake -- lab', { npm_command: 'run-script' }), 'npm run bake -- lab')
})

test('who typed an npm script of their own reads of it, and of the program where there is no script', (t) => {
  const environment = { BOXHOUND_COMMAND: 'npx boxhound', npm_command: 'run-script' }
  const scripts = { bake: 'boxhound bake', verify: 'echo verified' }
  t.is(typed('npm run bake -- web', environment, scripts), 'npm run bake -- web')
  t.is(typed('npm run verify -- web', environment, scripts), 'npx boxhound verify web')
})

test('an installed program is called by its name', (t) => {
  t.is(typed('npm run bake -- lab', { BOXHOUND_COMMAND: 'boxhound' }), 'boxhound bake lab')
})
