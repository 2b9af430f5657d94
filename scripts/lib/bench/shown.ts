// Command lines without this machine's paths.

import { homedir } from 'node:os'

/** A command line or template for readers elsewhere: this run's folders by names, no path of this machine. */
export const forReaders = (text: string, folders: { readonly work: string; readonly root: string }): string =>
  [
    [folders.work, 'WORK'],
    [folders.root, 'CHECKOUT'],
    [homedir(), '~'],
  ].reduce((shown, [path = '', name = '']) => (path === '/' ? shown : shown.replaceAll(path, name)), text)
