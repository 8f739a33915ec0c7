import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { rows } from './rows.mjs'

const path = fileURLToPath(new URL('../../README.md', import.meta.url))
const BEGIN = '<!-- table: real servers -->'
const END = '<!-- end of table -->'

/** Puts what the run found between the markers of the README. */
export function writeTable(columns) {
  const text = readFileSync(path, 'utf8')
  const { from, to } = place(text)
  writeFileSync(path, text.slice(0, from) + render(columns) + text.slice(to))
}

/**
 * What the README says otherwise than the run found, of the servers that ran: the lines of the table
 * cell by cell, the notes one by one.
 */
export function compareTable(columns) {
  const text = readFileSync(path, 'utf8')
  const { from, to } = place(text)
  const lines = text.slice(from, to).split('\n')
  const cellsOf = (line) =>
    line
      .split('|')
      .map((cell) => cell.trim())
      .slice(1, -1)
  const table = lines.filter((line) => line.startsWith('|')).map(cellsOf)
  const header = table[0] ?? []
  const differences = []
  for (const column of columns) {
    const at = header.indexOf(title(column))
    for (const { name } of rows) {
      const told = table.find(([first]) => first === name)?.[at]
      const found = column.cells.get(name)
      if (found !== undefined && told !== found) {
        differences.push(
          `README: ${column.server.name}: ${name}: it says ${told}, the run found ${found}.`,
        )
      }
    }
    const notes = notesOf(column)
    const told = lines.filter((line) => line.startsWith(`- ${column.server.name}, `))
    for (const note of notes) {
      if (!told.includes(note)) differences.push(`README: it does not say: ${note}`)
    }
    for (const note of told) {
      if (!notes.includes(note)) differences.push(`README: it says, and it is not so: ${note}`)
    }
  }
  return differences
}

function place(text) {
  const [begin, end] = [text.indexOf(BEGIN), text.indexOf(END)]
  if (begin === -1 || end === -1) throw new Error(`The README lacks ${BEGIN} and ${END}`)
  return { from: begin + BEGIN.length, to: end }
}

function render(columns) {
  const table = [
    ['', ...columns.map(title)],
    ['---', ...columns.map(() => '---')],
    ...rows.map(({ name }) => [name, ...columns.map(({ cells }) => cells.get(name) ?? '')]),
  ]
  const widths = table[0].map((_, at) => Math.max(...table.map((line) => line[at].length)))
  const lines = table.map((line, index) => {
    const cells = line.map((cell, at) => cell.padEnd(widths[at], index === 1 ? '-' : ' '))
    return `| ${cells.join(' | ')} |`
  })
  const notes = columns.flatMap(notesOf)
  return `\n\n${lines.join('\n')}\n\n${notes.join('\n')}\n\n`
}

function title({ server }) {
  return `${server.name} ${server.version}`
}

function notesOf({ server, notes }) {
  return notes.map(([name, note]) => `- ${server.name}, ${name}: ${note}`)
}
