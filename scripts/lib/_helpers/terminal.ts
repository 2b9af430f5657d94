// What a terminal gets. Guests, images and servers have their say in results and errors: none of it may move the cursor, rename the window, hide
// or turn text, or push what matters out of sight.

/** Controls of both sets but line breaks and tabs, and marks that turn the direction of text. */
// biome-ignore lint/complexity/useRegexLiterals: a literal would hold the characters themselves
const obeyed = new RegExp(
  '[\\u0000-\\u0008\\u000b-\\u001f\\u007f-\\u009f\\u061c\\u200e\\u200f\\u2028-\\u202e\\u2066-\\u2069]',
  'g',
)

/** The colours that boxhound itself uses (report/terminal.ts): red, green, yellow, bold and dim, and their ends. */
// biome-ignore lint/complexity/useRegexLiterals: a literal would hold the escape character itself
const ownColour = new RegExp('^\\u001b\\[(?:1|2|22|31|32|33|39)m')

const escaped = (sign: string): string => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`

/** The same text with nothing that a terminal obeys; such characters become `\uXXXX`, which in a JSON document means the same. */
export const printableText = (text: string): string => text.replaceAll('\r\n', '\n').replaceAll(obeyed, escaped)

/** Text cut at a number of UTF-16 units; says how much is left out. */
export const cutText = (text: string, limit: number): string =>
  text.length <= limit
    ? text
    : `${text.slice(0, limit).replace(/\p{Surrogate}$/u, '')}… (${text.length - limit} characters more)`

/** What is shown of one thing that a guest, an image or a server has said. */
const shownLimit = 4000

/** Somebody else's words for a terminal: printable, and not longer than a screen or two. */
export const foreignText = (text: string, limit = shownLimit): string => printableText(cutText(text, limit))

/** The last net, for whole messages: boxhound's own colours stay. */
const message = (text: string): string =>
  text.replaceAll(obeyed, (sign, at: number) =>
    sign === '\u001b' && ownColour.test(text.slice(at, at + 5)) ? sign : escaped(sign),
  )

type Print = (...words: unknown[]) => void

/** Lets through `console.log` and `console.error` only what a terminal may get. Progress that draws writes by itself, and its words are our own. */
export const guardConsole = (target: Pick<Console, 'log' | 'error'> = console): void => {
  for (const name of ['log', 'error'] as const) {
    const print: Print = target[name].bind(target)
    target[name] = (...words: unknown[]) =>
      print(...words.map((word) => (typeof word === 'string' ? message(word) : word)))
  }
}
