import { writeSync } from 'node:fs'

/**
 * Where the daemon's log goes: its standard output, line by line.
 *
 * A line that cannot be written is dropped. The log may lie on the disk that is full, and a daemon that ends
 * because it cannot say so would be worse.
 */
export const logStream = {
  write(line: string): void {
    try {
      writeSync(process.stdout.fd, line)
    } catch {
      // There is nobody to tell.
    }
  },
}
