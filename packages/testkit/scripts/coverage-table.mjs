import { readFileSync } from 'node:fs'

// What the tests reach of each package, from the summary that `npm run coverage` wrote.

const [summary] = process.argv.slice(2)
const packages = new Map()
for (const [path, found] of Object.entries(JSON.parse(readFileSync(summary, 'utf8')))) {
  const name = /packages[\\/]([^\\/]+)[\\/]src[\\/]/.exec(path)?.[1]
  if (name === undefined) continue
  const sums = packages.get(name) ?? { lines: [0, 0], branches: [0, 0], functions: [0, 0] }
  for (const [kind, sum] of Object.entries(sums)) {
    sum[0] += found[kind].covered
    sum[1] += found[kind].total
  }
  packages.set(name, sums)
}

const percent = ([covered, total]) =>
  total === 0 ? '-' : `${((100 * covered) / total).toFixed(1)} %`
const row = (...cells) =>
  console.log(cells.map((cell, at) => (at === 0 ? cell.padEnd(24) : cell.padStart(10))).join(''))
row('package', 'lines', 'branches', 'functions')
for (const [name, { lines, branches, functions }] of [...packages].sort()) {
  row(name, percent(lines), percent(branches), percent(functions))
}
