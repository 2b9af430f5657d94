// Restricts templates to a safe subset of Handlebars.

import Handlebars from 'handlebars'
import { BoxhoundError } from '../_helpers/errors.ts'

/** Helpers that templates may use: Handlebars' built-in blocks, equality, joining. */
export const helperNames = ['if', 'unless', 'each', 'with', 'eq', 'join', 'concat'] as const

/** The helper that prints every value; its name cannot be written in a template. */
export const printHelper = '__print'

const blocks = ['if', 'unless', 'each', 'with']
const functions = ['eq', 'join', 'concat']

/** A printed value, in order of appearance. */
export interface Printed {
  readonly name: string
  readonly line: number
  readonly column: number
  readonly start: number
  readonly end: number
}

export interface Program {
  readonly ast: hbs.AST.Program
  readonly printed: readonly Printed[]
  /** Every name that the template uses. */
  readonly names: readonly { readonly name: string; readonly line: number; readonly column: number }[]
}

const place = ({ loc }: hbs.AST.Node) => ({ line: loc.start.line, column: loc.start.column + 1 })

/** Offsets of a node in its template: Handlebars gives 1-based lines and 0-based columns. */
const offsets = (template: string, { loc }: hbs.AST.Node): { start: number; end: number } => {
  const lines = template.split('\n')
  const at = ({ line, column }: { line: number; column: number }) =>
    lines.slice(0, line - 1).reduce((sum, text) => sum + text.length + 1, 0) + column
  return { start: at(loc.start), end: at(loc.end) }
}

/** Wraps every `{{value}}` in the print helper and rejects whatever would bypass it. */
class Wrapper extends Handlebars.Visitor {
  readonly printed: Printed[] = []
  readonly names: { name: string; line: number; column: number }[] = []
  loops = 0
  readonly template: string
  readonly file: string

  constructor(template: string, file: string) {
    super()
    this.template = template
    this.file = file
  }

  fail(node: hbs.AST.Node, message: string, found: string, next: string): never {
    throw new BoxhoundError('E_TEMPLATE', message, {
      exitCode: 2,
      file: this.file,
      ...place(node),
      expected: 'a template that this project allows',
      found,
      next,
    })
  }

  override MustacheStatement(node: hbs.AST.MustacheStatement): void {
    const found = this.template.slice(offsets(this.template, node).start, offsets(this.template, node).end)
    if (!node.escaped)
      this.fail(
        node,
        'a value that is not escaped',
        found,
        'write {{name}}: values are escaped for the language of the file',
      )
    if (node.strip.open || node.strip.close)
      this.fail(
        node,
        'a value that strips the white space around it',
        found,
        'write {{name}}: the white space around a literal matters',
      )
    const original = node.path.type === 'PathExpression' ? (node.path as hbs.AST.PathExpression).original : found
    const isCall = node.params.length > 0 || node.hash !== undefined
    const value: hbs.AST.Expression = isCall
      ? ({
          type: 'SubExpression',
          path: node.path,
          params: node.params,
          hash: node.hash,
          loc: node.loc,
        } as hbs.AST.SubExpression)
      : node.path
    this.accept(value)
    const index: hbs.AST.NumberLiteral = {
      type: 'NumberLiteral',
      value: this.printed.length,
      original: this.printed.length,
      loc: node.loc,
    }
    this.printed.push({ name: original, ...place(node), ...offsets(this.template, node) })
    const parsed = Handlebars.parse(`{{${printHelper} 0}}`).body[0] as hbs.AST.MustacheStatement
    node.path = { ...parsed.path, loc: node.loc }
    node.params = [value, index]
    Reflect.deleteProperty(node, 'hash')
  }

  override BlockStatement(node: hbs.AST.BlockStatement): void {
    const name = node.path.original
    if (!blocks.includes(name))
      this.fail(node, `an unknown block "${name}"`, `{{#${name}}}`, `use one of ${blocks.join(', ')}`)
    for (const parameter of node.params) this.accept(parameter)
    if (name === 'each') this.loops += 1
    this.accept(node.program)
    if (name === 'each') this.loops -= 1
    if (node.inverse !== undefined && node.inverse !== null) this.accept(node.inverse)
  }

  override SubExpression(node: hbs.AST.SubExpression): void {
    const name = node.path.original
    if (!functions.includes(name)) this.fail(node, `an unknown helper "${name}"`, name, `use ${functions.join(', ')}`)
    for (const parameter of node.params) this.accept(parameter)
    for (const pair of node.hash?.pairs ?? []) this.accept(pair.value)
  }

  override PathExpression(node: hbs.AST.PathExpression): void {
    if (node.data && !['index', 'key', 'first', 'last'].includes(String(node.parts[0])))
      this.fail(node, `an unknown variable "${node.original}"`, node.original, 'use @index, @key, @first or @last')
    if (node.data && this.loops === 0)
      this.fail(node, `"${node.original}" outside a loop`, node.original, 'use it inside {{#each}}')
    if (!node.data) this.names.push({ name: node.original, ...place(node) })
  }

  override PartialStatement(node: hbs.AST.PartialStatement): void {
    this.fail(node, 'a partial', 'a partial', 'write the text where it is needed: this project has no partials')
  }

  override PartialBlockStatement(node: hbs.AST.PartialBlockStatement): void {
    this.fail(node, 'a partial', 'a partial', 'write the text where it is needed: this project has no partials')
  }

  override Decorator(node: hbs.AST.Decorator): void {
    this.fail(node, 'a decorator', 'a decorator', 'remove it')
  }

  override DecoratorBlock(node: hbs.AST.DecoratorBlock): void {
    this.fail(node, 'a decorator', 'a decorator', 'remove it')
  }
}

/**
 * Parses a template and routes every value through the print helper.
 *
 * @param file how errors name the template.
 * @throws BoxhoundError E_TEMPLATE with line and column on broken syntax, `{{{raw}}}`, unknown helpers, partials and decorators.
 */
export const parseTemplate = (template: string, file: string): Program => {
  let ast: hbs.AST.Program
  try {
    ast = Handlebars.parse(template)
  } catch (cause) {
    const text = cause instanceof Error ? cause.message : String(cause)
    const line = Number(/on line (\d+)/.exec(text)?.[1] ?? 1)
    throw new BoxhoundError('E_TEMPLATE', 'the template cannot be parsed', {
      exitCode: 2,
      file,
      line,
      expected: 'a Handlebars template',
      found: text.split('\n').slice(-1)[0] ?? '',
      cause,
      next: text.includes("'CLOSE_UNESCAPED'")
        ? 'put a space between }} and the brace that follows'
        : 'close every {{#block}} with its {{/block}}',
    })
  }
  const wrapper = new Wrapper(template, file)
  wrapper.accept(ast)
  return { ast, printed: wrapper.printed, names: wrapper.names }
}
