// Removes this machine's paths from command lines.

import { homedir } from 'node:os'

/** A command line or template for readers elsewhere, with names in place of this machine's folders. */
export const forReaders = (text: string, folders: { readonly work: string; readonly root: string }): string =>
  [
    [folders.work, 'WORK'],
    [folders.root, 'CHECKOUT'],
    [homedir(), '~'],
  ].reduce((shown, [path = '', name = '']) => (path === '/' ? shown : shown.replaceAll(path, name)), text)
