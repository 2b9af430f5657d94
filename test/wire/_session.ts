import type { Session } from '../../scripts/lib/verify/ssh.ts'

export interface Asked {
  readonly command: string
  readonly stdin: string
}

/** A machine that does as it is told, and what it was told; it answers each command by the first part of it that is known. */
export const machine = (answers: Readonly<Record<string, string>> = {}): { session: Session; asked: Asked[] } => {
  const asked: Asked[] = []
  const session: Session = {
    run: async (command, { stdin = '' } = {}) => {
      asked.push({ command, stdin })
      const [, stdout = ''] = Object.entries(answers).find(([part]) => command.includes(part)) ?? []
      return { code: 0, stdout, stderr: '', seconds: 0 }
    },
    forward: async (port) => port,
    lost: () => undefined,
    close: () => {},
  }
  return { session, asked }
}
