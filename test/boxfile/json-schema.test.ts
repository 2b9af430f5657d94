import { readFileSync } from 'node:fs'
import test from 'ava'
import { boxJsonSchema } from '../../scripts/lib/box/json-schema.ts'

test('the committed schema is what the code says', (t) => {
  const committed = readFileSync(new URL('../../boxes/box.schema.json', import.meta.url), 'utf8')
  t.is(committed, boxJsonSchema(), 'run: npm run schema')
})

test('the schema describes what is written, not what is filled in', (t) => {
  const schema = JSON.parse(boxJsonSchema())
  t.deepEqual(schema.required, ['box', 'version', 'base', 'agent'])
  t.is(schema.additionalProperties, false)
  t.deepEqual(schema.properties.agent.required, ['version'])
})
