// Where `image.formats` may name oci.

/** What the rule looks at, of a box file. */
interface Given {
  readonly agent: object
  readonly image?: { readonly formats?: readonly string[] | undefined } | undefined
}

/** The problem with the format oci, with its place; undefined if there is none. */
export const containerFormatProblem = ({
  agent,
  image,
}: Given): { readonly path: (string | number)[]; readonly message: string; readonly next: string } | undefined => {
  const index = image?.formats?.indexOf('oci') ?? -1
  const run = 'run' in agent ? agent.run : 'package'
  if (index === -1 || run === 'container') return undefined
  return {
    path: ['image', 'formats', index],
    message:
      'a format of the disk: oci publishes the image that agent.run: container runs, and this Agent is a package',
    next: 'remove oci, or set agent.run: container and agent.image',
  }
}
