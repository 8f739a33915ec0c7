/** What a failed case of the suite means for those who write a backend. */
export interface Advice {
  readonly text: string
  readonly fix: string
}

/** By what the names of cases look like; the first that fits counts. */
export const ADVICE: readonly (readonly [cases: RegExp, text: string, fix: string])[] = [
  [
    /^startUpload answers/,
    'startUpload does not answer what clients need.',
    'key and uploadId are strings, partSize is a positive integer.',
  ],
  [
    /^(startUpload|getUploadUrls) is answered where/,
    'start or urls is answered with a redirect, or with another 2xx than 200.',
    'Serve the path itself. Clients follow no redirect: a POST would arrive as a GET.',
  ],
  [
    /make at most 10,000 parts$/,
    'partSize makes more parts of a large file than S3 takes.',
    'Let it grow with the file: at least fileSize / 10,000.',
  ],
  [
    /^userParams come flat/,
    'startUpload does not take fields that it does not know.',
    'Apps send fields of their own (userParams) beside those of the contract: ignore what you do not need.',
  ],
  [
    /^any file name will do/,
    'Some file names make startUpload fail, or lead out of their folder.',
    'A file name can hold any text: take nothing but harmless characters of it into the key.',
  ],
  [
    /^(starting the same file twice|different files get)/,
    'Two uploads get into the way of each other.',
    'Give every upload a key or an upload id of its own.',
  ],
  [
    /^(startUpload refuses|startUpload is a POST|getUploadUrls refuses|getUploadUrls without|complete refuses the body)/,
    'Malformed requests are taken, or answered with a 5xx.',
    'Check what comes and answer 400: after a 5xx clients send the same again, for minutes.',
  ],
  [
    /without credentials/,
    'The backend answers those who send no credentials.',
    'Check them in every endpoint, and answer 401.',
  ],
  [
    /^another user/,
    'A user can use the uploads of another: to know the key and the upload id is enough (IDOR).',
    'Remember who started an upload, and answer everybody else as if it did not exist.',
  ],
  [
    /^(getUploadUrls names|getUploadUrls answers|getUploadUrls gives|two URLs of one part)/,
    'getUploadUrls does not answer one good URL for each part that was asked for, and for no other.',
    'Sign every number in parts, in any order, hundreds in one call, and again when asked again.',
  ],
  [
    /^(getUploadUrls of an unknown|getUploadUrls with the key|after complete there are no more URLs)/,
    'getUploadUrls signs for uploads that there are not.',
    'Answer 404 unless startUpload has given out this key together with this upload id.',
  ],
  [
    /^a URL tells when it expires/,
    'Part URLs do not tell when they expire, or expire at once.',
    'Presign with an expiry of an hour or so, which S3 writes into the URL: clients refresh it in time.',
  ],
  [
    /^(a PUT to a part URL|an empty part|a part can be put again|other bytes, another ETag|of a part that was put twice)/,
    'A part is not taken, or its ETag does not stand for its bytes.',
    'Let PUTs go to S3 itself, or to what answers them in the same way.',
  ],
  [
    /^a URL with another signature/,
    'A part is taken at a URL that nobody has signed.',
    'Check the signature of the whole URL.',
  ],
  [
    /^(an upload of one part|a file without bytes|an upload of three parts)/,
    'complete does not make an object of what was sent.',
    'Hand the parts to CompleteMultipartUpload as they come, and answer 2xx once it has succeeded.',
  ],
  [
    /^the key makes its way/,
    'complete does not find an upload whose key has special characters in it.',
    'Decode each segment of the path once. The key can have several segments.',
  ],
  [
    /^(a complete call that is repeated|two complete calls at once)/,
    'A complete call that comes twice makes the backend fail.',
    'Its answer can get lost on the way: succeed again, or answer 4xx, never 5xx.',
  ],
  [
    /^(a part that was never sent|a wrong ETag is refused|the ETag that a part had|one of three parts|no parts at all|parts that are not ascending)/,
    'complete ignores failures: it answers 2xx although the storage has not taken the parts.',
    'Answer 2xx only once the object is there, else hand the refusal of S3 on as a 4xx. S3 can answer 200 with an error in the body.',
  ],
  [
    /^complete (of an unknown upload|with the key)/,
    'complete of an upload that does not exist is not refused, or answered with a 5xx.',
    'Hand NoSuchUpload on as a 404.',
  ],
  [
    /listParts/,
    'listParts does not tell what is there.',
    'Answer PartNumber, ETag and Size of every part, ascending, over all pages of ListParts.',
  ],
  [
    /abort/,
    'abort does not do away with the upload, or makes the backend fail.',
    'Call AbortMultipartUpload, and answer 2xx or 404 when there is nothing left to abort.',
  ],
  [
    /^pages may PUT/,
    'Pages cannot PUT parts or read their ETags: the CORS rule of the bucket does not allow it.',
    'It must have AllowedOrigins for your pages, AllowedMethods: PUT and ExposeHeaders: ETag.',
  ],
  [
    /^pages may (call|read)/,
    'Pages of that origin cannot call the endpoints (CORS).',
    'Answer OPTIONS, and allow the origin, content-type and the headers that authorise.',
  ],
]

/** By the name of the case. Undefined where the name says it all. */
export function adviceFor(caseName: string): Advice | undefined {
  const found = ADVICE.find(([cases]) => cases.test(caseName))
  return found === undefined ? undefined : { text: found[1], fix: found[2] }
}
