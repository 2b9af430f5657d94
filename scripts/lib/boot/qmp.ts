// Talks to QEMU's monitor.

import { createConnection } from 'node:net'
import { createInterface } from 'node:readline'
import { BoxhoundError } from '../_helpers/errors.ts'

/** A connection to a running QEMU. */
export interface Qmp {
  /** Sends a command and returns its `return` value; rejects with QEMU's own description. */
  readonly execute: (command: string, parameters?: Readonly<Record<string, unknown>>) => Promise<unknown>
  readonly close: () => void
}

interface Reply {
  readonly id?: number
  readonly return?: unknown
  readonly error?: { readonly desc?: string }
  readonly QMP?: unknown
}

/**
 * Connects to QEMU's monitor socket and leaves negotiation mode.
 *
 * @param deadline in seconds, for the greeting and for each command.
 */
export const connectQmp = async (path: string, deadline = 60): Promise<Qmp> => {
  const socket = createConnection({ path })
  const waiting = new Map<number, { done: (value: unknown) => void; failed: (error: Error) => void }>()
  let next = 0
  const fail = (reason: string): BoxhoundError =>
    new BoxhoundError('E_QMP', `QEMU's monitor: ${reason}`, { found: path, next: 'see the machine’s qemu.log' })

  const reply = (id: number): Promise<unknown> =>
    new Promise((resolve, reject) => {
      const timer = setTimeout(() => finish(() => reject(fail(`no answer within ${deadline} s`))), deadline * 1000)
      const finish = (settle: () => void): void => {
        clearTimeout(timer)
        waiting.delete(id)
        settle()
      }
      waiting.set(id, {
        done: (value) => finish(() => resolve(value)),
        failed: (error) => finish(() => reject(error)),
      })
    })

  const greeting = reply(0)
  const lines = createInterface({ input: socket })
  // readline forwards the socket's errors, which are handled below.
  lines.on('error', () => {})
  lines.on('line', (line) => {
    const message = JSON.parse(line) as Reply
    const id = message.QMP === undefined ? message.id : 0
    if (id === undefined) return
    if (message.error) waiting.get(id)?.failed(fail(message.error.desc ?? 'refused the command'))
    else waiting.get(id)?.done(message.return)
  })
  const drop = (reason: string): void => {
    for (const { failed } of [...waiting.values()]) failed(fail(reason))
  }
  socket.on('error', (error) => drop(error.message))
  socket.on('close', () => drop('connection closed'))

  const execute: Qmp['execute'] = (command, parameters) => {
    next += 1
    const answer = reply(next)
    socket.write(`${JSON.stringify({ execute: command, arguments: parameters, id: next })}\n`)
    return answer
  }
  await greeting
  await execute('qmp_capabilities')
  return { execute, close: () => socket.destroy() }
}

/** Runs a command of the human monitor, which reports failure as text; this turns it into an error. */
export const humanMonitor = async (qmp: Qmp, command: string): Promise<void> => {
  const output = String(await qmp.execute('human-monitor-command', { 'command-line': command })).trim()
  if (output !== '') throw new BoxhoundError('E_QMP', `QEMU's monitor refused "${command}"`, { found: output })
}
