// What an earlier process left: records of a journal, and parts in a queue that outlived it. Loaded
// only where there is some of it.
export { reattach } from '../machine/reattach.ts'
export { takeOver } from './background-queue.ts'
export { restoreJournal } from './restore-journal.ts'
