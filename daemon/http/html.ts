import { randomBytes } from 'node:crypto'
import type { MountReply } from './mount.ts'

/**
 * Returns a page that runs and loads nothing but what carries its own nonce.
 *
 * `write` gets the nonce for its `<script nonce>` and `<style nonce>`. What it puts into the page must
 * not come from elsewhere: that is for the page's script to ask for, and to show as text.
 */
export function page(write: (nonce: string) => string): MountReply {
  const nonce = randomBytes(16).toString('base64')
  return {
    type: 'text/html; charset=utf-8',
    text: write(nonce),
    headers: { 'content-security-policy': policyOf(nonce), 'cross-origin-opener-policy': 'same-origin' },
  }
}

function policyOf(nonce: string): string {
  return [
    "default-src 'none'",
    `script-src 'nonce-${nonce}'`,
    `style-src 'nonce-${nonce}'`,
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ')
}
