export { filePath } from './file-path.ts'
