import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  randomUUID,
} from 'node:crypto'
import { SigningKeysFile } from '../../contract/users.ts'
import { isValid } from '../../contract/validate.ts'

/** The one algorithm that tokens are signed with; what a token itself says of it is not asked. */
export const algorithm = 'EdDSA'

/** Where the keys are kept between starts, as one text that is secret. */
export interface SecretPlace {
  read(): Promise<string | undefined>
  write(text: string): Promise<void>
}

/** What tokens are signed with: the newest key signs, and those before it are still believed for a while. */
export interface SigningKeys {
  /** Returns the key to sign with, which is made anew once a day. */
  current(): Promise<{ id: string; key: KeyObject }>
  /** Returns the public half of the key that a token names, as long as tokens of it may be about. */
  find(id: string): KeyObject | undefined
  /** Forgets every key, and with them every token. */
  forget(): Promise<void>
}

const rotateMs = 24 * 3600_000
/** A token lives fifteen minutes; the last one of a key is signed just before the next key is made. */
const overlapMs = 15 * 60_000

interface Pair {
  readonly id: string
  readonly createdAt: number
  readonly key: KeyObject
  readonly publicKey: KeyObject
}

/** Opens the keys. What was kept and cannot be read counts as nothing: whoever has tokens of it asks again. */
export async function openSigningKeys(place: SecretPlace, now: () => number): Promise<SigningKeys> {
  let pairs = pairsIn(await place.read())

  async function keep(changed: readonly Pair[]): Promise<void> {
    // In force before it is kept, so that two who ask at once get the same key.
    pairs = changed
    const keys = changed.map(({ id, createdAt, key }) => {
      return { id, createdAt, pem: key.export({ type: 'pkcs8', format: 'pem' }).toString() }
    })
    await place.write(JSON.stringify({ keys }))
  }

  const isBelieved = ({ createdAt }: Pair) => now() - createdAt < rotateMs + overlapMs
  return {
    async current() {
      const [newest] = pairs
      if (newest !== undefined && now() - newest.createdAt < rotateMs) return newest
      const { privateKey } = generateKeyPairSync('ed25519')
      const made = pairOf(randomUUID(), now(), privateKey)
      await keep([made, ...pairs.filter(isBelieved)])
      return made
    },
    find: (id) => pairs.find((pair) => pair.id === id && isBelieved(pair))?.publicKey,
    forget: () => keep([]),
  }
}

function pairOf(id: string, createdAt: number, key: KeyObject): Pair {
  return { id, createdAt, key, publicKey: createPublicKey(key) }
}

function pairsIn(text: string | undefined): readonly Pair[] {
  if (text === undefined) return []
  try {
    const content: unknown = JSON.parse(text)
    if (!isValid(SigningKeysFile, content)) return []
    return content.keys.map(({ id, createdAt, pem }) => pairOf(id, createdAt, createPrivateKey(pem)))
  } catch {
    return []
  }
}
