import test, { type ExecutionContext } from 'ava'
import { type Command, helpText, parseCommand } from '../../scripts/lib/_helpers/cli.ts'
import { BoxhoundError } from '../../scripts/lib/_helpers/errors.ts'

const command: Command = {
  verb: 'bake',
  summary: 'Bakes a box.',
  positional: { name: 'BOX', help: 'which one' },
  options: {
    draft: { type: 'boolean', help: 'only a draft' },
    'on-error': { type: 'string', value: ['shell', 'keep', 'clean'], help: 'what then' },
    out: { type: 'string', value: 'DIR', help: 'where to' },
    only: { type: 'string', multiple: true, help: 'several' },
  },
  examples: [['npm run bake', 'bakes the lab box']],
}

const usageError = (t: ExecutionContext, argv: readonly string[], one: Command = command): BoxhoundError => {
  const error = t.throws(() => parseCommand(argv, one), { instanceOf: BoxhoundError })
  t.is(error.code, 'E_USAGE')
  t.is(error.exitCode, 2)
  t.is(error.details.next, 'npm run bake -- --help')
  return error
}

test('words, flags, values and lists are told apart', (t) => {
  const parsed = parseCommand(['lab', '--draft', '--out', 'x', '--only', 'a', '--only=b'], command)
  t.deepEqual(parsed, {
    positional: 'lab',
    positionals: ['lab'],
    rest: [],
    flags: { draft: true },
    values: { out: 'x' },
    lists: { only: ['a', 'b'] },
  })
})

test('an unknown option is named', (t) => {
  t.regex(usageError(t, ['--drafft']).message, /--drafft/)
})

test('a value outside the list is refused with the list', (t) => {
  const error = usageError(t, ['--on-error', 'leave'])
  t.is(error.message, '--on-error must be one of shell, keep, clean')
  t.is(error.details.found, 'leave')
})

test('a second word is refused', (t) => {
  t.is(usageError(t, ['lab', 'ubuntu']).details.found, 'ubuntu')
})

test('a verb that takes many words gets all of them, and its help says so', (t) => {
  const many: Command = { ...command, positional: { name: 'ROW', help: 'which ones', multiple: true } }
  t.deepEqual(parseCommand(['1', '--draft', '2', '3'], many)?.positionals, ['1', '2', '3'])
  t.regex(helpText(many), /\[ROW…\]/)
})

test('any word is refused where none is wanted', (t) => {
  const { positional: _, ...without } = command
  t.is(usageError(t, ['lab'], without).details.found, 'lab')
})

test('an empty value and a missing one are refused', (t) => {
  t.regex(usageError(t, ['--out', '']).message, /--out/)
  t.regex(usageError(t, ['--out']).message, /--out/)
})

test('a flag takes no value', (t) => {
  t.regex(usageError(t, ['--draft=yes']).message, /--draft/)
})

test('what follows -- goes to the other program, untouched', (t) => {
  const parsed = parseCommand(['lab', '--', 'ls', '--draft', '--help'], { ...command, passThrough: true })
  t.is(parsed?.positional, 'lab')
  t.deepEqual(parsed?.rest, ['ls', '--draft', '--help'])
  t.deepEqual(parsed?.flags, {})
})

test.serial('--help prints the page and parses nothing', (t) => {
  const { log } = console
  const lines: unknown[] = []
  console.log = (line) => lines.push(line)
  t.teardown(() => {
    console.log = log
  })
  t.is(parseCommand(['--help'], command), undefined)
  t.deepEqual(lines, [helpText(command)])
})

test('the help page shows usage, each option with its values, and the examples', (t) => {
  t.is(
    helpText(command),
    [
      'Bakes a box.',
      '',
      'Usage: npm run bake -- [BOX] [OPTIONS]',
      '',
      '  BOX                          which one',
      '  --draft                      only a draft',
      '  --on-error shell|keep|clean  what then',
      '  --out DIR                    where to',
      '  --only VALUE                 several',
      '  --help                       this page',
      '',
      'Examples:',
      '  npm run bake',
      '      bakes the lab box',
    ].join('\n'),
  )
})

test('a word that must be there is not shown as optional', (t) => {
  t.true(
    helpText({ ...command, words: 'plan|apply [BOX]' }).includes('Usage: npm run bake -- plan|apply [BOX] [OPTIONS]'),
  )
  t.true(helpText(command).includes('Usage: npm run bake -- [BOX] [OPTIONS]'))
})
