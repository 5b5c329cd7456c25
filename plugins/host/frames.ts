const headerBytes = 4

/** Returns the text with its length before it, as the other side reads it. */
export function frameOf(text: string): Buffer {
  const bytes = Buffer.byteLength(text)
  const frame = Buffer.allocUnsafe(headerBytes + bytes)
  frame.writeUInt32BE(bytes, 0)
  frame.write(text, headerBytes)
  return frame
}

/**
 * Creates a reader of frames that arrive in pieces.
 *
 * A frame longer than the limit is refused by its length alone: nothing of it is kept.
 */
export function createFrameReader(
  limitBytes: number,
  onText: (text: string) => void,
  onRefused: (bytes: number) => void,
): (piece: Buffer) => void {
  let pieces: Buffer[] = []
  let held = 0
  let isRefused = false

  const bytesOfNext = (): number | undefined => {
    if (held < headerBytes) return undefined
    const [first] = pieces
    if (first === undefined || first.length < headerBytes) pieces = [Buffer.concat(pieces)]
    return pieces[0]?.readUInt32BE(0)
  }

  return (piece) => {
    if (isRefused) return
    pieces.push(piece)
    held += piece.length
    for (let bytes = bytesOfNext(); bytes !== undefined; bytes = bytesOfNext()) {
      if (bytes > limitBytes) {
        isRefused = true
        return onRefused(bytes)
      }
      if (held < headerBytes + bytes) return
      const all = pieces.length === 1 && pieces[0] !== undefined ? pieces[0] : Buffer.concat(pieces)
      const rest = all.subarray(headerBytes + bytes)
      pieces = rest.length === 0 ? [] : [rest]
      held = rest.length
      onText(all.toString('utf8', headerBytes, headerBytes + bytes))
    }
  }
}
