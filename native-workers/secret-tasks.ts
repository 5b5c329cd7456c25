import { detectSecrets, type Secret } from './detect-secrets.ts'
import { privateKeys } from './private-keys.ts'

/** A text to search; some rules are for files of one name. */
export interface Searched {
  readonly text: string
  readonly fileName: string | undefined
}

/** Returns the secrets in a text, in a thread that the daemon can end; they may overlap. */
export default async function findSecrets({ text, fileName }: Searched): Promise<Secret[]> {
  return [...privateKeys(text), ...(await detectSecrets(text, fileName))]
}
