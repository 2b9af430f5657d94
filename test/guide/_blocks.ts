import { readFileSync } from 'node:fs'

/** One code block of a page of the guide. */
export interface Block {
  readonly language: string
  readonly text: string
}

/** The code blocks of guide/PAGE.md, in their order. */
export const blocksOf = (page: string): Block[] => {
  const text = readFileSync(new URL(`../../guide/${page}.md`, import.meta.url), 'utf8')
  return [...text.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)].map(([, language = '', block = '']) => ({
    language,
    text: block,
  }))
}

/** What a user would hand over as user-data; the first is the one that the guide begins with. */
export const userDataOf = (page: string): string[] =>
  blocksOf(page)
    .map(({ text }) => text)
    .filter((text) => text.startsWith('#cloud-config\n'))

/** The example with what stands in it for something of the user's own replaced. */
export const filledIn = (example: string, key: string): string =>
  example.replaceAll('YOUR_API_KEY', key).replaceAll('ssh-ed25519 AAAA… you@example', 'ssh-ed25519 AAAA you@example')
