/** Counts a text's model tokens. */
export type CountTokens = (text: string) => number

/**
 * Loads the tokenizer that budgets are counted with (o200k, by gpt-tokenizer). Its tables take tens of
 * megabytes, so they are loaded when the first pack is asked for.
 */
export async function loadTokenCounter(): Promise<CountTokens> {
  const { countTokens } = await import('gpt-tokenizer')
  // Text of the repository is data: what looks like a control token is counted as the letters it is made of.
  return (text) => countTokens(text, { disallowedSpecial: new Set() })
}
