// One judged fact of a host.

/** A finding; `not judged` is neither green nor red, and `observed` gives the reason. */
export interface Finding {
  readonly id: string
  readonly title: string
  readonly status: 'passed' | 'failed' | 'not judged'
  readonly expected: string
  readonly observed: string
}

/** Id and title, and what is expected. */
export type Subject = Pick<Finding, 'id' | 'title' | 'expected'>

/** Red if there is any problem; the problems then become `observed`. */
export const judged = (subject: Subject, observed: string, problems: readonly string[]): Finding =>
  problems.length === 0
    ? { ...subject, status: 'passed', observed }
    : { ...subject, status: 'failed', observed: problems.join('\n') }

/** A finding that can't be made on this host. */
export const unjudged = (subject: Subject, reason: string): Finding => ({
  ...subject,
  status: 'not judged',
  observed: reason,
})

/** `a, b, c` or `none`. */
export const list = (items: readonly string[]): string => (items.length === 0 ? 'none' : items.join(', '))

/** A name from a host as a part of an id: letters, digits, `_`, `-` and `.`, at most 100. */
export const idPart = (name: string): string => name.slice(0, 100).replaceAll(/[^\w.-]/g, '_') || '_'
