// Sanitises terminal output. Results and errors quote guests, images and servers: none of that may move the cursor, rename the window, hide or
// reverse text, or push what matters out of sight.

/** C0 and C1 controls except line breaks and tabs, and marks that change the direction of text. */
// biome-ignore lint/complexity/useRegexLiterals: a literal would hold the characters themselves
const obeyed = new RegExp(
  '[\\u0000-\\u0008\\u000b-\\u001f\\u007f-\\u009f\\u061c\\u200e\\u200f\\u2028-\\u202e\\u2066-\\u2069]',
  'g',
)

/** The colours that boxhound itself uses (report/terminal.ts): red, green, yellow, bold and dim, and their ends. */
// biome-ignore lint/complexity/useRegexLiterals: a literal would hold the escape character itself
const ownColour = new RegExp('^\\u001b\\[(?:1|2|22|31|32|33|39)m')

const escaped = (sign: string): string => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`

/** The same text without terminal controls; such characters become `\uXXXX`, which means the same in JSON. */
export const printableText = (text: string): string => text.replaceAll('\r\n', '\n').replaceAll(obeyed, escaped)

/** Text cut at a number of UTF-16 units; says how much is omitted. */
export const cutText = (text: string, limit: number): string =>
  text.length <= limit
    ? text
    : `${text.slice(0, limit).replace(/\p{Surrogate}$/u, '')}… (${text.length - limit} characters more)`

/** Maximum length of one quotation from a guest, an image or a server. */
const shownLimit = 4000

/** Quotes foreign text for a terminal: printable, and no longer than a screen or two. */
export const foreignText = (text: string, limit = shownLimit): string => printableText(cutText(text, limit))

/** The last safety net, for whole messages: keeps boxhound's own colours. */
const message = (text: string): string =>
  text.replaceAll(obeyed, (sign, at: number) =>
    sign === '\u001b' && ownColour.test(text.slice(at, at + 5)) ? sign : escaped(sign),
  )

type Print = (...words: unknown[]) => void

/** Sanitises what `console.log` and `console.error` print. Progress displays write directly, and print only our own text. */
export const guardConsole = (target: Pick<Console, 'log' | 'error'> = console): void => {
  for (const name of ['log', 'error'] as const) {
    const print: Print = target[name].bind(target)
    target[name] = (...words: unknown[]) =>
      print(...words.map((word) => (typeof word === 'string' ? message(word) : word)))
  }
}
