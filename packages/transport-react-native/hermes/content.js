/** The file that is uploaded: five whole MiB and a little more. */
export const content = new Uint8Array(5 * 1024 * 1024 + 123)
for (let index = 0; index < content.length; index++) {
  content[index] = (index * 31 + (index >> 8)) & 255
}
