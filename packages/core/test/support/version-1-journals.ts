/**
 * Journals as version 1 wrote them, byte for byte. They stay as they are for ever: people's
 * unfinished uploads look like this. All are of `clip.mp4` in parts of 4 bytes.
 */
type Journal = readonly (readonly [key: string, value: string])[]

const id = '82i7c0e3rvrfkrj2'

/** 22 bytes in a transfer; four of six parts are confirmed. */
export const unfinished: Journal = [
  [
    `u/${id}`,
    '{"v":1,"order":1,"createdAt":1767323045000,"name":"clip.mp4","size":22,"lastModified":1700000000000,"transferId":"trip","userParams":"{\\"albumId\\":\\"42\\"}","ref":"\\"clip.mp4\\"","paused":false,"generation":0,"restarts":0,"hash":"975fabd960536a58","completeLost":false,"key":"in/clip.mp4","parts":6,"multipart":{"key":"in/clip.mp4","uploadId":"mp-1","partSize":4}}',
  ],
  [`p/${id}/0/1`, 'b3918e1ed585d9466d90a66dfa899f16'],
  [`p/${id}/0/2`, '1aa3855b0f20324dedf347c2bcc0ab8c'],
  [`p/${id}/0/3`, '7ba694d6f2d430ad5cd4d49e70c7ead5'],
  [`p/${id}/0/4`, '483adbf2786c0dc667c14e67bcab9296'],
]

/** 10 bytes, completed. */
export const finished: Journal = [
  [
    `u/${id}`,
    '{"v":1,"order":1,"createdAt":1767323045000,"name":"clip.mp4","size":10,"lastModified":1700000000000,"ref":"\\"clip.mp4\\"","outcome":"completed","paused":false,"generation":0,"restarts":0,"hash":"f4eb9418779ea448","completeLost":false,"key":"in/clip.mp4","parts":3}',
  ],
]

/** 10 bytes; the storage refused the second of three parts. */
export const failed: Journal = [
  [
    `u/${id}`,
    '{"v":1,"order":1,"createdAt":1767323045000,"name":"clip.mp4","size":10,"lastModified":1700000000000,"ref":"\\"clip.mp4\\"","outcome":"failed","failedWith":{"code":"storage_rejected","step":"put","part":2,"message":"part 2 was answered 400"},"paused":false,"generation":0,"restarts":0,"hash":"f4eb9418779ea448","completeLost":false,"key":"in/clip.mp4","parts":3,"multipart":{"key":"in/clip.mp4","uploadId":"mp-1","partSize":4}}',
  ],
  [`p/${id}/0/1`, 'b3918e1ed585d9466d90a66dfa899f16'],
]

/** 14 bytes that began anew after a change; `mp-1` was not aborted, two of four parts are confirmed. */
export const begunAnew: Journal = [
  [
    `u/${id}`,
    '{"v":1,"order":1,"name":"clip.mp4","size":14,"lastModified":1700000005000,"ref":"\\"clip.mp4\\"","createdAt":1767323045000,"paused":false,"generation":1,"restarts":0,"hash":"c5184ddd3c186bb0","completeLost":false,"key":"in/clip.mp4","parts":4,"multipart":{"key":"in/clip.mp4","uploadId":"mp-2","partSize":4},"abandoned":{"key":"in/clip.mp4","uploadId":"mp-1"}}',
  ],
  [`p/${id}/1/1`, '79fea224ffd9e8111e4e87cab732464b'],
  [`p/${id}/1/2`, '388543d666e30c4d60144ce23bcb5348'],
]

/** 10 bytes, cancelled but not yet aborted. */
export const cancelled: Journal = [
  [
    `u/${id}`,
    '{"v":1,"order":1,"createdAt":1767323045000,"name":"clip.mp4","size":10,"lastModified":1700000000000,"ref":"\\"clip.mp4\\"","outcome":"cancelled","paused":false,"generation":0,"restarts":0,"hash":"f4eb9418779ea448","completeLost":false,"key":"in/clip.mp4","parts":3,"abandoned":{"key":"in/clip.mp4","uploadId":"mp-1"}}',
  ],
]

/** 10 bytes, all three parts confirmed; complete may have been sent. */
export const allConfirmed: Journal = [
  [
    `u/${id}`,
    '{"v":1,"order":1,"createdAt":1767323045000,"name":"clip.mp4","size":10,"lastModified":1700000000000,"ref":"\\"clip.mp4\\"","paused":false,"generation":0,"restarts":0,"hash":"f4eb9418779ea448","completeLost":false,"key":"in/clip.mp4","parts":3,"multipart":{"key":"in/clip.mp4","uploadId":"mp-1","partSize":4}}',
  ],
  [`p/${id}/0/1`, 'b3918e1ed585d9466d90a66dfa899f16'],
  [`p/${id}/0/2`, '1aa3855b0f20324dedf347c2bcc0ab8c'],
  [`p/${id}/0/3`, 'b43cd216b1d8795b8bf990978f332afb'],
]

/** The same, paused after an answer to complete was lost. */
export const completeLost: Journal = [
  [
    `u/${id}`,
    '{"v":1,"order":1,"createdAt":1767323045000,"name":"clip.mp4","size":10,"lastModified":1700000000000,"ref":"\\"clip.mp4\\"","paused":true,"generation":0,"restarts":0,"hash":"f4eb9418779ea448","completeLost":true,"key":"in/clip.mp4","parts":3,"multipart":{"key":"in/clip.mp4","uploadId":"mp-1","partSize":4}}',
  ],
  ...allConfirmed.slice(1),
]
