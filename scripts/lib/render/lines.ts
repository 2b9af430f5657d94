// Lines of a template in what is rendered from it.

import Handlebars from 'handlebars'

/** Stands before and after a number in a marked text; no template can hold one: Handlebars refuses it. */
const edge = '\0'

const marked = (line: number): string => `${edge}${line}${edge}`

/** Marks each line of a template's texts. */
class LineMarker extends Handlebars.Visitor {
  override ContentStatement(node: hbs.AST.ContentStatement): void {
    // Of a block that stands alone on its line Handlebars takes the line away; `original`, a text in spite of its type, still has it.
    const original = String(node.original)
    const skipped = original.slice(0, original.lastIndexOf(node.value)).split('\n').length - 1
    const first = node.loc.start.line + skipped
    node.value = node.value
      .split('\n')
      .map((text, index) => `${marked(first + index)}${text}`)
      .join('\n')
  }
}

/** Writes the number of its line before each line of the texts of a parsed template. */
export const markLines = (ast: hbs.AST.Program): void => new LineMarker().accept(ast)

/** For each line of what was rendered from a marked template, the line of the template that it comes from. */
export const markedLines = (rendered: string): number[] => {
  let line = 1
  return rendered.split('\n').map((text) => {
    const [before = '', ...rest] = text.split(edge)
    // Number and text in turn: the first number with a text behind it counts, since blocks leave numbers of their own behind.
    const numbers = rest.filter((_, index) => index % 2 === 0).map(Number)
    const texts = rest.filter((_, index) => index % 2 === 1)
    const at = texts.findIndex((one) => one !== '')
    if (before === '') line = numbers[at] ?? numbers.at(-1) ?? line
    return line
  })
}
