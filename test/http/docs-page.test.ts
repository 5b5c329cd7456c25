import { expect, test } from 'vitest'
import { routes } from '../../contract/routes.ts'
import { clientFrames, serverFrames } from '../../contract/web-socket.ts'
import { docsPage } from '../../daemon/http/docs-page.ts'
import { html } from '../../daemon/http/markup.ts'
import { evil } from './hostile.ts'

const page = docsPage('1.2.3', 'bm9uY2U=')

test('it names every route and every frame', () => {
  for (const [name, { method, path }] of Object.entries(routes)) {
    expect(page).toContain(`<article id="route-${name}"`)
    expect(page).toContain(`<code>${method} ${path}</code>`)
  }
  for (const name of Object.keys(clientFrames)) expect(page).toContain(`id="client-${name}"`)
  for (const name of Object.keys(serverFrames)) expect(page).toContain(`id="server-${name}"`)
})

test('it runs nothing, loads nothing, and is styled by what carries the nonce alone', () => {
  expect(page).not.toMatch(/<script|<link|<img|<iframe|@import|url\(|javascript:/i)
  expect(page).not.toMatch(/<[^>]+\s(?:on[a-z]+|style|src)=/i)
  expect(page.match(/<style[^>]*>/g)).toEqual(['<style nonce="bm9uY2U=">'])
})

test('it can be read with a keyboard and by ear', () => {
  expect(page).toMatch(/^<!doctype html>\s*<html lang="en">/)
  expect(page.match(/<h1/g)).toHaveLength(1)
  const ids = [...page.matchAll(/\sid="([^"]+)"/g)].map(([, id]) => id)
  expect(new Set(ids).size).toBe(ids.length)
  const linked = [...page.matchAll(/(?:href="#|aria-labelledby=")([^"]+)"/g)].map(([, id]) => id)
  expect(linked.filter((id) => !ids.includes(id))).toEqual([])
  expect(page.match(/<table>/g)?.length).toBe(page.match(/<caption>/g)?.length)
  expect(page).not.toMatch(/<th>/)
})

test('every tag that opens closes, in its place', () => {
  const open: string[] = []
  for (const [, slash, name = ''] of page.matchAll(/<(\/?)([a-z][a-z0-9]*)/g)) {
    if (['meta'].includes(name)) continue
    if (slash === '') open.push(name)
    else if (open.at(-1) === name) open.pop()
    else open.push(`/${name}`)
  }
  expect(open).toEqual([])
})

test('what comes from elsewhere is shown, never obeyed', () => {
  const attack = `"><script>alert('${evil}')</script>&amp;`
  const made = html`<p title="${attack}">${attack}${[html`<b>${attack}</b>`]}</p>`.html
  expect(made.match(/<[a-z/]/g)).toEqual(['<p', '<b', '</', '</'])
  expect(made).not.toMatch(/alert\('|<script|&amp;/)
  expect(made).toContain('&#60;script&#62;')
})
