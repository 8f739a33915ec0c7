import { expect, test } from 'vitest'
import { parseTarget } from '../src/target.ts'

test.each([
  ['http://h/p?q', { secure: false, host: 'h', port: 80, authority: 'h', path: '/p?q' }],
  ['https://h', { secure: true, host: 'h', port: 443, authority: 'h', path: '/' }],
  ['HTTPS://Bucket.Example', { secure: true, host: 'Bucket.Example', authority: 'Bucket.Example' }],
  ['https://h?q=1', { path: '/?q=1' }],
  ['https://h/#f', { path: '/' }],
  ['https://h/p?q#f?g', { path: '/p?q' }],
  ['https://h#f', { path: '/' }],
  ['https://h:443/', { port: 443, authority: 'h' }],
  ['http://h:80/', { port: 80, authority: 'h' }],
  ['http://h:443/', { port: 443, authority: 'h:443' }],
  ['http://h:/', { port: 80, authority: 'h' }],
  ['http://h:09000/', { port: 9000, authority: 'h:9000' }],
  ['http://[::1]:9000/p', { host: '::1', port: 9000, authority: '[::1]:9000' }],
  ['http://[2001:db8::1]/p', { host: '2001:db8::1', port: 80, authority: '[2001:db8::1]' }],
  ['http://h/a/../b/./c//d', { path: '/a/../b/./c//d' }],
  ['http://h/a\\b|"{}\'<>^`%zz?|"{}\'<>^`[]\\', { path: '/a\\b|"{}\'<>^`%zz?|"{}\'<>^`[]\\' }],
  ['http://h/%2e%2E/%7Ea', { path: '/%2e%2E/%7Ea' }],
  ['http://h/user@host', { path: '/user@host' }],
])('%s', (url, target) => {
  expect(parseTarget(url)).toMatchObject(target)
})

test.each([
  ['', 'is not an http: or https: URL'],
  ['/relative', 'is not an http: or https: URL'],
  ['ftp://h/', 'is not an http: or https: URL'],
  ['http:h/', 'is not an http: or https: URL'],
  ['http:///p', 'names no valid host'],
  ['http://:80/p', 'names no valid host'],
  ['http://h:x/p', 'names no valid host'],
  ['http://::1/p', 'names no valid host'],
  ['http://[::1/p', 'names no valid host'],
  ['http://h:0/', 'names a port that does not exist'],
  ['http://h:65536/', 'names a port that does not exist'],
  ['http://user:secret@h/', 'holds a user name or password'],
  ['http://h\\p', 'has a backslash where its path should begin'],
  ['http://h/a b', 'holds a space, a control or a non-ASCII character'],
  ['http://h/a\nb', 'holds a space, a control or a non-ASCII character'],
  ['http://h/a\r\nX: y', 'holds a space, a control or a non-ASCII character'],
  ['http://h/ä', 'holds a space, a control or a non-ASCII character'],
])('%j is refused', (url, problem) => {
  expect(parseTarget(url)).toBe(problem)
})
