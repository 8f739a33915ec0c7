import { findField } from './other-spelling.ts'
import { inWords, isNowhere, postVariants, type Step, Stuck } from './step.ts'
import { type Answer, isSuccess, type Started } from './wire.ts'

/** The size of the file, bytes: one part, whatever the part size is. */
export const FILE_SIZE = 10

/** startUpload, as the contract has it. Resolves with the upload that was meant. */
export async function checkStart(step: Step): Promise<Started> {
  const { request, report, postCollection } = step
  const send = (body: unknown): Promise<Answer> =>
    postCollection('startUpload', request.endpoints.startUploadApi, body)
  // No file has it: a backend may go on with the upload of one that it knows.
  const fileHash = Date.now().toString(16).padStart(16, '0')
  const file = { fileName: 'check.txt', fileHash, fileSize: FILE_SIZE }
  const rest = request.userParams
  let answer = await send({ ...file, ...rest })
  if (answer.status === 401 || answer.status === 403) {
    report({
      section: '§2',
      text: 'startUpload does not accept the credentials.',
      fix: "Give those of a user: --header 'authorization: Bearer TOKEN'.",
      seen: inWords(answer),
    })
    throw new Stuck()
  }
  if (isNowhere(answer)) {
    report({
      section: '§2',
      text: 'startUpload is not there.',
      fix: 'Check the URL: it must answer a POST, and clients follow no redirect.',
      seen: inWords(answer),
    })
    throw new Stuck()
  }
  if (!isSuccess(answer)) {
    const { fileName } = file
    const taken = await postVariants(step, send, [
      [
        { ...file, fileSize: String(FILE_SIZE), ...rest },
        'startUpload wants fileSize as a string, and clients send a number',
      ],
      [
        { file_name: fileName, file_hash: fileHash, file_size: FILE_SIZE, ...rest },
        'startUpload wants file_name, file_hash and file_size, and clients send fileName, fileHash and fileSize',
      ],
      [
        { FileName: fileName, FileHash: fileHash, FileSize: FILE_SIZE, ...rest },
        'startUpload wants FileName, FileHash and FileSize, and clients send fileName, fileHash and fileSize',
      ],
    ])
    if (taken === undefined) {
      report({
        section: '§2',
        text: 'startUpload refuses a file of 10 bytes.',
        fix: 'It must take fileName (string), fileHash (string) and fileSize (number). Fields of your own are given by --param.',
        seen: inWords(answer),
      })
      throw new Stuck()
    }
    answer = taken
  }
  return readStarted(step, answer)
}

function readStarted({ report }: Step, answer: Answer): Started {
  const read = (name: string, type: 'string' | 'number'): unknown => {
    const found = findField(answer.json, name)
    if (found === undefined) {
      report({ section: '§2', text: `startUpload does not answer ${name}.`, seen: inWords(answer) })
    } else if (found.spelling !== undefined) {
      report({
        section: '§2',
        text: `startUpload answers ${found.spelling} where the contract has ${name}.`,
        fix: 'Names are exact, in case and place.',
      })
    } else if (typeof found.value !== type) {
      report({
        section: '§2',
        text: `startUpload answers ${name} as a ${typeof found.value} and not as a ${type}.`,
      })
    }
    return found?.value
  }
  const [key, uploadId] = [read('key', 'string'), read('uploadId', 'string')]
  read('partSize', 'number')
  if (key === undefined || uploadId === undefined) throw new Stuck()
  return { key: String(key), uploadId: String(uploadId) }
}
