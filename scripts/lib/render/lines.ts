// Maps rendered lines back to lines of the template.

import Handlebars from 'handlebars'

/** Encloses a line number in a marked text; cannot occur in a template, since Handlebars rejects it. */
const edge = '\0'

const marked = (line: number): string => `${edge}${line}${edge}`

/** Marks each line of a template's texts. */
class LineMarker extends Handlebars.Visitor {
  override ContentStatement(node: hbs.AST.ContentStatement): void {
    // Handlebars removes the line of a standalone block; `original`, a string despite its type, still has it.
    const original = String(node.original)
    const skipped = original.slice(0, original.lastIndexOf(node.value)).split('\n').length - 1
    const first = node.loc.start.line + skipped
    node.value = node.value
      .split('\n')
      .map((text, index) => `${marked(first + index)}${text}`)
      .join('\n')
  }
}

/** Prefixes each line of a parsed template's texts with its line number. */
export const markLines = (ast: hbs.AST.Program): void => new LineMarker().accept(ast)

/** For each line rendered from a marked template, the line of the template. */
export const markedLines = (rendered: string): number[] => {
  let line = 1
  return rendered.split('\n').map((text) => {
    const [before = '', ...rest] = text.split(edge)
    // Numbers and text alternate: the first number followed by text counts, since blocks leave their own numbers.
    const numbers = rest.filter((_, index) => index % 2 === 0).map(Number)
    const texts = rest.filter((_, index) => index % 2 === 1)
    const at = texts.findIndex((one) => one !== '')
    if (before === '') line = numbers[at] ?? numbers.at(-1) ?? line
    return line
  })
}
