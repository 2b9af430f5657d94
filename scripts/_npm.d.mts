export const onNpmsLine: (
  environment?: NodeJS.ProcessEnv,
  before?: () => readonly string[],
) => ReadonlyMap<string, string>
export const isNpmsOwn: (name: string, environment?: NodeJS.ProcessEnv) => boolean
