export const userRoot: (folder: string) => string
export const callersFolder: (cwd: string, environment: NodeJS.ProcessEnv) => string
export const boxNamesIn: (root: string) => string[]
export const defaultBox: (root: string) => string | undefined
