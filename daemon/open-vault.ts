import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { StateFolders } from '../contract/state.ts'
import type { SecretPlace } from './guard/signing-keys.ts'
import type { Vault } from './vault/vault.ts'

/**
 * Returns a place in the vault of the state folder.
 *
 * The vault is opened when there is something to read, or to keep: most daemons have no secret but their token. One
 * that does not open is as good as empty to whoever reads, and fails whoever writes.
 */
export function secretInVault(folders: StateFolders, name: string): SecretPlace {
  const file = join(folders.state, 'vault.json')
  let opening: Promise<Vault> | undefined
  const vault = () => (opening ??= openStateVault(folders, file))
  return {
    async read() {
      if (!existsSync(file)) return undefined
      return vault().then(
        (open) => open.get(name),
        () => undefined,
      )
    },
    async write(text) {
      const open = await vault().catch((error: unknown) => {
        opening = undefined
        throw error
      })
      open.set(name, text)
    },
  }
}

/** The key lies with the user's own settings: whoever copies the state folder has none of the secrets. */
async function openStateVault({ configFile }: StateFolders, file: string): Promise<Vault> {
  const { openVault } = await import('./vault/vault.ts')
  const { desktopKeyring } = await import('./vault/keyring.ts')
  return openVault({ file, keyFile: join(dirname(configFile), 'vault.key') }, desktopKeyring)
}
