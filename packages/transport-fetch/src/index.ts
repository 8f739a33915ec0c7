export type { ChosenFile, KeptFiles } from './kept-files.ts'
