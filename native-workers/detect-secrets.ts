import { rules } from '@secretlint/secretlint-rule-preset-recommend'
import type { SecretLintRuleContext, SecretLintSourceCode } from '@secretlint/types'

/** Where a secret stands in the text, and the kind of it: `github`, `privatekey`. */
export interface Secret {
  readonly from: number
  readonly to: number
  readonly kind: string
}

// Filters obey comments such as `secretlint-disable`; whoever writes a commit must not switch the search off.
const detectors = rules.filter((rule) => !rule.meta.id.endsWith('-filter-comments'))
const farthestValue = 1024

/**
 * Returns the secrets in a text, as secretlint's recommended rules see them; they may overlap.
 *
 * Some rules look into files of one name only. The name is all they are told: no file is read.
 *
 * The rules are run without secretlint's own core, which keeps a record of every run for ever (its
 * profiler) and looks up lines and columns that nobody asks for.
 */
export async function detectSecrets(text: string, fileName?: string): Promise<Secret[]> {
  const secrets: Secret[] = []
  const source = sourceOf(text, fileName)
  for (const rule of detectors) {
    const kind = rule.meta.id.replace(/^.*secretlint-rule-/, '')
    const context = contextOf((from, to) => secrets.push({ from, to, kind }), text)
    await rule.create(context, {}).file?.(source)
  }
  return secrets
}

function contextOf(found: (from: number, to: number) => void, text: string): SecretLintRuleContext {
  return {
    sharedOptions: {},
    createTranslator: () => (messageId, data) => ({ messageId: String(messageId), message: '', data }),
    report({ message, range: [from, to] }) {
      found(from, to)
      for (const value of Object.values(message.data ?? {})) {
        if (typeof value !== 'string' || value.length !== to - from) continue
        // Some rules report a range as long as the secret that begins at the secret's name.
        const at = text.slice(from, to + farthestValue).indexOf(value)
        if (at > 0) found(from + at, from + at + value.length)
      }
    },
    ignore() {},
  }
}

function sourceOf(text: string, fileName: string | undefined): SecretLintSourceCode {
  const unused = (): never => {
    throw new TypeError('Rules are given no lines and columns.')
  }
  return {
    hasBOM: false,
    content: text,
    filePath: fileName,
    physicalFilePath: undefined,
    contentType: 'text',
    // One rule reads the file itself when this is `.p12`.
    ext: '',
    getFilePath: () => fileName,
    getPhysicalFilePath: () => undefined,
    locationToRange: unused,
    rangeToLocation: unused,
    positionToIndex: unused,
    indexToPosition: unused,
  }
}
