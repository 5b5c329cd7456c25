import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeEach, expect, test } from 'vitest'
import type { Keyring } from '../../../daemon/vault/keyring.ts'
import { openVault, type VaultPlaces } from '../../../daemon/vault/vault.ts'

let places: VaultPlaces
const none = async () => undefined

beforeEach(() => {
  const home = mkdtempSync(join(tmpdir(), 'vault-'))
  places = { file: join(home, 'state', 'vault.json'), keyFile: join(home, 'config', 'vault.key') }
})

/** Keeps secrets as a desktop does, for as long as it is unlocked. */
function createKeyring(): Keyring & { isLocked: boolean; readonly kept: Map<string, string> } {
  const kept = new Map<string, string>()
  const ring = {
    kept,
    isLocked: false,
    async get(name: string) {
      if (ring.isLocked) throw new Error('locked')
      return kept.get(name)
    },
    async set(name: string, secret: string) {
      if (ring.isLocked) throw new Error('locked')
      kept.set(name, secret)
    },
  }
  return ring
}

test('a secret is there when the vault is opened again, and nowhere to be read', async () => {
  const vault = await openVault(places, none)
  vault.set('signing', 'correct horse')
  vault.set('other', 'battery staple')
  vault.delete('other')
  const again = await openVault(places, none)
  expect(again.names()).toEqual(['signing'])
  expect(again.get('signing')).toBe('correct horse')
  expect(again.get('other')).toBeUndefined()
  expect(readFileSync(places.file, 'utf8')).not.toMatch(/horse|staple|signing/)
  for (const path of Object.values<string>({ ...places })) expect(statSync(path).mode & 0o777).toBe(0o600)
})

test('the same secret is never written the same way twice', async () => {
  const vault = await openVault(places, none)
  vault.set('signing', 'horse')
  const first = readFileSync(places.file, 'utf8')
  vault.set('signing', 'horse')
  expect(readFileSync(places.file, 'utf8')).not.toBe(first)
})

test('a vault that was changed by a bit, or whose key is another or gone, is not opened', async () => {
  const vault = await openVault(places, none)
  vault.set('signing', 'horse')
  const text = readFileSync(places.file, 'utf8')
  const damaged = { code: 'vault.damaged' }
  const { sealed }: { sealed: string } = JSON.parse(text)
  const bytes = Buffer.from(sealed, 'base64')
  for (const at of [0, 15, bytes.length - 1]) {
    const flipped = Buffer.from(bytes)
    flipped.writeUInt8((bytes[at] ?? 0) ^ 1, at)
    writeFileSync(places.file, text.replace(sealed, flipped.toString('base64')))
    await expect(openVault(places, none)).rejects.toMatchObject(damaged)
  }
  for (const wrong of [
    '',
    '{}',
    'null',
    text.replace(sealed, ''),
    text.replace('"key":"file"', '"key":"paper"'),
  ]) {
    writeFileSync(places.file, wrong)
    await expect(openVault(places, none)).rejects.toMatchObject(damaged)
  }
  writeFileSync(places.file, text.replace('"format":1', '"format":2'))
  await expect(openVault(places, none)).rejects.toMatchObject({ code: 'store.newer' })

  writeFileSync(places.file, text)
  const key = readFileSync(places.keyFile, 'utf8')
  writeFileSync(places.keyFile, Buffer.alloc(32).toString('base64'))
  await expect(openVault(places, none)).rejects.toMatchObject(damaged)
  rmSync(places.keyFile)
  await expect(openVault(places, none)).rejects.toMatchObject(damaged)
  writeFileSync(places.keyFile, key)
  expect((await openVault(places, none)).get('signing')).toBe('horse')
})

test('where there is a keyring, the key is in it and in no file; locked, the vault is not begun anew', async () => {
  const ring = createKeyring()
  const keyring = async () => ring
  const vault = await openVault(places, keyring)
  vault.set('signing', 'horse')
  expect(ring.kept.size).toBe(1)
  expect(() => statSync(places.keyFile)).toThrow('ENOENT')
  expect((await openVault(places, keyring)).get('signing')).toBe('horse')
  ring.isLocked = true
  await expect(openVault(places, keyring)).rejects.toMatchObject({ code: 'vault.locked' })
  await expect(openVault(places, none)).rejects.toMatchObject({ code: 'vault.locked' })
})

test('a keyring that refuses the key is as good as none', async () => {
  const ring = createKeyring()
  ring.isLocked = true
  const vault = await openVault(places, async () => ring)
  vault.set('signing', 'horse')
  expect((await openVault(places, none)).get('signing')).toBe('horse')
})
