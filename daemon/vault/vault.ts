import { createHash, randomBytes } from 'node:crypto'
import { closeSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { dirname } from 'node:path'
import { AiosError } from '../../contract/errors.ts'
import { keyBytes, seal, unseal } from './cipher.ts'
import type { Keyring } from './keyring.ts'

/**
 * Keeps secrets encrypted: AES-256-GCM in a file for its owner alone, the key in the desktop’s keyring, or apart in a
 * file of its own where there is none. Whoever copies the state folder has none of them.
 */
export interface Vault {
  /** Returns a secret; undefined when there is none of this name. */
  get(name: string): string | undefined
  /** Keeps a secret; it is on the disk when this returns. */
  set(name: string, value: string): void
  delete(name: string): void
  names(): string[]
}

/** Where a vault is. */
export interface VaultPlaces {
  readonly file: string
  /** Where the key is kept when there is no keyring; not in the folder of the file. */
  readonly keyFile: string
}

/** The form that this version of aios writes. */
const currentFormat = 1

/**
 * Opens the vault, or makes one. `keyring` is asked for only when it is needed.
 *
 * Fails with `vault.locked` when the key is in a keyring that does not answer, and with `vault.damaged` when the file
 * or the key is not what it was; a vault is never begun anew by itself.
 */
export async function openVault(
  places: VaultPlaces,
  keyring: () => Promise<Keyring | undefined>,
): Promise<Vault> {
  const text = readIfThere(places.file)
  const { where, sealed } =
    text === undefined ? { where: undefined, sealed: undefined } : headerIn(text, places)
  const kept = where === undefined ? await newKey(places, keyring) : await keptKey(where, places, keyring)
  const secrets = sealed === undefined ? new Map<string, string>() : opened(sealed, kept, places)

  function keep(): void {
    const header = { format: currentFormat, key: kept.where }
    const body = seal(JSON.stringify([...secrets]), kept.key, JSON.stringify(header))
    replaceDurably(places.file, `${JSON.stringify({ ...header, sealed: body })}\n`)
  }

  return {
    get: (name) => secrets.get(name),
    set(name, value) {
      secrets.set(name, value)
      keep()
    },
    delete(name) {
      if (secrets.delete(name)) keep()
    },
    names: () => [...secrets.keys()],
  }
}

type Where = 'keyring' | 'file'

interface Key {
  readonly key: Buffer
  readonly where: Where
}

function headerIn(text: string, { file }: VaultPlaces): { where: Where; sealed: string } {
  const value = parsed(text)
  if (
    typeof value === 'object' &&
    value !== null &&
    'format' in value &&
    'key' in value &&
    'sealed' in value
  ) {
    const { format, key, sealed } = value
    if (typeof format === 'number' && format > currentFormat)
      throw new AiosError(
        'store.newer',
        `The vault ${file} has form ${format}; this aios knows ${currentFormat}.`,
      )
    const isKnown = format === currentFormat && (key === 'keyring' || key === 'file')
    if (isKnown && typeof sealed === 'string') return { where: key, sealed }
  }
  throw damaged(file, 'it cannot be read')
}

function opened(sealed: string, { key, where }: Key, { file }: VaultPlaces): Map<string, string> {
  try {
    const header = JSON.stringify({ format: currentFormat, key: where })
    const entries: unknown = JSON.parse(unseal(sealed, key, header))
    if (Array.isArray(entries) && entries.every(isEntry)) return new Map(entries)
  } catch (cause) {
    throw damaged(file, 'it was changed, or its key is another', cause)
  }
  throw damaged(file, 'what is in it is none of ours')
}

async function newKey(places: VaultPlaces, keyring: () => Promise<Keyring | undefined>): Promise<Key> {
  const key = randomBytes(keyBytes)
  await mkdir(dirname(places.file), { recursive: true, mode: 0o700 })
  const ring = await keyring()
  const known = await ring?.get(nameOf(places)).catch(() => undefined)
  // A key that is there may be the only one to a vault that is elsewhere now.
  if (known !== undefined) return { key: keyIn(known, places), where: 'keyring' }
  const isKept = await ring?.set(nameOf(places), key.toString('base64')).then(
    () => true,
    () => false,
  )
  if (isKept === true) return { key, where: 'keyring' }
  await mkdir(dirname(places.keyFile), { recursive: true, mode: 0o700 })
  const standing = readIfThere(places.keyFile)
  if (standing !== undefined) return { key: keyIn(standing, places), where: 'file' }
  replaceDurably(places.keyFile, `${key.toString('base64')}\n`)
  return { key, where: 'file' }
}

async function keptKey(
  where: Where,
  places: VaultPlaces,
  keyring: () => Promise<Keyring | undefined>,
): Promise<Key> {
  if (where === 'file') {
    const text = readIfThere(places.keyFile)
    if (text === undefined) throw damaged(places.file, `its key ${places.keyFile} is gone`)
    return { key: keyIn(text, places), where }
  }
  const ring = await keyring()
  const found = await ring?.get(nameOf(places)).catch(() => undefined)
  if (found === undefined)
    throw new AiosError('vault.locked', `The key of ${places.file} is in a keyring that does not answer.`)
  return { key: keyIn(found, places), where }
}

function keyIn(text: string, { file }: VaultPlaces): Buffer {
  const key = Buffer.from(text.trim(), 'base64')
  if (key.length !== keyBytes) throw damaged(file, 'its key is none')
  return key
}

/** Two vaults of one user have a key each. */
function nameOf({ file }: VaultPlaces): string {
  return `vault ${createHash('sha256').update(file).digest('hex').slice(0, 16)}`
}

function isEntry(value: unknown): value is [string, string] {
  return Array.isArray(value) && value.length === 2 && value.every((part) => typeof part === 'string')
}

function damaged(file: string, why: string, cause?: unknown): AiosError {
  return new AiosError('vault.damaged', `The vault ${file} cannot be opened: ${why}.`, { cause })
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  }
}

/** For its owner alone; after a crash there is either all of it or what was there before. */
function replaceDurably(path: string, text: string): void {
  const fresh = `${path}.new`
  const descriptor = openSync(fresh, 'w', 0o600)
  try {
    writeSync(descriptor, text)
    fsyncSync(descriptor)
  } finally {
    closeSync(descriptor)
  }
  renameSync(fresh, path)
  const folder = openSync(dirname(path), 'r')
  try {
    fsyncSync(folder)
  } finally {
    closeSync(folder)
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
