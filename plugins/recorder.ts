import type { PluginCall, PluginLine } from '../contract/plugin.ts'
import type { PluginRecords } from './port.ts'

/** Keeps what plugins did, a moment later: nobody waits for the disk. */
export interface Recorder {
  call(call: PluginCall): void
  line(line: PluginLine): void
  /** Writes down what is not written yet. */
  flush(): void
  close(): void
}

/** Git is over with a commit by then. */
const delayMs = 300
const mostWaiting = 1000

/** Creates a recorder. What cannot be written is told and let go: a full disk stops no commit. */
export function createRecorder(records: PluginRecords, onTrouble: (error: unknown) => void): Recorder {
  let calls: PluginCall[] = []
  let lines: PluginLine[] = []
  let timer: NodeJS.Timeout | undefined

  const flush = () => {
    clearTimeout(timer)
    timer = undefined
    if (calls.length + lines.length === 0) return
    const [writtenCalls, writtenLines] = [calls, lines]
    calls = []
    lines = []
    try {
      records.keep(writtenCalls, writtenLines)
    } catch (error) {
      onTrouble(error)
    }
  }
  const soon = () => {
    if (calls.length + lines.length >= mostWaiting) flush()
    else timer ??= setTimeout(flush, delayMs).unref()
  }

  return {
    call(call) {
      calls.push(call)
      soon()
    },
    line(line) {
      lines.push(line)
      soon()
    },
    flush,
    close: flush,
  }
}
