/** Keeps one secret of one name, as the desktop does for its user. */
export interface Keyring {
  /** Returns the secret; undefined when there is none of this name. Fails when it cannot be looked at. */
  get(name: string): Promise<string | undefined>
  set(name: string, secret: string): Promise<void>
}

const service = 'aios'
/** A keyring that is locked asks its user, who may not be there. */
const patienceMs = 5_000

/** Returns the keyring of this user’s desktop; undefined where none answers. Loads a native library. */
export async function desktopKeyring(): Promise<Keyring | undefined> {
  try {
    const { AsyncEntry } = await import('@napi-rs/keyring')
    // The other store of Linux is emptied at each start of the machine.
    const entry = (name: string) => new AsyncEntry(service, name, { linux: { store: 'secret-service' } })
    await entry('probe').getPassword(AbortSignal.timeout(patienceMs))
    return {
      get: async (name) => (await entry(name).getPassword(AbortSignal.timeout(patienceMs))) ?? undefined,
      set: (name, secret) => entry(name).setPassword(secret, AbortSignal.timeout(patienceMs)),
    }
  } catch {
    return undefined
  }
}
