// The reference of the box file, guide/box-file.md, made from the JSON Schema.

import { stringify } from 'yaml'

/** The part of a JSON Schema that the reference shows. */
export interface Shape {
  readonly title?: string
  readonly type?: string
  readonly description?: string
  readonly examples?: readonly unknown[]
  readonly default?: unknown
  readonly enum?: readonly unknown[]
  readonly const?: unknown
  readonly pattern?: string
  readonly required?: readonly string[]
  readonly properties?: Readonly<Record<string, Shape>>
  readonly additionalProperties?: Shape | boolean
  readonly items?: Shape
  readonly anyOf?: readonly Shape[]
  readonly oneOf?: readonly Shape[]
}

/** One key of the box file. */
export interface Key {
  /** From the top; `NAME` stands for a name that the user chooses. */
  readonly path: readonly string[]
  readonly shape: Shape
  readonly required: boolean
}

const alternatives = ({ anyOf = [], oneOf = [] }: Shape): readonly Shape[] =>
  [...anyOf, ...oneOf].filter(({ type }) => type !== 'null')

/** A shape and all that may stand in its place. */
const withAlternatives = (shape: Shape): readonly Shape[] => [
  shape,
  ...alternatives(shape).flatMap((one) => withAlternatives(one)),
]

const below = (shape: Shape, path: readonly string[]): Key[] =>
  withAlternatives(shape).flatMap(({ properties = {}, required = [], additionalProperties, items }) => [
    ...Object.entries(properties).flatMap(([name, one]) => [
      { path: [...path, name], shape: one, required: required.includes(name) },
      ...below(one, [...path, name]),
    ]),
    ...(typeof additionalProperties === 'object' ? below(additionalProperties, [...path, 'NAME']) : []),
    ...(items === undefined ? [] : below(items, path)),
  ])

/** All keys of a schema, in its order; one that several alternatives have comes once. */
export const keysOf = (schema: Shape): Key[] => {
  const all = new Map<string, Key>()
  for (const key of below(schema, [])) {
    const name = key.path.join('.')
    if (!all.has(name)) all.set(name, key)
  }
  return [...all.values()]
}

/** True for a key whose value needs no example: its values are listed, or it is a map whose keys are told. */
export const explainsItself = ({ shape, path }: Key, keys: readonly Key[]): boolean =>
  withAlternatives(shape).some((one) => one.enum !== undefined || one.type === 'boolean') ||
  shape.default !== undefined ||
  keys.some((other) => other.path.length > path.length && path.every((name, at) => other.path[at] === name))

/** A value on one line of YAML. */
const inline = (value: unknown): string =>
  stringify(value, { collectionStyle: 'flow', lineWidth: 0, flowCollectionPadding: false }).trim()

const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ')

const code = (value: unknown): string => `\`${inline(value)}\``

const isEmpty = (value: unknown): boolean =>
  value === undefined || (typeof value === 'object' && value !== null && Object.keys(value).length === 0)

const valuesOf = ({ shape }: Key): string => {
  const values = withAlternatives(shape).flatMap((one) =>
    one.const !== undefined ? [one.const] : (one.enum ?? (one.type === 'boolean' ? [true, false] : [])),
  )
  const examples = shape.examples ?? []
  if (examples.length > 0) return examples.map(code).join(' or ')
  return values.map(code).join(', ')
}

const rowOf = (key: Key): string => {
  const { path, shape, required } = key
  const fallback = isEmpty(shape.default) ? '' : code(shape.default)
  const cells = [
    `\`${path.join('.')}\`${required && path.length > 1 ? ' *' : ''}`,
    shape.description ?? '',
    valuesOf(key),
    fallback,
  ]
  return `| ${cells.map(cell).join(' | ')} |`
}

const head = `<!-- Written by npm run schema from the schema of the box file. Do not edit. -->

# The box file

Every key that a box file may have. A key marked with * is required where its section is given; \`box\`, \`version\`,
\`base\` and \`agent\` always are. Unknown keys are refused, and the nearest known one is named. Secrets never belong in a
box file ([keys.md](keys.md)). \`NAME\` stands for a name of your own.

For completion and checks in your editor, start the file with the line that \`boxes/lab.yaml\` starts with.
`

const columns = '| key | what it is | example, or all values | default |\n|---|---|---|---|\n'

/** The page, in Markdown: what has no keys of its own first, then a section for each key at the top. Ends in a line break. */
export const referenceOf = (schema: Shape): string => {
  const keys = keysOf(schema)
  const sectionOf = (name: string): readonly Key[] => keys.filter(({ path }) => path[0] === name)
  const names = Object.keys(schema.properties ?? {})
  const single = names.flatMap((name) => (sectionOf(name).length === 1 ? sectionOf(name) : []))
  const sections = names
    .filter((name) => sectionOf(name).length > 1)
    .map((name) => {
      const [top, ...rest] = sectionOf(name)
      const { description = '', examples = [] } = top?.shape ?? {}
      const shown = examples
        .map(
          (one) => `\`\`\`yaml
${stringify({ [name]: one }, { lineWidth: 0 })}\`\`\`

`,
        )
        .join('')
      return `## ${name}\n\n${description}.\n\n${shown}${columns}${rest.map(rowOf).join('\n')}\n`
    })
  return [head, `${columns}${single.map(rowOf).join('\n')}\n`, ...sections].join('\n')
}
