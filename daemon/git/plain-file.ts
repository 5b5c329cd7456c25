import { constants } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'

/**
 * Opens a file for reading; fails where something else stands, at once.
 *
 * Whoever opens a pipe to which nobody writes waits for ever, and a device has no end. Node has four threads for all
 * files: four such waits, and no file is read any more.
 */
export async function openPlainFile(path: string): Promise<FileHandle> {
  const file = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0))
  const isFile = await file.stat().then(
    (found) => found.isFile(),
    () => false,
  )
  if (isFile) return file
  await file.close()
  throw new Error(`${path} is not a file.`)
}

/** Returns the bytes of a file, opened by `openPlainFile`. */
export async function readPlainFile(path: string): Promise<Buffer> {
  const file = await openPlainFile(path)
  try {
    return await file.readFile()
  } finally {
    await file.close()
  }
}

/** Returns the text of a file, opened by `openPlainFile`. */
export async function readPlainText(path: string): Promise<string> {
  return (await readPlainFile(path)).toString('utf8')
}
