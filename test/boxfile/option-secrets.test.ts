import test, { type ExecutionContext } from 'ava'
import fc from 'fast-check'
import { secretProblems } from '../../scripts/lib/box/option-secrets.ts'
import { parseSource } from '../../scripts/lib/box/read.ts'

const found = (value: string, name = 'urls') => {
  const source = parseSource(`a:\n  ${name}: ${value}\n`, 'box.yaml')
  const given = (source.value as { a: Record<string, never> }).a[name]
  return secretProblems(source, given ?? '', name, ['a', name])
}

const refused = (t: ExecutionContext, value: string, name: string | undefined, message: string): void => {
  const [problem] = found(value, name)
  t.is(problem?.message, message)
  t.false(JSON.stringify(problem).includes('h4rd-t0'), 'the secret is not repeated')
}

test('a secret is found at any depth, by its shape or by the name above it, and not repeated', (t) => {
  refused(t, '[x, "http://u:h4rd-t0-guess@host/"]', undefined, 'a.urls[1] holds a login inside an address')
  refused(
    t,
    '[{ host: x, password: h4rd-t0-guess }]',
    undefined,
    'a.urls[0].password holds a literal value of "password"',
  )
  refused(t, '[h4rd-t0-guess]', 'tokens', 'a.tokens[0] holds a literal value of "tokens"')
  refused(t, 'h4rd-t0-guess', 'api_key', 'a.api_key holds a literal value of "api_key"')
  refused(t, '{ db: { pwd: 123456 } }', undefined, 'a.urls.db.pwd holds a literal value of "pwd"')
})

test('handles, placeholders, addresses without a login and lines that say so are none', (t) => {
  for (const value of [
    '["ENC[handle]"]',
    '{ password: "ENC[a]" }',
    '["https://host/path"]',
    '{ public_key: abc }',
    '[1, true]',
  ])
    t.deepEqual(found(value), [])
  t.deepEqual(found('["http://u:h4rd-t0-guess@host/"] # boxhound: no secret'), [])
})

test('ordinary text under ordinary names is never taken for a secret', (t) => {
  fc.assert(
    fc.property(fc.array(fc.stringMatching(/^[a-z0-9./_-]{1,20}$/), { minLength: 1 }), (values) => {
      t.deepEqual(found(JSON.stringify(values)), [])
    }),
  )
})
