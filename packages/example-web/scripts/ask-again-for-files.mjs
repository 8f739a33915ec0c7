/**
 * Runs in a page: makes handles of files behave as those of the disk do in Chromium after a reload,
 * when the user has to be asked again, and says yes. A stand-in, since the native dialog cannot be
 * driven; handles of the browser's own file system never ask.
 */
export function askAgainForFiles() {
  const { prototype } = FileSystemFileHandle
  const { getFile } = prototype
  let state = 'prompt'
  Object.assign(prototype, {
    queryPermission: async () => state,
    async requestPermission() {
      state = 'granted'
      return state
    },
    async getFile() {
      if (state === 'granted') return getFile.call(this)
      throw new DOMException('The request is not allowed', 'NotAllowedError')
    },
  })
  // Whatever drives the page looks at it as if the user did: only a click counts here.
  const userActivation = { isActive: false }
  Object.defineProperty(navigator, 'userActivation', { value: userActivation })
  addEventListener('pointerdown', () => {
    userActivation.isActive = true
  })
}
